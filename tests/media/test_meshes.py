"""Mesh files: exact and repeatable; what authors bring arrives whole or is refused with a reason."""

import json
import struct

import numpy as np
import pytest
import trimesh
from PIL import Image
from trimesh.visual import ColorVisuals, TextureVisuals
from trimesh.visual.material import PBRMaterial

from r2s2r.errors import MediaError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import face_normals, flat_normals
from r2s2r.media.assets.merge import merged
from r2s2r.media.assets.read import read_asset
from r2s2r.media.meshes import read_mesh, write_glb, write_mesh


def read_glb(path):
    return merged(read_asset(path, {}).parts, name=str(path), fills=True).mesh


def tetrahedron() -> Mesh:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
    rng = np.random.default_rng(7)
    return Mesh(
        vertices=vertices,
        faces=faces,
        corner_uv=rng.random((4, 3, 2), np.float32),
        corner_normals=flat_normals(vertices, faces),
        texture=rng.integers(0, 256, (16, 24, 3), np.uint8),
    )


def box_glb(path, *, picture=None, factor=None, matrix=None):
    box = trimesh.creation.box(extents=(1, 2, 3))
    uv = np.tile([[0.25, 0.25]], (len(box.vertices), 1))
    material = PBRMaterial(baseColorTexture=picture, baseColorFactor=factor)
    box.visual = TextureVisuals(uv=uv if picture else None, material=material)
    scene = trimesh.Scene()
    scene.add_geometry(box, transform=matrix)
    path.write_bytes(scene.export(file_type="glb"))
    return path


def edited_header(path, change):
    """Write a GLB's JSON anew after ``change(header)``; the binary chunk stays."""
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    header = json.loads(data[20 : 20 + length])
    change(header)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    total = 20 + len(text) + len(rest)
    path.write_bytes(struct.pack("<4sIII4s", b"glTF", 2, total, len(text), b"JSON") + text + rest)
    return path


def colour_at(mesh, face):
    height, width = mesh.texture.shape[:2]
    u, v = mesh.corner_uv[face].mean(axis=0)
    return mesh.texture[int(v * height), int(u * width)].tolist()


def edges_of_closed(faces):
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(edges, axis=0, return_counts=True)[1]


def test_a_mesh_comes_back_exactly(tmp_path):
    mesh = tetrahedron()
    write_mesh(tmp_path / "a.npz", mesh)
    again = read_mesh(tmp_path / "a.npz")
    for name in ("vertices", "faces", "corner_uv", "corner_normals", "texture"):
        assert np.array_equal(getattr(again, name), getattr(mesh, name))
        assert getattr(again, name).dtype == getattr(mesh, name).dtype


@pytest.mark.parametrize("write", [write_mesh, write_glb])
def test_equal_meshes_give_equal_bytes(tmp_path, write):
    write(tmp_path / "a.npz", tetrahedron())
    write(tmp_path / "b.npz", tetrahedron())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_written_glb_reads_back_as_the_same_surface(tmp_path):
    mesh = tetrahedron()
    write_glb(tmp_path / "a.glb", mesh)
    again = read_glb(tmp_path / "a.glb")
    assert np.allclose(np.sort(again.vertices, axis=0), np.sort(mesh.vertices, axis=0))
    assert (edges_of_closed(again.faces) == 2).all()
    corners, corners_again = mesh.vertices[mesh.faces], again.vertices[again.faces]
    assert np.allclose(corners, corners_again)
    assert np.allclose(again.corner_normals, mesh.corner_normals, atol=1e-6)
    texel, texel_again = (m.corner_uv * m.texture.shape[1::-1] for m in (mesh, again))
    assert np.allclose(texel_again - texel, 2, atol=1e-3)  # the atlas's margin
    assert np.array_equal(again.texture[2:-2, 2:-2], mesh.texture)


def test_trimesh_loads_a_written_glb_with_its_texture(tmp_path):
    write_glb(tmp_path / "a.glb", tetrahedron())
    (loaded,) = trimesh.load_scene(tmp_path / "a.glb").geometry.values()
    assert np.asarray(loaded.visual.material.baseColorTexture).shape == (16, 24, 3)


def test_node_transforms_are_applied_and_a_mirrored_part_still_faces_outwards(tmp_path):
    matrix = np.diag([-2.0, 1.0, 1.0, 1.0])
    matrix[:3, 3] = [10, 0, 0]
    mesh = read_glb(box_glb(tmp_path / "a.glb", matrix=matrix))
    assert np.allclose(mesh.vertices.min(axis=0), [9, -1, -1.5])
    assert np.allclose(mesh.vertices.max(axis=0), [11, 1, 1.5])
    outwards = mesh.vertices[mesh.faces].mean(axis=1) - [10, 0, 0]
    assert ((face_normals(mesh.vertices, mesh.faces) * outwards).sum(axis=1) > 0).all()
    assert (edges_of_closed(mesh.faces) == 2).all()


def test_a_texture_times_its_factor_is_the_colour(tmp_path):
    picture = Image.new("RGB", (8, 8), (255, 255, 255))
    mesh = read_glb(box_glb(tmp_path / "a.glb", picture=picture, factor=[255, 128, 0, 255]))
    assert colour_at(mesh, 0) == [255, 188, 0]  # the factor is linear, the texture sRGB


