"""What a shot's edit reads besides the lifted world: replacements, clips of files, motions of other shots."""

import json
from pathlib import Path

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.media.meshes import write_glb
from tests.edit.conftest import box
from tests.pipelines.conftest import Project

SHOTS = """\
  moved:
    frames: 3
    edits:
      left: [{type: transform, curve: linear, keys: [{at: 0}, {at: 100%, move_m: [0.4, 0, 0]}]}]
  replaced:
    frames: 3
    edits:
      left: [{type: replace, asset: crate.glb}, {type: spin, turns: 0.5}]
  taken:
    frames: 3
    edits:
      right: [{type: motion, of: left, shot: moved}]
  far:
    frames: 3
    edits:
      right: [{type: motion, of: left, shot: moved, scene: other.yaml}]
"""
BOTH = """right: [{type: motion, of: left, shot: moved, scene: other.yaml}]
      left: [{type: motion, of: left, shot: moved}]"""


@pytest.fixture
def edited(project: Project) -> Project:
    write_glb(project.folder / "crate.glb", box(0.5, 0.5))
    project.change("shots:\n", "shots:\n" + SHOTS)
    other = project.scene.read_text().replace("name: tiny", "name: other").replace("0.4, 0, 0]", "0, 0.2, 0]")
    other = other.replace("  far:\n", "  unused:\n    enabled: false\n").replace(", scene: other.yaml", "")
    (project.folder / "other.yaml").write_text(other)
    return project


def _folder(project: Project, shot: str, node: str) -> Path:
    return Path(project.ask("path", "scene.yaml", shot, node).out.strip())


def test_a_replaced_entity_stands_where_it_stood_and_is_as_tall(edited: Project) -> None:
    done = edited.run("--shot", "replaced", "--until", "edit")
    assert done.code == 0, done.err
    made = Entity.load(_folder(edited, "replaced", "replacement:left"))
    lifted = Entity.load(_folder(edited, "replaced", "entity:left"))
    np.testing.assert_array_equal(made.world_from_entity, lifted.world_from_entity)
    heights = [float(np.ptp(entity.mesh().vertices[:, 1])) for entity in (made, lifted)]
    assert heights[0] == pytest.approx(heights[1], rel=1e-6)
    assert len(made.mesh().faces) == 12
    assert Animation.load(_folder(edited, "replaced", "edit")).facts.entities == ("left", "right")


def test_a_replaced_entity_is_drawn_and_other_shots_keep_the_lifted_one(edited: Project) -> None:
    done = edited.run("--shot", "replaced", "--shot", "orbit")
    assert done.code == 0, done.err
    nodes = edited.plan()
    assert "replacement:left" in nodes["replaced"]
    assert "replacement:left" not in nodes["orbit"]
    (edited.folder / "crate.glb").unlink()
    write_glb(edited.folder / "crate.glb", box(0.5, 0.3))
    assert "orbit" not in edited.not_fresh()
    assert "replacement:left" in edited.not_fresh()["replaced"]


@pytest.mark.parametrize(("shot", "moved_m"), [("taken", [0.4, 0, 0]), ("far", [0, 0.2, 0])])
def test_a_motion_comes_from_another_shot_of_this_scene_or_another(
    edited: Project, shot: str, moved_m: list[float]
) -> None:
    done = edited.run("--shot", shot, "--until", "edit")
    assert done.code == 0, done.err
    matrices = Animation.load(_folder(edited, shot, "edit")).world_from_entity["right"]
    np.testing.assert_allclose(matrices[-1, :3, 3] - matrices[0, :3, 3], moved_m, atol=1e-9)


def test_donors_of_scenes_that_share_a_name_are_told_apart(edited: Project) -> None:
    other = edited.folder / "other.yaml"
    other.write_text(other.read_text().replace("name: other", "name: tiny"))
    edited.change("right: [{type: motion, of: left, shot: moved, scene: other.yaml}]", BOTH)
    done = edited.run("--shot", "far", "--until", "edit")
    assert done.code == 0, done.err
    moved = Animation.load(_folder(edited, "far", "edit")).world_from_entity
    ways_m = {name: matrices[-1, :3, 3] - matrices[0, :3, 3] for name, matrices in moved.items()}
    np.testing.assert_allclose(ways_m["right"], [0, 0.2, 0], atol=1e-9)
    np.testing.assert_allclose(ways_m["left"], [0.4, 0, 0], atol=1e-9)


