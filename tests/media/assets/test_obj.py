"""OBJ files with their materials."""

import numpy as np
import pytest
from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.media.assets.merge import merged
from r2s2r.media.assets.mtl import materials_of
from r2s2r.media.assets.read import read_asset

CUBE = """
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
v 0 0 1
v 1 0 1
v 1 1 1
v 0 1 1
vt 0 0
vt 1 0
vt 1 1
vt 0 1
"""
SIDES = ["4 3 2 1", "5 6 7 8", "1 2 6 5", "3 4 8 7", "2 3 7 6", "1 5 8 4"]


def cube(path, sides=None, head="", tail=""):
    path.write_text(head + CUBE + "\n".join(f"f {side}" for side in sides or SIDES) + "\n" + tail)
    return path


def whole(path, **files):
    return merged(read_asset(path, {name.replace("__", "."): file for name, file in files.items()}).parts,
                  name=str(path), fills=True)  # fmt: skip


def colours(mesh):
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv.mean(axis=1).T
    return mesh.texture[(v * height).astype(int), (u * width).astype(int)]


def test_quads_become_a_closed_cube(tmp_path):
    found = whole(cube(tmp_path / "a.obj"))
    assert (len(found.vertices), len(found.mesh.faces)) == (8, 12)
    assert found.repairs.holes == found.repairs.turned == 0


def test_corners_may_be_counted_backwards(tmp_path):
    backwards = [" ".join(str(int(corner) - 9) for corner in side.split()) for side in SIDES]
    found = whole(cube(tmp_path / "a.obj", backwards))
    assert np.array_equal(found.mesh.faces, whole(cube(tmp_path / "b.obj")).mesh.faces)


def test_a_side_of_many_corners_that_bends_inwards_is_cut_within_itself(tmp_path):
    star = [(np.cos(a) * r, np.sin(a) * r) for a, r in zip(np.arange(10) * np.pi / 5, [2, 0.7] * 5, strict=True)]
    lines = [f"v {x} {y} {z}" for z in (0, 1) for x, y in star]
    lines += ["f " + " ".join(str(i + 11) for i in range(10)), "f " + " ".join(str(10 - i) for i in range(10))]
    lines += [f"f {i + 1} {(i + 1) % 10 + 1} {(i + 1) % 10 + 11} {i + 11}" for i in range(10)]
    (tmp_path / "a.obj").write_text("\n".join(lines))
    found = whole(tmp_path / "a.obj")
    a, b, c = (found.vertices[found.mesh.faces[:, i]] for i in range(3))
    area = 10 * 2 * 0.7 * np.sin(np.pi / 5) / 2
    assert np.einsum("fi,fi->", a, np.cross(b, c)) / 6 == pytest.approx(area, rel=1e-6)
    assert found.repairs.holes == found.repairs.crowded == 0


def test_materials_and_their_pictures_are_read(tmp_path):
    Image.new("RGB", (4, 4), (10, 200, 30)).save(tmp_path / "green wood.png")
    (tmp_path / "m.mtl").write_text("newmtl a\nKd 1 0 0\nnewmtl b\nmap_Kd -s 1 1 1 -clamp on green wood.png\n")
    sides = [f"{' '.join(f'{c}/{i + 1}' for i, c in enumerate(side.split()))}" for side in SIDES]
    text = "mtllib m.mtl" + CUBE + "usemtl a\n" + "\n".join(f"f {s}" for s in sides[:2]) + "\nusemtl b\n"
    (tmp_path / "a.obj").write_text(text + "\n".join(f"f {s}" for s in sides[2:]))
    files = {"m.mtl": tmp_path / "m.mtl", "green wood.png": tmp_path / "green wood.png"}
    mesh = merged(read_asset(tmp_path / "a.obj", files).parts, name="a", fills=True).mesh
    across = np.abs(mesh.corner_normals[:, 0, 2]) > 0.5
    shown = colours(mesh)
    assert (shown[across] == [255, 0, 0]).all()
    assert (shown[~across] == [10, 200, 30]).all()


def test_vertices_may_have_colours(tmp_path):
    text = "\n".join(line + " 0 0 1" if line.startswith("v ") else line for line in CUBE.splitlines())
    (tmp_path / "a.obj").write_text(text + "\n" + "\n".join(f"f {side}" for side in SIDES))
    assert (colours(whole(tmp_path / "a.obj").mesh) == [0, 0, 255]).all()


def test_options_before_a_picture_are_not_its_name(tmp_path):
    (tmp_path / "m.mtl").write_text("newmtl a\nmap_Kd -mm 0 1 -bm 2 -o 0 0 -blendu off tex\\my wood.png\n")
    assert materials_of(tmp_path / "m.mtl")["a"].picture == "tex/my wood.png"


@pytest.mark.parametrize(
    ("side", "message"),
    [("1 2 99", r"vertex 99 of 8"), ("1 2 x", r"a\.obj:20: is not as OBJ files are"), ("1 2 0", r"a face of vertex 0"),
     ("1/9 2/9 3/9", r"vt 9 of 4"), ("1 2 -9", r"a\.obj:20")],
)  # fmt: skip
def test_corners_that_are_not_there_are_refused(tmp_path, side, message):
    with pytest.raises(MediaError, match=message):
        whole(cube(tmp_path / "a.obj", [*SIDES, side]))


def test_a_material_file_nobody_listed_is_not_opened(tmp_path):
    (tmp_path / "m.mtl").write_text("newmtl a\n")
    with pytest.raises(MediaError, match=r"needs another file, 'm\.mtl'"):
        whole(cube(tmp_path / "a.obj", head="mtllib m.mtl"))


@pytest.mark.parametrize("data", [b"", b"v 1 2 3\nv 2 3 4\n", b"l 1 2\n"])
def test_a_file_without_faces_is_refused(tmp_path, data):
    (tmp_path / "a.obj").write_bytes(data)
    with pytest.raises(MediaError, match="has no faces"):
        whole(tmp_path / "a.obj")


def test_what_is_no_text_is_refused(tmp_path):
    (tmp_path / "a.obj").write_bytes(b"v \0\1\2" * 99)
    with pytest.raises(MediaError, match="is not text"):
        whole(tmp_path / "a.obj")
