"""The lines of YAML that make a shot use a file."""

from pipelines.importing.examined import Found
from pipelines.importing.written import written
from r2s2r.media.animations.difference import Difference
from r2s2r.spec.load import load_scene
from tests.pipelines.conftest import Project


def test_entities_that_lose_the_same_edits_share_a_line(project: Project) -> None:
    spins = '"*": [{type: spin, turns: 1}, {type: hide, from: 2}]'
    project.change("  still:\n    frames: 2\n", f"  still:\n    frames: 3\n    edits: {{{spins}}}\n")
    moved = {"left": Difference(0, 0.3, 0, 0), "right": None}
    found = Found(camera=None, has_camera=True, entities=moved, notes=())
    shot = load_scene(project.scene).shots["still"]
    assert list(written(found, shot, "animations/moved.usda")) == [
        "  still:",
        "    animation: {file: animations/moved.usda, camera: false}",
        "    # remove from the edits of left, right: spin; the file holds what they do",
    ]
