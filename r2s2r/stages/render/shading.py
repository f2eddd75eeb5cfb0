"""The kernel behind ``resolve``: samples, their rays and faces, and the passes.

Samples of one entity are shaded side by side, as many as a block has lanes: what belongs to their faces is fetched
first, then the same arithmetic runs over all lanes, which the compiler turns into vector instructions. That takes less
than half the time of one sample after another. The compiler does so only for loops that write where it can foretell, so
fetching has loops of its own. How samples fall into blocks changes no result.

Arrays are taken out of their tuples before the loops: that counts a reference, which in a loop would cost more than the
rest.

Compiled as ``cpu.visibility`` is, and alone in its file for the same reason.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.block import Block, Work
from r2s2r.stages.render.compiled import called, kernel
from r2s2r.stages.render.surface import Drawn, Surface

Vec2: TypeAlias = tuple[float, float]
Vec3: TypeAlias = tuple[float, float, float]
Real: TypeAlias = float | np.floating
Whole: TypeAlias = int | np.integer
Four: TypeAlias = tuple[np.uint32, np.uint32, np.uint32, np.uint32]
Matrix: TypeAlias = tuple[Vec3, Vec3, Vec3]

LANES, VECTOR = 256, 16  # of a block; of the widest vectors
Y, FACE, PURPOSE = np.uint32(LANES), np.uint32(2 * LANES), np.uint32(3 * LANES)
SHOWN, LIT, CENTRE = 1, 2, 4  # what a sample counts for: normal, depth and colour; the premultiplied colour; uv
CANCELLED = 0.01  # a mean of unit normals that is shorter has no direction to speak of


@called
def shade(work: Work, face_idx: NDArray[np.int32], samples: NDArray[np.int32]) -> None:
    """Fill all passes."""
    drawn, sums = work.drawn, work.sums
    _settle(sums, drawn, 0)
    for y in range(face_idx.shape[0]):
        _clear(drawn, y)
        if work.side == 1:
            _shade_pixels(work, face_idx, y)
        else:
            _shade_samples(work, face_idx, samples, y)
            _settle(sums, drawn, y)


@kernel
def _shade_pixels(work: Work, face_idx: NDArray[np.int32], y: int) -> None:
    """Shade a row of pixels at their centres."""
    lane, face_entity, ids = work.block.lane, work.surface.face_entity, work.drawn.ids
    coverage, covering = work.drawn.coverage, work.drawn.coverage.size > 0
    purpose = SHOWN | LIT * int(work.drawn.premultiplied.size > 0) | CENTRE * int(work.drawn.uv.size > 0)
    filled, entity = 0, 0
    for x in range(face_idx.shape[1]):
        face = face_idx[y, x]
        if face < 0:
            continue
        own = int(face_entity[np.uint32(face)])
        if filled == LANES or own != entity:
            _shade_block(work, filled, entity, y)
            filled, entity = 0, own
        ids[y, x] = own + 1
        if covering:
            coverage[y, x] = 1.0
        i = np.uint32(filled)
        lane[i], lane[Y + i], lane[FACE + i], lane[PURPOSE + i] = 2 * x + 1, 2 * y + 1, face, purpose
        filled += 1
    _shade_block(work, filled, entity, y)


@kernel
def _shade_samples(work: Work, face_idx: NDArray[np.int32], samples: NDArray[np.int32], y: int) -> None:
    """Shade a row of pixels at their samples; at their centres for ``uv``, and where no sample shows their entity."""
    lane, face_entity, ids, coverage = work.block.lane, work.surface.face_entity, work.drawn.ids, work.drawn.coverage
    side, lit, mapped = work.side, LIT * int(work.drawn.premultiplied.size > 0), CENTRE * int(work.drawn.uv.size > 0)
    filled, entity, last = 0, 0, side * side
    for x in range(face_idx.shape[1]):
        own = -1
        if face_idx[y, x] >= 0:
            own = int(face_entity[np.uint32(face_idx[y, x])])
        ids[y, x] = own + 1
        covered = shown = 0
        for k in range(last + 1):
            right, down = side * x + (k & (side - 1)), side * y + (k >> (side >> 1))
            face = samples[np.uint32(down), np.uint32(right)] if k < last else face_idx[y, x]
            its = int(face_entity[np.uint32(face)]) if face >= 0 else -2
            showing = int(its == own) & (int(k < last) | (1 - shown))
            purpose = SHOWN * showing + (lit if k < last else mapped)
            shown |= showing
            covered += int(face >= 0) & int(k < last)
            if face < 0 or purpose == 0:
                continue
            if filled == LANES or its != entity:
                _shade_block(work, filled, entity, y)
                filled, entity = 0, its
            i = np.uint32(filled)
            at = (2 * right + 1, 2 * down + 1) if k < last else (side * (2 * x + 1), side * (2 * y + 1))
            lane[i], lane[Y + i], lane[FACE + i], lane[PURPOSE + i] = at[0], at[1], face, purpose
            filled += 1
        if coverage.size > 0:
            coverage[y, x] = covered / last
    _shade_block(work, filled, entity, y)


@kernel
def _clear(drawn: Drawn, y: int) -> None:
    drawn.ids[y] = 0
    drawn.depth_m[y] = 0.0
    drawn.normal[y] = 0.0
    drawn.rgb[y] = 0
    if drawn.uv.size:
        drawn.uv[y] = 0.0
    if drawn.coverage.size:
        drawn.coverage[y] = 0.0
    if drawn.premultiplied.size:
        drawn.premultiplied[y] = 0.0


@called
def _shade_block(work: Work, count: int, entity: int, y: int) -> None:
    # Whole vectors; what the lanes beyond hold from before harms nobody.
    full = (count + VECTOR - 1) // VECTOR * VECTOR
    if work.side == 1:
        _touch(work.block, count, work.surface)
    _fetch(work.block, count, work.surface)
    _meet(work, full, entity)
    _map(work.block, full)
    _find_levels(work.block, full, work.surface, entity)
    _fetch_levels(work.block, count, work.surface, entity)
    _find_texels(work.block, full)
    _fetch_texels(work.block, count, work.surface)
    _blend_texels(work.block, full)
    if work.side == 1:
        _put(work.block, count, work.drawn, y)
    else:
        _add(work.block, count, work.sums, work.side)
    if work.drawn.uv.size or work.drawn.premultiplied.size:
        _put_extras(work, count, y)


@kernel
def _touch(block: Block, count: int, surface: Surface) -> None:
    """Read from all places that ``_fetch`` copies: so short a loop waits for many of them at once.

    More samples of a pixel mostly share their faces. The sum means nothing, and is overwritten.
    """
    lane, face = block.lane, block.face
    vertices, faces, normals, uv = surface.vertices, surface.faces, surface.corner_normals, surface.corner_uv
    for i in range(count):
        index = np.uint32(lane[2 * LANES + i])
        a, b, c = np.uint32(faces[index, 0]), np.uint32(faces[index, 1]), np.uint32(faces[index, 2])
        ends = normals[index, 0, 0] + normals[index, 2, 2] + uv[index, 0, 0] + uv[index, 2, 1]
        face[i] = ends + vertices[a, 0] + vertices[b, 0] + vertices[c, 0]


@kernel
def _fetch(block: Block, count: int, surface: Surface) -> None:
    lane, face = block.lane, block.face
    vertices, faces, normals, uv = surface.vertices, surface.faces, surface.corner_normals, surface.corner_uv
    for i in range(count):
        index = np.uint32(lane[2 * LANES + i])
        for corner in range(3):
            vertex = np.uint32(faces[index, corner])
            for axis in range(3):
                face[(3 * corner + axis) * LANES + i] = vertices[vertex, axis]
                face[(9 + 3 * corner + axis) * LANES + i] = normals[index, corner, axis]
            for axis in range(2):
                face[(18 + 2 * corner + axis) * LANES + i] = uv[index, corner, axis]


@kernel
def _meet(work: Work, count: int, entity: int) -> None:
    """Meet rays with faces (Moeller and Trumbore, Fast, minimum storage ray-triangle intersection, 1997)."""
    lane, face, hit, rays, flat = work.block.lane, work.block.face, work.block.hit, work.rays, work.flat
    entity_from_pixel, camera_from_pixel = _matrix(rays.entity_from_pixel, entity), _matrix(rays.camera_from_pixel, 0)
    normal_from_entity = _matrix(rays.normal_from_entity, entity)
    eye, forward = _row(rays.eye, entity), _row(rays.depth_from_entity, entity)
    offset, step = rays.depth_from_entity[entity, 3], 0.5 / work.side
    footprint = 4.0 * step * step * rays.footprint[entity]
    for i in range(count):
        pixel = (lane[i] * step, lane[LANES + i] * step, 1.0)
        ray = _multiply(entity_from_pixel, pixel)
        a, b, c = _three(face, 0, i), _three(face, 3, i), _three(face, 6, i)
        ab, ac, from_a = _subtract(b, a), _subtract(c, a), _subtract(eye, a)
        across = _cross(ray, ac)
        slant = _dot(ab, across)
        inverse = 1.0 / slant if abs(slant) > 1e-300 else 0.0
        # Held on the face: a backend's edges may lie a hair beside ours, and an edge-on face's plane is far off it.
        u = max(_dot(from_a, across) * inverse, 0.0)
        v = max(_dot(ray, _cross(from_a, ab)) * inverse, 0.0)
        held = 1.0 / max(u + v, 1.0)
        u, v = u * held, v * held
        depth_m = offset + _dot(forward, a) + u * _dot(forward, ab) + v * _dot(forward, ac)
        towards = _scale(_cross(ab, ac), 1.0 if slant > 0.0 else -1.0)
        smooth = _mix(_three(face, 9, i), _three(face, 12, i), _three(face, 15, i), u, v)
        facing = _facing(smooth, towards, flat)
        away, ray = max(_dot(facing, ray), 0.0), _multiply(camera_from_pixel, pixel)
        # A smoothed normal may lean behind the silhouette; the nearest that does not is at a right angle to the ray.
        normal = _subtract(_multiply(normal_from_entity, facing), _scale(ray, away / _dot(ray, ray)))
        unit = 1.0 / math.sqrt(max(_dot(normal, normal), 1e-300))
        hit[i], hit[LANES + i] = depth_m, normal[0] * unit
        hit[2 * LANES + i], hit[3 * LANES + i] = normal[1] * -unit, normal[2] * -unit
        hit[4 * LANES + i], hit[5 * LANES + i] = u, v
        hit[6 * LANES + i] = depth_m * depth_m * footprint / max(abs(slant), 1e-300)


@kernel
def _facing(smooth: Vec3, towards: Vec3, flat: float) -> Vec3:
    """Return the normal, or the face's own, on the camera's side; without a branch, which vectors have not."""
    side = _dot(smooth, towards)
    smooth = _scale(smooth, (1.0 if side > 0.0 else -1.0) * (1.0 - flat))
    return _subtract(smooth, _scale(towards, -1.0 if side == 0.0 else -flat))


@kernel
def _map(block: Block, count: int) -> None:
    """Turn the weights of the corners into texture coordinates, and shares of the face into shares of the texture."""
    face, hit = block.face, block.hit
    for i in range(count):
        u, v = hit[4 * LANES + i], hit[5 * LANES + i]
        a, b, c = _two(face, 18, i), _two(face, 20, i), _two(face, 22, i)
        ab_u, ab_v, ac_u, ac_v = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
        hit[4 * LANES + i] = a[0] + u * ab_u + v * ac_u
        hit[5 * LANES + i] = a[1] + u * ab_v + v * ac_v
        hit[6 * LANES + i] *= abs(ab_u * ac_v - ab_v * ac_u)


@kernel
def _find_levels(block: Block, count: int, surface: Surface, entity: int) -> None:
    """Choose the smallest level that is not coarser than the picture."""
    hit, place, levels = block.hit, block.place, surface.levels
    texels, last = float(levels[entity, 0, 1] * levels[entity, 0, 2]), levels.shape[1] - 1
    for i in range(count):
        place[i] = min(_log2(min(max(texels * hit[6 * LANES + i], 1.0), 1e12)), last)


@kernel
def _fetch_levels(block: Block, count: int, surface: Surface, entity: int) -> None:
    place, levels = block.place, surface.levels
    for i in range(count):
        level = np.uint32(place[i])
        for k in range(3):
            place[k * LANES + i] = levels[entity, level, k]


@kernel
def _find_texels(block: Block, count: int) -> None:
    """Find the four texels round each place."""
    hit, place = block.hit, block.place
    for i in range(count):
        first, height, width = place[i], np.int32(place[LANES + i]), np.int32(place[2 * LANES + i])
        x = min(max(hit[4 * LANES + i] * width - 0.5, 0.0), width - 1.0)
        y = min(max(hit[5 * LANES + i] * height - 0.5, 0.0), height - 1.0)
        left, top = np.int32(x), np.int32(y)
        right, down = int(left + 1 < width), width * int(top + 1 < height)
        here = first + top * width + left
        place[i], place[LANES + i] = here, here + right
        place[2 * LANES + i], place[3 * LANES + i] = here + down, here + down + right
        hit[6 * LANES + i], hit[7 * LANES + i] = x - left, y - top


@kernel
def _fetch_texels(block: Block, count: int, surface: Surface) -> None:
    place, texel, texels = block.place, block.texel, surface.texels
    for k in range(4):
        for i in range(count):
            texel[k * LANES + i] = texels[np.uint32(place[k * LANES + i])]


@kernel
def _log2(number: Real) -> Whole:
    """Return the exponent of a positive number, which a vector of them gives up at once."""
    return (np.float32(number).view(np.int32) >> 23) - 127


@kernel
def _blend_texels(block: Block, count: int) -> None:
    """Turn four texels into the colour between them: red, green, blue of 8 bits."""
    texel, hit = block.texel, block.hit
    for i in range(count):
        four = (texel[i], texel[LANES + i], texel[2 * LANES + i], texel[3 * LANES + i])
        x, y = np.float32(hit[6 * LANES + i]), np.float32(hit[7 * LANES + i])
        texel[i] = _blend(four, 0, x, y)
        texel[LANES + i] = _blend(four, 8, x, y)
        texel[2 * LANES + i] = _blend(four, 16, x, y)


@kernel
def _blend(four: Four, shift: int, x: Real, y: Real) -> Whole:
    upper = _between(_channel(four[0], shift), _channel(four[1], shift), x)
    lower = _between(_channel(four[2], shift), _channel(four[3], shift), x)
    return np.uint32(np.int32(_between(upper, lower, y) + np.float32(0.5)))


@kernel
def _channel(texel: Whole, shift: int) -> Real:
    return np.float32(np.int32(texel >> np.uint32(shift)) & np.int32(255))


@kernel
def _put(block: Block, count: int, drawn: Drawn, y: int) -> None:
    lane, hit, texel, normal, depth_m, rgb = block.lane, block.hit, block.texel, drawn.normal, drawn.depth_m, drawn.rgb
    for i in range(count):
        x = np.uint32(lane[i] >> 1)
        depth_m[y, x] = hit[i]
        for k in range(3):
            normal[y, x, k] = hit[(1 + k) * LANES + i]
            rgb[y, x, k] = texel[k * LANES + i]


@kernel
def _put_extras(work: Work, count: int, y: int) -> None:
    lane, hit, texel, light = work.block.lane, work.block.hit, work.block.texel, work.surface.light
    uv, premultiplied, share = work.drawn.uv, work.drawn.premultiplied, np.float32(1.0 / (work.side * work.side))
    shift = 1 + (work.side >> 1)
    for i in range(count):
        x, purpose = np.uint32(lane[i] >> (shift)), lane[3 * LANES + i]
        if purpose & CENTRE:
            for k in range(2):
                uv[y, x, k] = hit[(4 + k) * LANES + i]
        if purpose & LIT:
            for k in range(3):
                premultiplied[y, x, k] += share * light[texel[k * LANES + i]]


@kernel
def _add(block: Block, count: int, sums: NDArray[np.float32], side: int) -> None:
    lane, hit, texel, shift = block.lane, block.hit, block.texel, 1 + (side >> 1)
    for i in range(count):
        x = np.uint32(lane[i] >> shift)
        if lane[3 * LANES + i] & SHOWN:
            sums[x, 0] = min(sums[x, 0], np.float32(hit[i]))
            sums[x, 1] += np.float32(1.0)
            for k in range(3):
                sums[x, 2 + k] += np.float32(hit[(1 + k) * LANES + i])
                sums[x, 5 + k] += np.float32(texel[k * LANES + i])


@kernel
def _settle(sums: NDArray[np.float32], drawn: Drawn, y: int) -> None:
    """Turn a row's sums into its pixels, and empty them."""
    normal, depth_m, rgb = drawn.normal, drawn.depth_m, drawn.rgb
    for x in range(sums.shape[0]):
        if sums[x, 1] > 0.0:
            # Opposite walls of a narrow pipe cancel out, and what is left is rounding: then towards the viewer.
            if sums[x, 2] ** 2 + sums[x, 3] ** 2 + sums[x, 4] ** 2 < (CANCELLED * sums[x, 1]) ** 2:
                sums[x, 2], sums[x, 3], sums[x, 4] = 0.0, 0.0, 1.0
            unit = np.float32(1.0) / math.sqrt(sums[x, 2] ** 2 + sums[x, 3] ** 2 + sums[x, 4] ** 2)
            share = np.float32(1.0) / sums[x, 1]
            depth_m[y, x] = sums[x, 0]
            for k in range(3):
                normal[y, x, k] = sums[x, 2 + k] * unit
                rgb[y, x, k] = int(sums[x, 5 + k] * share + np.float32(0.5))
        sums[x, 0] = np.inf
        for k in range(1, 8):
            sums[x, k] = np.float32(0.0)


