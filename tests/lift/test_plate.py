"""The plate: the reference frame where it is free, what other frames showed where it is not, and what is invented."""

import numpy as np
import pytest

from benchmarks.worlds.clip import travelled
from r2s2r.artifacts.plate import Plate
from r2s2r.artifacts.progress import unheard
from r2s2r.media.pushpull import push_pull
from r2s2r.stages.lift import PlateInputs, make_plate
from r2s2r.stages.lift.masking.small_frames import SmallFrames
from r2s2r.stages.lift.plates.covered import grown
from r2s2r.stages.lift.plates.samples import MAX_SAMPLES
from r2s2r.stages.lift.plates.temporal_median import temporal_median
from tests.lift.material import disc, grain, static_camera, store_footage, store_mask

HEIGHT, WIDTH = 160, 240
RED, BLUE = np.array([[220, 20, 20], [20, 20, 220]], np.uint8)
SCENE = grain(HEIGHT, WIDTH, 4, low=30, high=220)


def psnr(one, other):
    return 10 * np.log10(255**2 / max(1e-9, ((one.astype(float) - other) ** 2).mean()))


def ball_at(x, radius=22):
    return disc(HEIGHT, WIDTH, x, 80, radius)


def rolling(background=lambda index: SCENE, *, step=6, count=16, radius=22):
    """A red ball rolls through a scene: frames and masks. It is in the middle, at frame 8."""
    masks = [ball_at(70 + step * index, radius) for index in range(count)]
    frames = [np.where(mask[..., None], RED, background(index)) for index, mask in enumerate(masks)]
    return frames, masks


def made(tmp_path, frames, masks, *, reference=8, lost=()):
    footage = store_footage(tmp_path / "footage", frames, reference=reference)
    out = tmp_path / "plate"
    out.mkdir()
    make_plate(
        PlateInputs(footage, {"ball": store_mask(tmp_path / "mask", masks, reference=reference, lost=lost)}, {}),
        out,
        unheard,
    )
    assert sorted(path.name for path in out.iterdir()) == ["facts.json", "invented.png", "plate.png", "replaced.png"]
    return Plate.load(out)


def test_what_an_entity_hides_is_taken_from_other_frames(tmp_path):
    plate = made(tmp_path, *rolling())
    assert psnr(plate.picture(), SCENE) > 50
    assert not plate.invented().any()
    assert plate.facts.frames_used == 16


def test_where_the_reference_frame_is_free_the_plate_is_that_frame(tmp_path):
    noise = np.random.default_rng(1)
    frames, masks = rolling(lambda index: np.clip(SCENE + noise.normal(0, 8, SCENE.shape), 0, 255).astype(np.uint8))
    plate = made(tmp_path, frames, masks)
    free = ~plate.replaced()
    assert np.array_equal(plate.picture()[free], frames[8][free])
    assert np.array_equal(plate.replaced(), grown(masks[8]))


def test_a_still_is_filled_in_from_around_and_marked(tmp_path):
    frames, masks = rolling(lambda index: np.full_like(SCENE, 90), count=9)
    plate = made(tmp_path, frames[8:], masks[8:], reference=0)
    assert np.array_equal(plate.invented(), plate.replaced())
    assert plate.facts.invented_share == pytest.approx(plate.invented().mean(), abs=1e-6)
    assert (plate.picture() == 90).all()


def test_only_what_was_never_seen_is_invented(tmp_path):
    frames, masks = rolling(step=2)
    plate = made(tmp_path, frames, masks)
    always = np.logical_and.reduce([grown(mask) for mask in masks])
    assert always.any()
    assert np.array_equal(plate.invented(), always & plate.replaced())


def test_changing_light_leaves_no_seam(tmp_path):
    def dimming(index):
        # Darker to the right, more so in time, as when a cloud comes.
        shade = 1 - 0.03 * index * np.linspace(0.3, 1, WIDTH)[None, :, None]
        return np.round(SCENE * shade).astype(np.uint8)

    frames, masks = rolling(dimming)
    plate = made(tmp_path, frames, masks)
    hole = plate.replaced()
    assert psnr(plate.picture()[hole], dimming(8)[hole]) > 32


def test_a_moving_camera_is_laid_over_the_reference_frame(tmp_path):
    wide = grain(HEIGHT, WIDTH + 80, 4, low=30, high=220, cell=9)
    frames, masks = rolling(lambda index: wide[:, 3 * index :][:, :WIDTH])
    plate = made(tmp_path, frames, masks)
    hole = plate.replaced()
    assert not plate.invented().any()
    assert psnr(plate.picture()[hole], wide[:, 24:][:, :WIDTH][hole]) > 30


def test_frames_of_another_scene_are_left_out_and_said(tmp_path):
    frames, masks = rolling()
    other = grain(HEIGHT, WIDTH, 77)
    plate = made(tmp_path, frames + [other] * 4, masks + [np.zeros_like(masks[0])] * 4)
    assert plate.facts.frames_used == 16
    assert "4 of 20 frames could not be laid over the reference frame" in plate.facts.findings[0]
    assert psnr(plate.picture(), SCENE) > 50


def test_frames_that_lost_the_entity_are_not_used(tmp_path):
    frames, masks = rolling()
    nothing = np.zeros_like(masks[0])
    lost = tuple(range(9, 16))
    plate = made(tmp_path, frames, masks[:9] + [nothing] * 7, lost=lost)
    assert plate.facts.frames_used == 9
    assert psnr(plate.picture(), SCENE) > 35


