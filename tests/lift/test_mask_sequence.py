"""Masks that an author gives for many frames are taken as they are; what is missing in between is followed."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from pipelines.assets import mask_files
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import unheard
from r2s2r.errors import InputError, SceneError
from r2s2r.media.images import write_mask
from r2s2r.media.numbered import pictures_in
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.resolved import Entity, Scene
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.selection import SelectSpec
from r2s2r.spec.source import SourceSpec
from r2s2r.stages.lift import make_mask
from tests.lift.material import disc, grain, overlap, store_footage

HEIGHT, WIDTH, FIRST = 120, 180, 40
GRASS = (grain(HEIGHT, WIDTH, 2, low=60, high=200) * np.array([0.3, 1, 0.4])).astype(np.uint8)
BALL = (grain(HEIGHT, 2 * WIDTH, 1, low=120, high=250) * np.array([1, 0.3, 0.25])).astype(np.uint8)
SPEC = SelectSpec(mask="given")


def ball_at(index):
    return disc(HEIGHT, WIDTH, 50 + 6 * index, 60, 28)


def drawn_at(index):
    """What the author draws: the ball and what it carries, which nobody could find."""
    drawn = ball_at(index)
    drawn[5:15, 5:15] = True
    return drawn


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Frames 40 to 51 of a clip; the reference frame is 44."""
    frames = [np.where(ball_at(i)[..., None], BALL[:, WIDTH - 6 * i :][:, :WIDTH], GRASS) for i in range(12)]
    folder = tmp_path_factory.mktemp("sequence")
    return store_footage(folder / "footage", frames, reference=4, first_clip_frame=FIRST)


def folder_of(tmp_path, indices):
    (tmp_path / "drawn").mkdir()
    for index in indices:
        write_mask(tmp_path / "drawn" / f"ball_{FIRST + index:06}.png", drawn_at(index))
    return {f"mask/{path.name}": path for path in pictures_in(tmp_path / "drawn", (tmp_path,))}


def made(footage, files, out):
    make_mask(SPEC, SegmentSpec(backend="grabcut"), footage, files, out, unheard)
    return Mask.load(out)


def test_every_picture_of_a_folder_is_taken_as_it_is(footage, tmp_path, out):
    mask = made(footage, folder_of(tmp_path, range(12)), out)
    for index, found in enumerate(mask.frames()):
        assert np.array_equal(found, drawn_at(index)), index
    assert not any("no masks for" in finding for finding in mask.facts.findings)
    assert sorted(path.name for path in out.iterdir()) == ["facts.json", "masks.mkv", "reference.png"]


def test_what_is_missing_is_followed_from_the_nearer_picture_and_said(footage, tmp_path, out):
    given = (0, 4, 9)
    mask = made(footage, folder_of(tmp_path, given), out)
    for index, found in enumerate(mask.frames()):
        if index in given:
            assert np.array_equal(found, drawn_at(index)), index
        else:
            assert overlap(found, drawn_at(index)) > 0.9, index
    assert any("no masks for frames 41-43, 45-48, 50-51 of the clip" in finding for finding in mask.facts.findings)


def test_the_reference_frame_must_be_among_them(footage, tmp_path, out):
    with pytest.raises(InputError, match=r"drawn: has no mask for the reference frame, 44; add it") as refused:
        made(footage, folder_of(tmp_path, (0, 9)), out)
    assert refused.value.field == "select.mask"


def film_of(path, numbers, rate=25):
    with LosslessWriter(path, height=HEIGHT, width=WIDTH, fps=Fraction(rate), grey=True) as writer:
        for number in numbers:
            writer.write(drawn_at(number - FIRST).astype(np.uint8) * 255)
    return {"mask": path}


def test_the_frames_of_a_clip_of_masks_go_by_their_numbers(footage, tmp_path, out):
    mask = made(footage, film_of(tmp_path / "drawn.mkv", range(FIRST + 12)), out)
    for index, found in enumerate(mask.frames()):
        assert np.array_equal(found, drawn_at(index)), index


def test_the_frames_of_a_clip_at_another_rate_go_by_their_times(footage, tmp_path, out):
    numbers = [number for number in range(FIRST + 12) for _ in range(2)]
    mask = made(footage, film_of(tmp_path / "drawn.mkv", numbers, rate=50), out)
    for index, found in enumerate(mask.frames()):
        assert np.array_equal(found, drawn_at(index)), index


def test_after_the_end_of_a_shorter_clip_it_is_followed(footage, tmp_path, out):
    mask = made(footage, film_of(tmp_path / "drawn.mkv", range(FIRST + 8)), out)
    assert any("no masks for frames 48-51" in finding for finding in mask.facts.findings)
    assert overlap(list(mask.frames())[-1], drawn_at(11)) > 0.9


def files_of(folder, *, roots=None):
    entity = Entity("ball", EntitySpec.model_validate_json('{"select": {"mask": "drawn"}}'), {"mask": folder})
    scene = folder.parent / "scene.yaml"
    scene.write_text("entities:\n  ball: {select: {mask: drawn}}\n")
    source = SourceSpec(clip="clip.mkv")
    depth = DepthSpec(backend="ground")
    given = Scene("scene", scene, "draft", source, depth, {}, {}, {"ball": entity}, {}, roots or (folder.parent,))
    return mask_files(given, entity)


def test_a_folder_is_known_picture_by_picture(tmp_path):
    folder_of(tmp_path, (0, 1))
    (tmp_path / "drawn" / "notes.txt").write_text("not a mask")
    assert sorted(files_of(tmp_path / "drawn")) == ["mask/ball_000040.png", "mask/ball_000041.png"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "holds no pictures"),
        (("left.png",), r"left\.png: its name ends in no number"),
        (("a_7.png", "b_007.png"), r"b_007\.png: a_7\.png is of frame 7 too"),
    ],
)
def test_a_folder_that_cannot_be_read_as_frames_is_refused_by_name(tmp_path, names, message):
    folder = tmp_path / "drawn"
    folder.mkdir()
    for name in names:
        cv2.imwrite(str(folder / name), np.full((8, 8), 255, np.uint8))
    with pytest.raises(SceneError, match=rf"scene\.yaml:2:25: entities\.ball\.select\.mask: .*{message}"):
        files_of(folder)


@pytest.mark.parametrize(
    ("target", "message"),
    [("elsewhere_41.png", "outside of the folders that may be read"), ("gone.png", "leads nowhere")],
)
def test_a_link_that_leads_elsewhere_is_refused_by_name(tmp_path, target, message):
    folder_of(tmp_path, (0,))
    write_mask(tmp_path / "elsewhere_41.png", drawn_at(1))
    (tmp_path / "drawn" / "ball_000041.png").symlink_to(tmp_path / target)
    with pytest.raises(SceneError, match=rf"entities\.ball\.select\.mask: .*ball_000041\.png: is a link .*{message}"):
        files_of(tmp_path / "drawn", roots=(tmp_path / "drawn",))


def test_a_link_into_a_folder_that_may_be_read_is_followed(tmp_path):
    folder_of(tmp_path, (0,))
    write_mask(tmp_path / "elsewhere_41.png", drawn_at(1))
    (tmp_path / "drawn" / "ball_000041.png").symlink_to(tmp_path / "elsewhere_41.png")
    assert sorted(files_of(tmp_path / "drawn")) == ["mask/ball_000040.png", "mask/ball_000041.png"]