@kernel
def _between(a: Real, b: Real, t: Real) -> Real:
    return a + t * (b - a)


@kernel
def _two(numbers: NDArray[np.float32], k: int, i: int) -> Vec2:
    return (float(numbers[k * LANES + i]), float(numbers[(k + 1) * LANES + i]))


@kernel
def _three(numbers: NDArray[np.float32], k: int, i: int) -> Vec3:
    return (float(numbers[k * LANES + i]), float(numbers[(k + 1) * LANES + i]), float(numbers[(k + 2) * LANES + i]))


@kernel
def _row(matrix: Array, i: int) -> Vec3:
    return (matrix[i, 0], matrix[i, 1], matrix[i, 2])


@kernel
def _matrix(matrices: Array, i: int) -> Matrix:
    return (
        (matrices[i, 0, 0], matrices[i, 0, 1], matrices[i, 0, 2]),
        (matrices[i, 1, 0], matrices[i, 1, 1], matrices[i, 1, 2]),
        (matrices[i, 2, 0], matrices[i, 2, 1], matrices[i, 2, 2]),
    )


@kernel
def _subtract(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@kernel
def _scale(a: Vec3, factor: float) -> Vec3:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


@kernel
def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def _cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


@kernel
def _multiply(matrix: Matrix, a: Vec3) -> Vec3:
    return (_dot(matrix[0], a), _dot(matrix[1], a), _dot(matrix[2], a))


@kernel
def _mix(a: Vec3, b: Vec3, c: Vec3, u: float, v: float) -> Vec3:
    t = 1.0 - u - v
    return (t * a[0] + u * b[0] + v * c[0], t * a[1] + u * b[1] + v * c[1], t * a[2] + u * b[2] + v * c[2])