def test_a_factor_alone_is_the_colour(tmp_path):
    mesh = read_glb(box_glb(tmp_path / "a.glb", factor=[0, 255, 0, 255]))
    assert {tuple(colour_at(mesh, face)) for face in range(len(mesh.faces))} == {(0, 255, 0)}


def test_several_parts_become_one_mesh_with_one_atlas(tmp_path):
    scene = trimesh.Scene()
    for place, colour in ((0, (255, 0, 0)), (5, (0, 0, 255))):
        box = trimesh.creation.box()
        uv = np.random.default_rng(place).random((len(box.vertices), 2)) * 3 - 1  # leaves 0..1: repeats
        box.visual = TextureVisuals(uv=uv, material=PBRMaterial(baseColorTexture=Image.new("RGB", (4, 4), colour)))
        scene.add_geometry(box, transform=trimesh.transformations.translation_matrix([place, 0, 0]))
    (tmp_path / "a.glb").write_bytes(scene.export(file_type="glb"))
    mesh = read_glb(tmp_path / "a.glb")
    assert len(mesh.vertices) == 16
    assert mesh.corner_uv.min() >= 0
    assert mesh.corner_uv.max() <= 1
    left = mesh.vertices[mesh.faces].mean(axis=1)[:, 0] < 2
    for face in range(len(mesh.faces)):
        assert colour_at(mesh, face) == ([255, 0, 0] if left[face] else [0, 0, 255])


def test_vertex_colours_become_face_colours(tmp_path):
    box = trimesh.creation.box()
    box.visual = ColorVisuals(mesh=box, vertex_colors=np.tile([255, 0, 255, 255], (8, 1)))
    (tmp_path / "a.glb").write_bytes(box.scene().export(file_type="glb"))
    assert colour_at(read_glb(tmp_path / "a.glb"), 3) == [255, 0, 255]


def test_without_normals_faces_are_flat(tmp_path):
    path = edited_header(
        box_glb(tmp_path / "a.glb"), lambda header: header["meshes"][0]["primitives"][0]["attributes"].pop("NORMAL", 0)
    )
    mesh = read_glb(path)
    assert np.allclose(mesh.corner_normals, flat_normals(mesh.vertices, mesh.faces), atol=1e-5)


def test_a_file_without_faces_is_refused(tmp_path):
    cloud = trimesh.Scene(trimesh.PointCloud(np.eye(3)))
    (tmp_path / "a.glb").write_bytes(cloud.export(file_type="glb"))
    with pytest.raises(MediaError, match=r"a\.glb: has no faces"):
        read_glb(tmp_path / "a.glb")


def test_nan_is_refused(tmp_path):
    mesh = tetrahedron()
    mesh.vertices[2, 1] = np.nan
    write_glb(tmp_path / "a.glb", mesh)
    with pytest.raises(MediaError, match="not numbers"):
        read_glb(tmp_path / "a.glb")


@pytest.mark.parametrize("data", [b"", b"glTF", b"solid of some STL file" * 9, b'{"asset": {"version": "2.0"}}' * 3])
def test_what_is_no_glb_is_refused(tmp_path, data):
    (tmp_path / "a.glb").write_bytes(data)
    with pytest.raises(MediaError, match="not a GLB file"):
        read_glb(tmp_path / "a.glb")


def test_a_truncated_file_is_refused(tmp_path):
    path = box_glb(tmp_path / "a.glb")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MediaError, match="damaged"):
        read_glb(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MediaError, match="cannot be read"):
        read_glb(tmp_path / "none.glb")


def test_references_to_other_files_are_refused(tmp_path):
    def refer(header):
        header["images"] = [{"uri": "wood.png"}]

    path = edited_header(box_glb(tmp_path / "a.glb", picture=Image.new("RGB", (4, 4))), refer)
    with pytest.raises(MediaError, match=r"needs another file, 'wood\.png'"):
        read_glb(path)


def test_compressed_meshes_are_refused_by_name(tmp_path):
    required = {"extensionsRequired": ["KHR_draco_mesh_compression"]}
    path = edited_header(box_glb(tmp_path / "a.glb"), lambda header: header.update(required))
    with pytest.raises(MediaError, match="KHR_draco_mesh_compression"):
        read_glb(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update(meshes="x"),
        lambda header: header.update(meshes=None),
        lambda header: header.update(buffers=["x"]),
        lambda header: header.update(extensionsRequired=[5]),
        lambda header: header.update(accessors=[{}]),
        lambda header: header["meshes"][0]["primitives"][0].pop("attributes"),
    ],
)
def test_a_header_that_makes_no_sense_is_a_damaged_file(tmp_path, change):
    with pytest.raises(MediaError, match="the file is damaged"):
        read_glb(edited_header(box_glb(tmp_path / "a.glb"), change))


def test_a_promise_of_a_billion_vertices_is_refused_before_memory_is_taken(tmp_path):
    def promise(header):
        for accessor in header["accessors"]:
            accessor.pop("bufferView")  # glTF fills these with zeros
            accessor["count"] = 10**9

    with pytest.raises(MediaError, match="has 1,000,000,000 vertices or corners"):
        read_glb(edited_header(box_glb(tmp_path / "a.glb"), promise))


def test_a_header_nested_without_end_is_no_glb(tmp_path):
    text = b"[" * 200_000
    (tmp_path / "a.glb").write_bytes(struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text)
    with pytest.raises(MediaError, match="not a GLB file"):
        read_glb(tmp_path / "a.glb")
