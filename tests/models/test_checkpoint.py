"""Checkpoints of finished segments."""

import numpy as np
import pytest
import torch

from r2s2r.models.checkpoint import Checkpoints

NOTE = {"fallbacks": ["fp8"], "findings": ["ü"]}


def frames_of(segment):
    return np.random.default_rng(segment).integers(0, 256, (3, 8, 12, 3), dtype=np.uint8)


def last_of(segment):
    return torch.linspace(-1, 1, 3 * 8 * 12).view(1, 3, 1, 8, 12) / (segment + 3)


@pytest.fixture
def folder(tmp_path):
    """Checkpoints of three segments; the generator has drawn a number before each."""
    noise = torch.Generator().manual_seed(5)
    for segment in range(3):
        torch.randn(1, generator=noise)
        Checkpoints(tmp_path / "here").save(
            segment, frames=frames_of(segment), last=last_of(segment), generator=noise, note=NOTE
        )
    return tmp_path / "here"


def test_everything_comes_back_as_it_was(folder):
    found = Checkpoints(folder).resume()
    assert len(found) == 3
    for segment, checkpoint in enumerate(found):
        np.testing.assert_array_equal(checkpoint.frames(), frames_of(segment))
        torch.testing.assert_close(checkpoint.last(), last_of(segment), rtol=0, atol=0)
        assert checkpoint.note == NOTE


def test_the_generator_goes_on_where_it_was(folder):
    noise, again = torch.Generator().manual_seed(5), torch.Generator()
    torch.randn(1, generator=noise), torch.randn(1, generator=noise)
    again.set_state(Checkpoints(folder).resume()[1].generator_state())
    torch.testing.assert_close(torch.randn(9, generator=again), torch.randn(9, generator=noise), rtol=0, atol=0)


def test_half_precision_frames_are_kept_without_loss(tmp_path):
    last = torch.randn(1, 3, 1, 8, 12, generator=torch.Generator().manual_seed(0)).bfloat16()
    noise = torch.Generator()
    saved = Checkpoints(tmp_path).save(0, frames=frames_of(0), last=last, generator=noise, note={})
    assert saved.last().dtype == torch.float32
    torch.testing.assert_close(saved.last().bfloat16(), last, rtol=0, atol=0)


def test_a_folder_that_is_not_there_has_none(tmp_path):
    checkpoints = Checkpoints(tmp_path / "nowhere")
    assert checkpoints.resume() == []
    checkpoints.clear()


def test_segments_after_a_missing_one_do_not_count(folder):
    sorted(folder.iterdir())[1].unlink()
    assert len(Checkpoints(folder).resume()) == 1


@pytest.mark.parametrize("place", [5, 60, 900, -1])
def test_a_flipped_bit_ends_the_list(folder, place):
    file = sorted(folder.iterdir())[1]
    written = bytearray(file.read_bytes())
    written[place] ^= 1
    file.write_bytes(written)
    assert len(Checkpoints(folder).resume()) == 1


@pytest.mark.parametrize("kept", [0, 7, 100, -1])
def test_a_truncated_file_ends_the_list(folder, kept):
    file = sorted(folder.iterdir())[0]
    file.write_bytes(file.read_bytes()[:kept])
    assert Checkpoints(folder).resume() == []


def test_a_failed_write_leaves_what_was_there(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = sorted(folder.iterdir())
    with pytest.raises(OSError, match="No space"):
        Checkpoints(folder).save(3, frames=frames_of(3), last=last_of(3), generator=torch.Generator(), note={})
    assert sorted(folder.iterdir()) == before


def test_clearing_removes_checkpoints_and_nothing_else(folder):
    (folder / "fallbacks.json").write_text("[]")
    Checkpoints(folder).clear()
    assert [file.name for file in folder.iterdir()] == ["fallbacks.json"]
