"""Finding the place of a field that a stage complains about."""

from pathlib import Path

import pytest

from r2s2r.spec.locate import locate

SCENE = """\
version: 1
name: x
source: {clip: clip.mp4, frame: 9}
include: [props.yaml]
entities:
  a.b: {select: {box_px: [1, 2, 3, 4]}}
shots:
  long: {camera: [{type: orbit, around: a.b, degrees: 5}]}
  short: {extends: long, frames: 3}
diffuse: {vace: {steps: 3}}
"""


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("source.frame", ("scene.yaml", 3, 33)),
        ("source.context_s", ("scene.yaml", 3, 1)),
        ("entities.a.b.select.box_px", ("scene.yaml", 6, 18)),
        ("entities.lamp.asset", ("props.yaml", 2, 17)),
        ("shots.short.frames", ("scene.yaml", 9, 34)),
        ("shots.short.camera[0].around", ("scene.yaml", 8, 41)),
        ("shots.short.camera[7]", ("scene.yaml", 8, 10)),
        ("render", ("scene.yaml", 1, 1)),
        ("shots.short.diffuse.vace.steps", ("scene.yaml", 10, 25)),
        ("", ("scene.yaml", 1, 1)),
        ("..[", ("scene.yaml", 1, 1)),
    ],
)
def test_a_field_is_found_where_it_is_written(write, field, place):
    write("entities:\n  lamp: {asset: lamp.glb}\n", "props.yaml")
    finding = locate(write(SCENE), field, "is wrong")
    assert (str(finding.path), finding.line, finding.column) == place
    assert (finding.field, finding.message) == (field, "is wrong")


def test_a_scene_that_has_gone_is_still_named(folder):
    assert str(locate(Path("gone.yaml"), "source", "is wrong")) == "gone.yaml:1:1: source: is wrong"
