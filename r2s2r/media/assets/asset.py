"""What a mesh file holds, whatever its format."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array

# More than this is not what a shot needs, and memory is taken for each of them.
MAX_FACES = 5_000_000


@dataclass(frozen=True, eq=False)
class Part:
    """Some faces of a file, in the file's own frame and unit, as they stand before anything moves.

    Attributes:
        vertices: [V, 3] float64.
        faces: [F, 3] int32, counter-clockwise seen from outside.
        corner_normals: [F, 3, 3] float64, unit; None where the format leaves them to the reader.
        face_colours: [F, 3] uint8, sRGB; where there is a picture they are not looked at.
        picture: [H, W, 3] uint8, sRGB, repeated without end; parts that show the same share the array. None for none.
        corner_uv: [F, 3, 2] float64 into the picture, v down; may leave 0..1.
        moves_with: Vertices of parts of one number stay together whatever the file's animations do.
    """

    vertices: Array
    faces: NDArray[np.int32]
    corner_normals: Array | None
    face_colours: NDArray[np.uint8]
    picture: NDArray[np.uint8] | None = None
    corner_uv: Array | None = None
    moves_with: int = 0


@dataclass(frozen=True, eq=False)
class Clip:
    """One animation of a file.

    Attributes:
        name: As the file calls it.
        duration_s: From its first key to its last.
        vertices_at: From seconds since its first key to the vertices of all parts, [sum of V, 3], one after the other.
    """

    name: str
    duration_s: float
    vertices_at: Callable[[float], Array]


@dataclass(frozen=True, eq=False)
class Asset:
    """A mesh file.

    Attributes:
        parts: At least one.
        clips: Its animations, in the file's order.
        metres_per_unit: What a length of 1 is; None where the format does not say.
        up: The axis that points up, ``y`` or ``z``; None where the format does not say.
        findings: What was left out.
    """

    parts: tuple[Part, ...]
    clips: tuple[Clip, ...] = ()
    metres_per_unit: float | None = None
    up: str | None = None
    findings: tuple[str, ...] = ()


def check_face_count(name: str, faces: int, vertices: int = 0) -> None:
    """Refuse promises of more than can be: called before memory is taken for them."""
    if faces > MAX_FACES:
        raise MediaError(f"{name}: has {faces:,} faces, more than {MAX_FACES:,}; simplify it before export")
    if vertices > 3 * MAX_FACES:
        raise MediaError(f"{name}: has {vertices:,} vertices or corners, more than {3 * MAX_FACES:,}; simplify it")


def no_faces(name: str) -> MediaError:
    """Return the error for a file without a single triangle."""
    return MediaError(f"{name}: has no faces; export a mesh, not points, curves or an empty scene")


def not_numbers(name: str, what: str = "vertices that are") -> MediaError:
    """Return the error for a file with NaN or infinity in it."""
    return MediaError(f"{name}: has {what} not numbers (NaN or infinite); repair it and export it again")
