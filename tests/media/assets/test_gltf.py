"""glTF files: what authors and their programs write arrives as it stands, and as it moves."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from r2s2r.errors import MediaError
from r2s2r.media.assets.gltf.looks import UvTransform
from r2s2r.media.assets.gltf.materials import transformed
from r2s2r.media.assets.merge import merged
from r2s2r.media.assets.read import read_asset
from tests.media.assets.gltf_files import CUBE, CUBE_FACES, Gltf

UP = np.array([0, 1, 0], np.float32)


def read(path, **files):
    return read_asset(path, files)


def one_mesh(path, files=None):
    return merged(read_asset(path, files or {}).parts, name="it", fills=True).mesh


def colours(mesh):
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv.mean(axis=1).T
    return {tuple(colour) for colour in mesh.texture[(v * height).astype(int), (u * width).astype(int)].tolist()}


def png(colour):
    data = BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "PNG")
    return data.getvalue()


def test_a_file_with_its_data_beside_it_reads_as_the_one_that_holds_them(tmp_path):
    gltf = Gltf()
    gltf.node(mesh=gltf.mesh())
    whole = one_mesh(gltf.glb(tmp_path / "a.glb"))
    inside = one_mesh(gltf.gltf(tmp_path / "b.gltf"))
    beside = one_mesh(gltf.gltf(tmp_path / "c.gltf", "c data.bin"), {"c data.bin": tmp_path / "c data.bin"})
    for other in (inside, beside):
        assert np.array_equal(whole.vertices, other.vertices)
        assert np.array_equal(whole.faces, other.faces)


def test_a_picture_beside_it_or_inside_it_is_its_colour(tmp_path):
    (tmp_path / "red.png").write_bytes(png((200, 10, 20)))
    inside = "data:image/png;base64," + base64.b64encode(png((200, 10, 20))).decode()
    for uri in ("red.png", inside):
        gltf = Gltf()
        material = {"pbrMetallicRoughness": {"baseColorTexture": {"index": gltf.picture(uri)}}}
        gltf.node(mesh=gltf.mesh(material=material, TEXCOORD_0=CUBE[:, :2].copy()))
        mesh = one_mesh(gltf.glb(tmp_path / "a.glb"), {"red.png": tmp_path / "red.png"})
        assert colours(mesh) == {(200, 10, 20)}


def test_a_picture_nobody_listed_is_not_opened(tmp_path):
    (tmp_path / "red.png").write_bytes(png((200, 10, 20)))
    gltf = Gltf()
    material = {"pbrMetallicRoughness": {"baseColorTexture": {"index": gltf.picture("red.png")}}}
    gltf.node(mesh=gltf.mesh(material=material, TEXCOORD_0=CUBE[:, :2].copy()))
    with pytest.raises(MediaError, match=r"a\.glb: needs another file, 'red\.png'"):
        read(gltf.glb(tmp_path / "a.glb"))


def test_vertex_colours_of_bytes_are_linear_and_times_the_factor(tmp_path):
    gltf = Gltf()
    tint = np.tile(np.array([255, 128, 0, 255], np.uint8), (8, 1))
    factor = {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 1, 1, 1]}}
    gltf.node(mesh=gltf.mesh(material=factor, COLOR_0=tint))
    assert colours(one_mesh(gltf.glb(tmp_path / "a.glb"))) == {(188, 188, 0)}


def test_a_texture_may_be_turned_moved_and_scaled():
    turned = transformed(np.array([[1.0, 0.0]]), UvTransform(offset=(0.5, 0.25), rotation=np.pi / 2, scale=(2, 2)))
    assert np.allclose(turned, [[0.5, -1.75]])  # KHR_texture_transform: T * R * S, R = (cos sin, -sin cos)


@pytest.mark.parametrize(("mode", "corners"), [(5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4])], ids=["a strip", "a fan"])
def test_strips_and_fans_are_faces_that_face_one_way(tmp_path, mode, corners):
    angles = np.linspace(0, np.pi / 2, 4)
    strip = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 2, 0]])
    fan = np.array([[0, 0, 0], *np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)])
    gltf = Gltf()
    vertices = (strip if mode == 5 else fan).astype(np.float32)
    gltf.node(mesh=gltf.mesh(vertices, np.array(corners, np.uint16), mode=mode))
    (part,) = read(gltf.glb(tmp_path / "a.glb")).parts
    assert len(part.faces) == 3
    a, b, c = (part.vertices[part.faces[:, corner]] for corner in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_normalised_and_sparse_arrays_are_read(tmp_path):
    gltf = Gltf()
    mesh = gltf.mesh()
    position = gltf.json["accessors"][gltf.json["meshes"][mesh]["primitives"][0]["attributes"]["POSITION"]]
    where, what = np.array([7], np.uint16), np.array([[0.5, 9, 0.5]], np.float32)
    position["sparse"] = {
        "count": 1,
        "indices": {"bufferView": gltf.view(where.tobytes()), "componentType": 5123},
        "values": {"bufferView": gltf.view(what.tobytes())},
    }
    gltf.node(mesh=mesh)
    (part,) = read(gltf.glb(tmp_path / "a.glb")).parts
    assert part.vertices[:, 1].max() == 9


def test_children_stand_where_their_parents_put_them(tmp_path):
    gltf = Gltf()
    child = gltf.node(mesh=gltf.mesh(), translation=[0, 1, 0])
    gltf.node(children=[child], scale=[2, 2, 2], rotation=[0, 0, np.sqrt(0.5), np.sqrt(0.5)])
    (part,) = read(gltf.glb(tmp_path / "a.glb")).parts
    assert np.allclose(part.vertices.min(axis=0), [-4, -1, -1])
    assert np.allclose(part.vertices.max(axis=0), [-2, 1, 1])


def arm(gltf):
    """Two joints on each other, and a box of two cubes that they bend."""
    upper = gltf.node(translation=[0, 1, 0])
    lower = gltf.node(children=[upper])
    vertices = np.concatenate([CUBE, CUBE + UP]).astype(np.float32)
    joints = np.zeros((16, 4), np.uint8)
    joints[:, 0] = np.repeat([0, 1], 8)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (16, 1))
    binds = np.array([np.eye(4), np.eye(4)], np.float32)
    binds[1, 1, 3] = -1
    gltf.json["skins"] = [
        {"joints": [lower, upper], "inverseBindMatrices": gltf.array(binds.transpose(0, 2, 1).copy())}
    ]
    faces = np.concatenate([CUBE_FACES, CUBE_FACES + 8]).astype(np.uint16)
    gltf.node(mesh=gltf.mesh(vertices, faces, JOINTS_0=joints, WEIGHTS_0=weights), skin=0, translation=[100, 0, 0])
    return upper


def test_a_skin_bends_its_mesh_by_its_joints_and_not_by_its_node(tmp_path):
    gltf = Gltf()
    upper = arm(gltf)
    quarter = Rotation.from_euler("z", [[0], [90]], degrees=True).as_quat()
    gltf.animation([(upper, "rotation", [0, 1], quarter, "LINEAR")], "bend")
    asset = read(gltf.glb(tmp_path / "a.glb"))
    still = np.concatenate([part.vertices for part in asset.parts])
    assert np.allclose(still, np.concatenate([CUBE, CUBE + UP]))
    (clip,) = asset.clips
    assert (clip.name, clip.duration_s) == ("bend", 1)
    half = Rotation.from_euler("z", 45, degrees=True)
    assert np.allclose(clip.vertices_at(0.5)[:8], CUBE)
    assert np.allclose(clip.vertices_at(0.5)[8:], half.apply(CUBE) + UP, atol=1e-6)


@pytest.mark.parametrize(("moves", "vertices"), [(False, 12), (True, 16)])
def test_what_an_animation_moves_apart_is_not_merged(tmp_path, moves, vertices):
    gltf = Gltf()
    mesh = gltf.mesh()
    gltf.node(mesh=mesh)
    other = gltf.node(mesh=mesh, translation=[0, 1, 0])
    if moves:
        gltf.animation([(other, "translation", [0, 1], [[0, 1, 0], [0, 9, 0]], "LINEAR")])
    whole = one_mesh(gltf.glb(tmp_path / "a.glb"))
    assert len(np.unique(whole.vertices, axis=0)) == 12
    # Where the two touch, a body without animation has a wall inside, which four edges of three faces would show.
    assert len(whole.vertices) >= vertices


@pytest.mark.parametrize(
    ("interpolation", "values", "expected"),
    [
        ("LINEAR", [[0, 0, 0], [4, 0, 0]], 1.0),
        ("STEP", [[0, 0, 0], [4, 0, 0]], 0.0),
        # Tangents of 0 at both ends: the smooth step, 3/16 - 2/64 of the way at a quarter.
        ("CUBICSPLINE", [[[0, 0, 0]] * 3, [[0, 0, 0], [4, 0, 0], [0, 0, 0]]], 4 * (3 / 16 - 2 / 64)),
    ],
)
def test_keys_are_interpolated_as_the_specification_says(tmp_path, interpolation, values, expected):
    gltf = Gltf()
    node = gltf.node(mesh=gltf.mesh())
    gltf.animation([(node, "translation", [1, 3], np.array(values).reshape(-1, 3), interpolation)])
    (clip,) = read(gltf.glb(tmp_path / "a.glb")).clips
    assert clip.duration_s == 2
    assert np.allclose(clip.vertices_at(0.5) - CUBE, [expected, 0, 0], atol=1e-6)
    assert np.allclose(clip.vertices_at(9) - CUBE, [4, 0, 0])


def test_turns_take_the_shorter_way(tmp_path):
    gltf = Gltf()
    node = gltf.node(mesh=gltf.mesh())
    one, other = Rotation.from_euler("y", [[0], [80]], degrees=True).as_quat()
    gltf.animation([(node, "rotation", [0, 1], [one, -other], "LINEAR")])
    (clip,) = read(gltf.glb(tmp_path / "a.glb")).clips
    assert np.allclose(clip.vertices_at(0.5), Rotation.from_euler("y", 40, degrees=True).apply(CUBE), atol=1e-6)


def test_morph_targets_add_up(tmp_path):
    gltf = Gltf()
    up, wide = np.zeros((8, 3)), np.zeros((8, 3))
    up[:, 1], wide[:, 0] = 1, np.sign(CUBE[:, 0])
    node = gltf.node(mesh=gltf.mesh(targets=(up, wide)), weights=[0.5, 0])
    gltf.animation([(node, "weights", [0, 1], [0, 0, 1, 2], "LINEAR")])
    asset = read(gltf.glb(tmp_path / "a.glb"))
    assert np.allclose(asset.parts[0].vertices, CUBE + 0.5 * UP)
    assert np.allclose(asset.clips[0].vertices_at(0.5), CUBE + 0.5 * up + wide)


def wrong(change):
    gltf = Gltf()
    node = gltf.node(mesh=gltf.mesh())
    gltf.animation([(node, "translation", [0, 1], [[0, 0, 0], [1, 0, 0]], "LINEAR")], "go")
    change(gltf)
    return gltf


def set_at(*steps):
    *way, last, value = steps

    def change(gltf):
        place = gltf.json
        for step in way:
            place = place[step]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_at("nodes", 0, "children", [0]), "round in a circle"),
        (lambda gltf: [gltf.node(children=[0]), gltf.node(children=[0])], "two parents"),
        (set_at("nodes", 0, "mesh", 7), "refers to a part that is not there"),
        (set_at("nodes", 0, "translation", [0, float("inf"), 0]), r"nodes\.0\.translation"),
        (set_at("accessors", 0, "componentType", 7), r"accessors\.0\.componentType"),
        (set_at("accessors", 0, "count", 9), "bytes of a buffer view where"),
        (set_at("bufferViews", 0, "byteOffset", 10**9), "bytes of a buffer where"),
        (set_at("animations", 0, "channels", 0, "target", "node", 9), "'go' moves a node that is not there"),
        (set_at("accessors", 2, "count", 1), "'go' has 6 values for 1 keys"),
        (set_at("accessors", 3, "type", "SCALAR"), "'go' has 2 values for 2 keys"),
        (set_at("asset", "version", "1.1"), r"is glTF 1\.1; export glTF 2"),
        (set_at("scenes", [{"nodes": [0, 0]}]), "round in a circle"),
        (set_at("skins", [{"joints": [99]}]), ""),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path, change, message):
    path = wrong(change).glb(tmp_path / "a.glb")
    if message:
        with pytest.raises(MediaError, match=message):
            one_mesh(path)
    else:
        one_mesh(path)  # a skin that nothing wears


def test_a_chain_of_ten_thousand_nodes_is_walked(tmp_path):
    gltf = Gltf()
    last = gltf.node(mesh=gltf.mesh())
    for _ in range(10_000):
        last = gltf.node(children=[last], translation=[0.001, 0, 0])
    assert one_mesh(gltf.glb(tmp_path / "a.glb")).vertices[:, 0].max() == pytest.approx(10.5)


def test_ten_thousand_nodes_of_one_large_mesh_are_refused_before_they_are_read(tmp_path):
    gltf = Gltf()
    mesh = gltf.mesh()
    gltf.json["accessors"][1]["count"] = 10_000
    for _ in range(10_000):
        gltf.node(mesh=mesh)
    with pytest.raises(MediaError, match=r"has 5,00\d,\d+ faces, more than 5,000,000"):
        one_mesh(gltf.glb(tmp_path / "a.glb"))


def test_a_picture_of_too_many_pixels_is_not_unpacked(tmp_path):
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    gltf = Gltf()
    uri = "data:image/png;base64," + base64.b64encode(bomb.getvalue()).decode()
    material = {"pbrMetallicRoughness": {"baseColorTexture": {"index": gltf.picture(uri)}}}
    gltf.node(mesh=gltf.mesh(material=material, TEXCOORD_0=CUBE[:, :2].copy()))
    with pytest.raises(MediaError, match=r"images\[0\]: .*too large|exceeds limit"):
        read(gltf.glb(tmp_path / "a.glb"))


def test_no_damage_to_a_file_does_more_than_refuse_it(tmp_path):
    gltf = Gltf()
    upper = arm(gltf)
    gltf.animation([(upper, "rotation", [0, 1], [[0, 0, 0, 1], [0, 0, 1, 0]], "LINEAR")])
    good = gltf.glb(tmp_path / "good.glb").read_bytes()
    rng = np.random.default_rng(4)
    refused = 0
    for trial in range(150):
        data = np.frombuffer(good, np.uint8).copy()
        if trial < 20:
            data = data[: len(data) * trial // 20]
        else:
            data[rng.integers(0, len(data), 1 + trial % 7)] = rng.integers(0, 256, 1 + trial % 7)
        (tmp_path / "bad.glb").write_bytes(data.tobytes())
        try:
            asset = read(tmp_path / "bad.glb")
            merged(asset.parts, name="it", fills=True)
        except MediaError:
            refused += 1
    assert refused > 60
