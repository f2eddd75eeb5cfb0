"""`r2s2r lift`: the entities alone, and pictures of them."""

import json

import av
import numpy as np
import pytest

from r2s2r.media.images import read_rgb
from tests.pipelines.conftest import Project


@pytest.fixture(scope="module")
def lifted(built: Project) -> Project:
    done = built.call("lift", "scene.yaml")
    assert done.code == 0, done.err
    return built


def test_each_entity_gets_a_turntable_and_a_card(lifted: Project) -> None:
    for entity in ("left", "right"):
        folder = lifted.folder / "out" / "tiny" / "entities" / entity
        with av.open(folder / "turntable.mp4") as video:
            pictures = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        assert len(pictures) == 96
        assert pictures[0].shape == (480, 960, 3)
        card = read_rgb(folder / "card.png")
        assert card.shape[1] > 1000
        assert len(np.unique(card.reshape(-1, 3), axis=0)) > 1000


def test_the_entity_faces_the_viewer_first_and_then_shows_its_left(lifted: Project) -> None:
    """The red box: its front has the clip's red, and its normals look at the viewer whichever way it is turned."""
    with av.open(lifted.folder / "out" / "tiny" / "entities" / "left" / "turntable.mp4") as video:
        first = next(video.decode(video=0)).to_ndarray(format="rgb24")
    red, green, blue = first[240, 240].astype(int)
    assert red > 150 > green
    assert blue < 100
    assert first[240, 720, 2] > 200


def test_a_second_lift_makes_nothing(lifted: Project) -> None:
    again = lifted.call("lift", "scene.yaml")
    assert again.code == 0
    assert "nothing rebuilt" in again.out


def test_one_entity_may_be_named_and_the_report_says_where_it_is(lifted: Project) -> None:
    done = lifted.call("lift", "scene.yaml", "--entity", "left", "--json")
    (shot,) = json.loads(done.out)["shots"]
    assert [node["node"] for node in shot["nodes"]] == [
        "footage",
        "mask:left",
        "camera",
        "entity:left",
        "turntable:left",
    ]
    assert list(shot["delivered"]) == ["turntable:left"]


def test_an_unknown_entity_and_a_scene_without_any_are_refused(lifted: Project, project: Project) -> None:
    refused = lifted.call("lift", "scene.yaml", "--entity", "lefd")
    assert refused.code == 2
    assert "lefd: no such entity; there are left, right; did you mean left?" in refused.err
    text = project.scene.read_text()
    project.scene.write_text(text[: text.index("entities:")] + "shots: {still: {frames: 2}}\n")
    refused = project.call("lift", "scene.yaml")
    assert refused.code == 2
    assert "has no entities to lift" in refused.err


def test_an_entity_that_fails_leaves_the_others_made(project: Project) -> None:
    project.change("[[100, 30], [130, 30], [130, 80], [100, 80]]", "[[100, 30], [100.1, 30], [100, 30.1]]")
    done = project.call("lift", "scene.yaml")
    assert done.code == 2
    assert "entities.right.select.polygon_px" in done.err
    assert (project.folder / "out" / "tiny" / "entities" / "left" / "card.png").is_file()


def test_no_shot_may_be_called_as_the_entities_folder(project: Project) -> None:
    project.change("  still:\n", "  Entities:\n")
    refused = project.call("validate", "scene.yaml")
    assert refused.code == 2
    assert "shots.Entities: the folder of this name is for what `r2s2r lift` makes" in refused.err + refused.out