def test_without_entities_the_plate_is_the_reference_frame(tmp_path, out):
    footage = store_footage(tmp_path / "footage", [SCENE])
    make_plate(PlateInputs(footage, {}, {}), out, unheard)
    plate = Plate.load(out)
    assert np.array_equal(plate.picture(), SCENE)
    assert not plate.replaced().any()


def test_several_entities_leave_together(tmp_path, out):
    frames, masks = rolling(count=9)
    second = [disc(HEIGHT, WIDTH, 40, 130 - 6 * index, 12) for index in range(9)]
    frames = [np.where(mask[..., None], BLUE, frame) for frame, mask in zip(frames, second, strict=True)]
    footage = store_footage(tmp_path / "footage", frames, reference=8)
    both = {name: store_mask(tmp_path / name, some, reference=8) for name, some in (("a", masks), ("b", second))}
    make_plate(PlateInputs(footage, both, {}), out, unheard)
    assert psnr(Plate.load(out).picture(), SCENE) > 35


def test_a_long_clip_is_sampled(tmp_path):
    frames, masks = rolling(step=1, count=70)
    assert made(tmp_path, frames, masks).facts.frames_used == MAX_SAMPLES


def test_equal_inputs_give_equal_bytes(tmp_path):
    folders = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        folders.append(made(tmp_path / name, *rolling()).folder)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_the_median_is_numpys_over_what_was_seen(tmp_path, count):
    rng = np.random.default_rng(count)
    values = rng.integers(0, 256, (count, 20, 30, 4), np.uint8)
    values[..., 3] = np.where(values[..., 3] > 100, 255, 0)
    with SmallFrames(tmp_path, (20, 30, 4)) as samples:
        for index, sample in enumerate(values):
            samples[index] = sample
        seen = temporal_median(samples, count, (20, 30))
    times = (values[..., 3] > 0).sum(axis=0)
    assert np.array_equal(seen.times, times)
    for row, column in np.argwhere(times > 0):
        pixel = values[:, row, column]
        expected = np.median(pixel[pixel[:, 3] > 0, :3], axis=0)
        assert np.abs(seen.colour[row, column] - expected).max() <= 0.5


def test_push_pull_keeps_what_is_known_and_stays_within_it():
    rng = np.random.default_rng(0)
    values = rng.uniform(10, 200, (37, 53, 3)).astype(np.float32)
    known = rng.random((37, 53)) < 0.1
    filled = push_pull(values, known)
    assert np.array_equal(filled[known], values[known])
    assert filled.min() >= values[known].min() - 1e-3
    assert filled.max() <= values[known].max() + 1e-3


def test_push_pull_continues_a_slope():
    slope = np.broadcast_to(np.linspace(0, 100, 64, dtype=np.float32)[None, :, None], (64, 64, 1))
    known = ~disc(64, 64, 32, 32, 12)
    assert np.abs(push_pull(slope, known) - slope).max() < 12


def test_what_moves_by_itself_does_not_pass_for_a_moving_camera(tmp_path):
    other = grain(HEIGHT, WIDTH, 11, cell=5)
    wanders = (np.indices((HEIGHT, WIDTH))[0] > 105)[..., None]
    frames, masks = rolling(lambda index: np.where(wanders, np.roll(other, 4 * index, axis=1), SCENE))
    plate = made(tmp_path, frames, masks)
    still = plate.replaced() & ~wanders[..., 0]
    assert plate.facts.frames_used == 16
    assert psnr(plate.picture()[still], SCENE[still]) > 35


def test_what_goes_with_an_entity_goes_too(tmp_path, out):
    frames, masks = rolling()
    shadows = [disc(HEIGHT, WIDTH, 70 + 6 * index, 118, 14) & ~mask for index, mask in enumerate(masks)]
    dimmed = [np.where(some[..., None], frame // 2, frame) for some, frame in zip(shadows, frames, strict=True)]
    footage = store_footage(tmp_path / "footage", dimmed, reference=8)
    mask, traces = (store_mask(tmp_path / name, some, reference=8) for name, some in (("a", masks), ("b", shadows)))
    make_plate(PlateInputs(footage, {"ball": mask}, {"ball": traces}), out, unheard)
    plate = Plate.load(out)
    assert psnr(plate.picture(), SCENE) > 45
    assert np.array_equal(plate.replaced(), grown(masks[8] | shadows[8]))


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A rendered clip of a travelling camera, whose parallax is known."""
    return travelled(tmp_path_factory.mktemp("walked") / "clip", frames=16, height=180, width=320)


def in_the_hole(clip, folder, camera):
    folder.mkdir()
    make_plate(PlateInputs(clip.footage, {"ball": clip.mask}, {}, camera), folder, unheard)
    plate = Plate.load(folder)
    seen = plate.replaced() & ~plate.invented()
    return psnr(plate.picture()[seen], clip.behind[seen])


def test_with_the_cameras_motion_known_parallax_is_right(walked, tmp_path):
    by_homography = in_the_hole(walked, tmp_path / "flat", None)
    by_camera = in_the_hole(walked, tmp_path / "deep", walked.truth)
    assert by_camera > 26
    assert by_camera > by_homography + 5


def test_a_camera_that_stands_changes_nothing(tmp_path):
    footage, masks = rolling()
    folders = []
    for name in ("without", "with"):
        (tmp_path / name / "plate").mkdir(parents=True)
        stored = store_footage(tmp_path / name / "footage", footage, reference=8)
        mask = store_mask(tmp_path / name / "mask", masks, reference=8)
        camera = static_camera(stored) if name == "with" else None
        make_plate(PlateInputs(stored, {"ball": mask}, {}, camera), tmp_path / name / "plate", unheard)
        folders.append(tmp_path / name / "plate")
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()