def test_a_shot_that_gives_a_motion_makes_the_taker_stale(edited: Project) -> None:
    assert edited.run("--shot", "taken", "--until", "edit").code == 0
    edited.change("0.4, 0, 0]", "0.5, 0, 0]")
    states = edited.plan()["taken"]
    assert states["edit:tiny.moved"][0] == "stale"
    assert states["edit"][0] == "unknown"


def test_what_is_bent_has_a_mesh_that_bends(edited: Project) -> None:
    edited.change("{type: spin, turns: 0.5}]", "{type: deform, twist_deg: 90}]")
    done = edited.run("--shot", "replaced")
    assert done.code == 0, done.err
    assert len(Entity.load(_folder(edited, "replaced", "replacement:left")).mesh().faces) == 12
    assert len(Entity.load(_folder(edited, "replaced", "refined:left")).mesh().faces) > 1000
    shapes = Animation.load(_folder(edited, "replaced", "edit")).vertices("left")
    assert shapes is not None
    assert shapes.shape[1] == len(Entity.load(_folder(edited, "replaced", "refined:left")).mesh().vertices)


def test_files_of_shots_that_are_not_there_are_named(edited: Project) -> None:
    (edited.folder / "crate.glb").unlink()
    (edited.folder / "other.yaml").unlink()
    done = edited.ask("validate", "scene.yaml")
    assert done.code == 2
    assert "shots.replaced.edits.left[0].asset: file not found: crate.glb" in done.out
    assert "shots.far.edits.right[0].scene: file not found: other.yaml" in done.out


def test_a_clip_that_is_not_in_its_file_is_named_where_it_is_written(edited: Project) -> None:
    edited.change("{type: spin, turns: 0.5}]", "{type: animate, clip: walk}]")
    done = edited.run("--shot", "replaced", "--until", "edit")
    assert done.code == 2
    assert "shots.replaced.edits.left[1].clip: motion:left:walk: " in done.err
    assert "crate.glb: has no animation to play" in done.err


def test_motions_in_a_circle_and_of_what_is_not_there_are_refused(edited: Project) -> None:
    edited.change("of: left, shot: moved}]\n  far", "of: left, shot: taken}]\n  far")
    edited.change("of: left, shot: moved, scene: other.yaml", "of: nobody, shot: nowhere, scene: other.yaml")
    done = edited.ask("validate", "scene.yaml")
    assert done.code == 2
    assert "taken -> taken" in done.out
    assert "there is no shot 'nowhere'" in done.out


def test_scenes_that_take_motions_from_each_other_are_refused(edited: Project) -> None:
    other = edited.folder / "other.yaml"
    other.write_text(other.read_text().replace("of: left, shot: moved}", "of: left, shot: moved, scene: scene.yaml}"))
    done = edited.ask("validate", "scene.yaml")
    assert done.code == 2
    assert "in a circle" in done.out


def test_findings_of_the_edit_are_said_while_it_runs_and_by_plan(edited: Project) -> None:
    edited.change("  still:\n", "  low:\n    frames: 2\n    camera: [{type: pedestal, distance_m: -3}]\n  still:\n")
    done = edited.run("--shot", "low", "--until", "edit")
    assert done.code == 0, done.err
    assert "! tiny/low edit: the camera is below the ground" in done.err
    planned = edited.ask("plan", "scene.yaml", "--shot", "low").out
    assert "note: tiny/low edit: the camera is below the ground" in planned
    (low,) = json.loads(edited.ask("plan", "scene.yaml", "--shot", "low", "--json").out)["shots"]
    assert any("below the ground" in finding for finding in low["findings"])


def test_a_camera_file_of_another_length_is_found_before_anything_is_made(edited: Project) -> None:
    poses = "".join(f"{frame} 0 1.2 0 0 0 0 30\n" for frame in range(4))
    (edited.folder / "arc.chan").write_text(poses)
    edited.change("  still:\n", "  filed:\n    frames: 3\n    camera: [{type: file, file: arc.chan}]\n  still:\n")
    said = edited.call("validate", "scene.yaml")
    assert said.code == 2
    assert "shots.filed.camera[0].file: arc.chan has 4 frames and the shot 3: give the shot `frames: 4`" in said.out
    (edited.folder / "arc.chan").write_text(poses.replace("2 0 1.2", "2 nan 1.2"))
    assert "arc.chan:3: " in edited.call("validate", "scene.yaml").out
