"""PLY files."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.media.assets.merge import merged
from r2s2r.media.assets.read import read_asset

HEAD = """ply
format {kind} 1.0
comment made by hand
element vertex 5
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
element face 5
property list uchar int vertex_indices
end_header
"""
POINTS = np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1], [0, 2, 0]])
FACES = [[0, 1, 2, 3], [0, 4, 1], [1, 4, 2], [2, 4, 3], [3, 4, 0]]


def pyramid(path, kind):
    """A pyramid on a square: a quad and four triangles, red."""
    data = HEAD.format(kind=kind).encode()
    if kind == "ascii":
        rows = [f"{x} {y} {z} 255 0 0" for x, y, z in POINTS]
        rows += [" ".join(map(str, [len(face), *face])) for face in FACES]
        path.write_bytes(data + "\n".join(rows).encode())
        return path
    order = "<" if "little" in kind else ">"
    vertex = np.dtype([("p", order + "f4", 3), ("c", "u1", 3)])
    table = np.zeros(5, vertex)
    table["p"], table["c"] = POINTS, [255, 0, 0]
    lists = b"".join(bytes([len(face)]) + np.array(face, order + "i4").tobytes() for face in FACES)
    path.write_bytes(data + table.tobytes() + lists)
    return path


def whole(path, files=None):
    return merged(read_asset(path, files or {}).parts, name=str(path), fills=True)


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_triangles_and_quads_may_be_mixed(tmp_path, kind):
    found = whole(pyramid(tmp_path / "a.ply", kind))
    assert (len(found.vertices), len(found.mesh.faces), found.repairs.holes) == (5, 6, 0)
    assert np.array_equal(np.unique(found.mesh.texture.reshape(-1, 3), axis=0), [[255, 0, 0]])


@pytest.mark.parametrize("encoding", ["ascii", "binary"])
def test_what_trimesh_writes_is_read(tmp_path, encoding):
    ball = trimesh.creation.icosphere(subdivisions=2)
    ball.visual.vertex_colors = [0, 255, 0, 255]
    (tmp_path / "a.ply").write_bytes(ball.export(file_type="ply", encoding=encoding))
    found = whole(tmp_path / "a.ply")
    assert np.allclose(np.linalg.norm(found.vertices, axis=1), 1, atol=1e-6)
    assert len(found.mesh.faces) == 320
    assert np.array_equal(np.unique(found.mesh.texture.reshape(-1, 3), axis=0), [[0, 255, 0]])
    # A ball without normals is smooth.
    middle = found.mesh.vertices[found.mesh.faces]
    assert (np.abs((found.mesh.corner_normals * middle).sum(axis=-1) - 1) < 0.01).all()


def test_a_picture_is_laid_by_the_vertices_coordinates(tmp_path):
    Image.fromarray(np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8)).resize((8, 8), 0).save(tmp_path / "t.png")
    text = HEAD.format(kind="ascii").replace("made by hand", "TextureFile t.png")
    text = text.replace(
        "property uchar red\nproperty uchar green\nproperty uchar blue", "property float s\nproperty float t"
    )
    rows = [f"{x} {y} {z} 0.5 {0.9 if y else 0.6}" for x, y, z in POINTS]
    rows += [" ".join(map(str, [len(face), *face])) for face in FACES]
    (tmp_path / "a.ply").write_text(text + "\n".join(rows))
    mesh = whole(tmp_path / "a.ply", {"t.png": tmp_path / "t.png"}).mesh
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv.mean(axis=1).T
    shown = mesh.texture[(v * height).astype(int), (u * width).astype(int)]
    assert (shown == [255, 0, 0]).all()  # PLY counts v from the bottom
    with pytest.raises(MediaError, match=r"needs another file, 't\.png'"):
        whole(tmp_path / "a.ply")


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian"])
def test_no_damage_to_a_file_does_more_than_refuse_it(tmp_path, kind):
    good = np.frombuffer(pyramid(tmp_path / "good.ply", kind).read_bytes(), np.uint8)
    rng = np.random.default_rng(2)
    refused = 0
    for trial in range(150):
        data = good[: len(good) * trial // 20].copy() if trial < 20 else good.copy()
        if trial >= 20:
            data[rng.integers(0, len(data), 1 + trial % 5)] = rng.integers(0, 256, 1 + trial % 5)
        (tmp_path / "bad.ply").write_bytes(data.tobytes())
        try:
            whole(tmp_path / "bad.ply")
        except MediaError:
            refused += 1
    assert refused > 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("element vertex 5", "element vertex 4000000000"), "has 4,000,000,000 vertices"),
        (("element face 5", "element face 4000000"), "are announced, and fewer are there"),
        (("format ascii", "format morse"), "not a PLY file that can be read"),
        (("property float x", "property complex x"), "not a PLY file that can be read"),
        (("3 3 4 0", "3 3 4 5"), "a face of a vertex that is not there"),
        (("0 2 0", "0 nan 0"), "not numbers"),
        (("0 2 0", "0 two 0"), "damaged"),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path, change, message):
    path = pyramid(tmp_path / "a.ply", "ascii")
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(MediaError, match=message):
        whole(path)


def test_points_are_no_mesh(tmp_path):
    path = pyramid(tmp_path / "a.ply", "ascii")
    path.write_text(path.read_text().split("element face")[0] + "end_header\n" + "0 0 0 1 1 1\n" * 5)
    with pytest.raises(MediaError, match="has no faces"):
        whole(path)
