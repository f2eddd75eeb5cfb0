"""Assets in a scene: what they refer to is in the key, and what they must not refer to is said before anything runs."""

from pathlib import Path

import pytest

from tests.media.assets.gltf_files import Gltf
from tests.pipelines.conftest import Project

ENTITY = "  crate: {{asset: media/{name}, place: {{position_m: [0, 0, -3], height_m: 0.5}}}}\nshots:\n"


def with_asset(project: Project, name: str) -> Path:
    """Add an entity whose file is still to be written."""
    project.change("shots:\n", ENTITY.format(name=name))
    (project.folder / "media").mkdir()
    return project.folder / "media" / name


def cube() -> Gltf:
    made = Gltf()
    made.node(mesh=made.mesh())
    return made


def test_the_files_of_an_asset_are_in_its_key(project: Project) -> None:
    path = cube().gltf(with_asset(project, "crate.gltf"), "crate.bin")
    assert project.run("--until", "entity:crate", "--shot", "still").code == 0
    assert project.plan()["still"]["entity:crate"][0] == "fresh"
    data = path.with_suffix(".bin").read_bytes()
    path.with_suffix(".bin").write_bytes(data.replace(b"\0\0\0\x3f", b"\0\0\x80\x3f"))
    state, why = project.plan()["still"]["entity:crate"]
    assert state == "stale"
    assert any("crate.bin" in one for one in why)


@pytest.mark.parametrize("verb", ["validate", "plan", "run", "lift"])
def test_a_reference_outside_of_the_media_is_refused_where_the_entity_is_written(project: Project, verb: str) -> None:
    with_asset(project, "crate.usda").write_text("#usda 1.0\n(\n subLayers = [@../../far.usda@]\n)\n")
    (project.folder.parent / "far.usda").write_text("#usda 1.0\n")
    done = project.call(verb, "scene.yaml")
    assert done.code == 2
    line = next(i for i, text in enumerate(project.scene.read_text().splitlines(), 1) if "crate" in text)
    said = done.out + done.err
    assert f"scene.yaml:{line}:18: entities.crate.asset: " in said
    assert f"{project.folder}/scene.yaml" not in said
    assert "refers to '../../far.usda', which leads to " in said
    assert "media_roots" in said
    (project.folder / "r2s2r.yaml").write_text("version: 1\nmedia_roots: [..]\n")
    assert project.call("plan", "scene.yaml").code == 0


def test_a_damaged_asset_is_refused_by_name(project: Project) -> None:
    path = with_asset(project, "crate.glb")
    data = cube().glb(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    done = project.run()
    assert done.code == 2
    assert "entities.crate.asset: " in done.err
    assert "crate.glb: " in done.err


def test_faces_that_make_no_sense_are_found_when_it_is_read(project: Project) -> None:
    made = cube()
    made.json["accessors"][1]["componentType"] = 5125
    made.glb(with_asset(project, "crate.glb"))
    done = project.run("--shot", "still")
    assert done.code == 2
    assert "entities.crate.asset: entity:crate: " in done.err


def test_all_that_is_wrong_with_files_is_said_at_once(project: Project) -> None:
    with_asset(project, "crate.glb").write_bytes(b"no mesh")
    (project.folder / "drawn").mkdir()
    project.change("{polygon_px: [[100, 30], [130, 30], [130, 80], [100, 80]]}", "{mask: drawn}")
    done = project.call("validate", "scene.yaml")
    assert done.code == 2
    assert [line.split(": ")[1] for line in done.out.splitlines()] == [
        "entities.right.select.mask",
        "entities.crate.asset",
    ]


def test_a_link_beside_a_camera_that_leads_elsewhere_is_refused(project: Project) -> None:
    (project.folder / "cameras.txt").write_text("1 PINHOLE 160 96 200 200 80 48\n")
    (project.folder.parent / "images.txt").write_text("1 1 0 0 0 0 0 0 1 0.png\n\n")
    (project.folder / "images.txt").symlink_to(project.folder.parent / "images.txt")
    project.change("camera: {fov_deg: 45}", "camera: {file: cameras.txt}")
    done = project.run()
    assert done.code == 2
    assert "scene.yaml:6:18: source.camera.file: " in done.err
    assert "images.txt: is a link to " in done.err


def test_a_camera_file_is_blamed_where_it_is_written(project: Project) -> None:
    (project.folder / "cameras.txt").write_text("1 PINHOLE 160 96 200\n")
    (project.folder / "images.txt").write_text("1 1 0 0 0 0 0 0 1 0.png\n\n")
    project.change("camera: {fov_deg: 45}", "camera: {file: cameras.txt}")
    done = project.run("--until", "camera")
    assert done.code == 2
    assert "scene.yaml:6:18: source.camera.file: camera: " in done.err


def test_one_thing_selected_twice_is_said_at_the_second(project: Project) -> None:
    project.change("[[100, 30], [130, 30], [130, 80], [100, 80]]", "[[31, 31], [60, 30], [60, 80], [30, 80]]")
    done = project.run("--until", "plate")
    assert done.code == 2
    assert "scene.yaml:10:11: entities.right.select: plate: left and right select the same pixels" in done.err
