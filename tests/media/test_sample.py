"""Samples in the release's form: what is read of them, and what is wrong with bad ones."""

import numpy as np
import pytest

from r2s2r.errors import InputError, MediaError
from r2s2r.media.images import write_rgb
from r2s2r.media.sample import read_sample, write_caption
from tests.media.clips import numbered_picture, write_clip


@pytest.fixture
def folder(tmp_path):
    """A sample of twelve frames, 96x64."""
    sample = tmp_path / "camera_control"
    sample.mkdir()
    write_rgb(sample / "source_image.png", np.full((80, 60, 3), 90, np.uint8))
    write_clip(sample / "object_animation_normal.mp4", map(numbered_picture, range(12)), rate=16)
    write_caption(sample / "caption.json", "Ein Würfel dreht sich.")
    return sample


def test_a_sample_is_read(folder):
    sample = read_sample(folder)
    assert (sample.frames, sample.height, sample.width) == (12, 64, 96)
    assert sample.text == "Ein Würfel dreht sich."
    assert sample.folder == folder
    assert sample.picture.is_file()
    assert sample.control.is_file()


def test_a_sample_may_go_without_a_caption(folder):
    (folder / "caption.json").unlink()
    assert read_sample(folder).text == ""


@pytest.mark.parametrize("name", ["source_image.png", "object_animation_normal.mp4"])
def test_a_missing_file_is_named_with_what_a_sample_has(folder, name):
    (folder / name).unlink()
    with pytest.raises(InputError, match=rf"camera_control: lacks {name}; a sample has source_image\.png, "):
        read_sample(folder)


def test_a_folder_of_samples_or_none_at_all_is_said_to_be_so(folder):
    with pytest.raises(InputError, match=r"holds samples \(camera_control\), name one of them"):
        read_sample(folder.parent)
    with pytest.raises(InputError, match="there is no such folder"):
        read_sample(folder / "none")


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("{", "is no caption"),
        ("[]", "is no caption"),
        ('{"prompt": "a"}', "is no caption"),
        ('"text"', "is no caption"),
        ('{"text": 3}', "`text` is no text but 3"),
        ('{"text": null}', "`text` is no text but null"),
        (b"\xff\xfe", "is no caption"),
        ('{"text": "\\ud800"}', "is no caption"),
    ],
)
def test_a_caption_that_is_none_says_what_to_write(folder, caption, said):
    data = caption if isinstance(caption, bytes) else caption.encode()
    (folder / "caption.json").write_bytes(data)
    with pytest.raises(InputError, match=rf'caption\.json: {said}.*; write {{"text": "\.\.\."}}'):
        read_sample(folder)


def test_a_caption_that_cannot_be_opened_is_not_taken_for_none(folder):
    (folder / "caption.json").unlink()
    (folder / "caption.json").symlink_to(folder / "gone.json")
    with pytest.raises(InputError, match=r"caption\.json: is no caption"):
        read_sample(folder)


@pytest.mark.parametrize("content", [b"", b"this is no video", b"\x00" * 4096])
def test_a_control_that_is_no_video_is_refused(folder, content):
    (folder / "object_animation_normal.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=r"object_animation_normal\.mp4: "):
        read_sample(folder)


def test_a_control_of_one_frame_is_refused(folder):
    write_clip(folder / "object_animation_normal.mp4", [numbered_picture(1)], rate=16)
    with pytest.raises(MediaError, match="has one frame; a control video needs two or more"):
        read_sample(folder)


def test_a_control_that_is_cut_off_is_refused(folder):
    control = folder / "object_animation_normal.mp4"
    write_clip(control, map(numbered_picture, range(40)), rate=16, format="matroska")
    control.write_bytes(control.read_bytes()[: control.stat().st_size * 2 // 3])
    with pytest.raises(MediaError, match="is cut off; copy it again"):
        read_sample(folder)
