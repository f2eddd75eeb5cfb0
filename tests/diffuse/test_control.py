"""Control videos: normals in other axes, grey depth, and frames to outpaint."""

import hashlib
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.passes import Passes, PassesFacts
from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.geometry.transforms import Array, rotation, translation
from r2s2r.media.images import framed, write_rgb
from r2s2r.spec.conditioning import ControlSpec
from r2s2r.spec.diffuse import CompositorSpec
from r2s2r.stages.diffuse import CompositorInputs, make_control
from r2s2r.stages.diffuse.compositor import Compositor

SIDE = 48
HOME_M = (-0.4, 0.0, -7.0)


@pytest.fixture
def control(tmp_path: Path):
    """Make a control of some inputs."""

    def run(inputs: Passes | CompositorInputs, progress: Progress = unheard, **spec: object) -> Control:
        out = tmp_path / f"control{len(list(tmp_path.glob('control*')))}"
        out.mkdir()
        make_control(ControlSpec.model_validate(spec), inputs, out, progress)
        return Control.load(out)

    return run


def encoded_sphere(*, flip: tuple[int, ...] = ()) -> NDArray[np.uint8]:
    """Return the normals of a sphere seen from the front, on black; ``flip`` turns axes before they are encoded."""
    at = (np.arange(SIDE) + 0.5) / SIDE * 2.4 - 1.2
    x, y = np.meshgrid(at, -at)
    inside = x * x + y * y < 1
    normals = np.stack([x, y, np.sqrt(np.where(inside, 1 - x * x - y * y, 0))], axis=-1)
    for axis in flip:
        normals[..., axis] *= -1
    encoded = np.rint(255 * (normals / 2 + 0.5)).astype(np.uint8)
    return np.where(inside[..., None], encoded, np.uint8(0))


@pytest.fixture
def sphere(tmp_path: Path) -> Passes:
    """Two frames of a normal pass: a sphere, and the same turned upside down."""
    folder = tmp_path / "passes"
    (folder / "normal").mkdir(parents=True)
    for frame, picture in enumerate((encoded_sphere(), encoded_sphere()[::-1])):
        write_rgb(folder / "normal" / f"{frame:06d}.png", picture)
    facts = PassesFacts(frames=2, fps="16/1", height=SIDE, width=SIDE, ids={"ball": 1}, normal="", depth="")
    write_facts(folder, facts)
    return Passes.load(folder)


def orbit(world_from_camera: Array, degrees: list[float]) -> Array:
    there, back = translation(HOME_M), translation(tuple(-c for c in HOME_M))  # type: ignore[arg-type]
    turns = [rotation(Rotation.from_euler("y", angle, degrees=True)) for angle in degrees]
    return np.stack([there @ turn @ back @ world_from_camera for turn in turns])


def bars(inputs: CompositorInputs) -> NDArray[np.bool_]:
    framing = inputs.animation.framing
    outside = np.ones((framing.height, framing.width), bool)
    active = framing.active
    outside[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)] = False
    return outside


def test_opengl_normals_are_the_pass_itself(control, sphere):
    frames = list(control(sphere, kind="normal").frames())
    np.testing.assert_array_equal(frames, [sphere.normal(0), sphere.normal(1)])


@pytest.mark.parametrize(("convention", "flip"), [("directx", (1,)), ("opencv", (1, 2))])
def test_normals_in_other_axes_are_as_if_drawn_so(control, sphere, convention, flip):
    (frame, _) = control(sphere, kind="normal", normal_convention=convention).frames()
    np.testing.assert_allclose(frame.astype(int), encoded_sphere(flip=flip), atol=1)


@pytest.mark.parametrize("convention", ["directx", "opencv"])
def test_the_background_of_normals_stays_black(control, sphere, convention):
    frames = list(control(sphere, kind="normal", normal_convention=convention).frames())
    np.testing.assert_array_equal(frames[0].any(axis=2), sphere.normal(0).any(axis=2))


@pytest.mark.parametrize("convention", ["opengl", "directx", "opencv"])
def test_normals_fade_to_black_when_softened_whatever_their_axes(control, sphere, convention):
    settings = {"kind": "normal", "normal_convention": convention}
    hard, soft = (list(control(sphere, **settings, soften_px=soften).frames()) for soften in (0, 3))
    distance = distance_transform_edt(hard[0].any(axis=2)) - 0.5
    np.testing.assert_array_equal(soft[0][distance >= 3], hard[0][distance >= 3])
    assert not soft[0][distance < 0].any()
    rim = (distance > 0) & (distance < 1)
    assert soft[0][rim].mean() < 0.2 * hard[0][rim].mean()


def test_softening_leaves_the_passes_alone(control, sphere):
    before = [sphere.normal(frame) for frame in range(2)]
    control(sphere, kind="normal", soften_px=5)
    np.testing.assert_array_equal([sphere.normal(frame) for frame in range(2)], before)


def test_depth_is_grey_and_whiter_where_nearer(control, inputs, block, shot):
    far = block(home_m=(1.2, 0.0, -11.0), photographed=False)
    given = inputs(shot(blocks={"far": far, "near": block()}))
    frame = next(control(given, kind="depth").frames())
    assert (frame == frame[..., :1]).all()
    ids = given.passes.ids(0)
    sky = frame[:20][ids[:20] == 0]
    assert sky.max() < frame[ids == 1].min() < frame[ids == 1].max() < frame[ids == 2].min()
    assert frame[-1].mean() > frame[ids == 2].mean()  # the ground before its feet is nearer still


def test_depth_is_affine_in_the_inverse_of_metres(control, inputs, block, shot):
    given = inputs(shot(blocks={"a": block(), "b": block(home_m=(1.2, 0.0, -10.0), photographed=False)}))
    frame = next(control(given, kind="depth").frames())[..., 0]
    entity = given.passes.ids(0) > 0
    nearness = 1 / given.passes.depth_m(0)[entity]
    fit = np.polynomial.Polynomial.fit(nearness, frame[entity], 1)
    np.testing.assert_allclose(fit(nearness), frame[entity], atol=1)


def test_an_entity_stands_on_the_ground_of_its_depth(control, inputs, block, shot):
    given = inputs(shot(blocks={"a": block()}))
    frame = next(control(given, kind="depth").frames())[..., 0].astype(int)
    rows, columns = np.nonzero(given.passes.ids(0))
    foot, middle = rows.max(), int(np.median(columns))
    assert abs(frame[foot, middle] - frame[foot + 2, middle]) <= 8


def test_depth_keeps_its_greys_while_something_else_comes_close(control, inputs, block, shot):
    """Normalised frame by frame, all that stands still would darken."""
    coming = np.stack([translation((0.9, 0, depth)) for depth in (-7, -3.5)])
    given = inputs(shot(blocks={"a": block(), "z": block(home_m=(0.9, 0.0, -7.0), track=coming)}))
    first, last = control(given, kind="depth").frames()
    still = (given.passes.ids(0) == 1) & (given.passes.ids(1) == 1)
    assert still.sum() > 500
    np.testing.assert_array_equal(first[still], last[still])


def test_a_speck_before_the_lens_leaves_the_rest_its_greys(control, inputs, block, shot):
    speck = block(home_m=(0.0, 1.19, -0.3), size_m=(0.004, 0.004, 0.004), photographed=False)
    plain, specked = (
        next(control(inputs(shot(blocks=blocks)), kind="depth").frames())
        for blocks in ({"a": block()}, {"a": block(), "z": speck})
    )
    assert abs(plain.mean() - specked.mean()) < 2


def test_depth_hides_what_sank_into_the_ground(control, inputs, block, shot):
    sunk = block(track=np.stack([translation((-0.4, depth, -7)) for depth in (0.0, -0.75)]))
    given, gone = inputs(shot(blocks={"a": sunk})), inputs(shot(blocks={"a": block(visible=False)}))
    _, frame = control(given, kind="depth").frames()
    _, without = control(gone, kind="depth").frames()
    changed = (np.abs(frame.astype(int) - without) > 6).any(axis=2)
    rows, whole = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(given.passes.ids(0).any(axis=1))
    assert rows[0] > whole[0] + 20
    assert rows[-1] <= whole[-1] + 8


@pytest.mark.parametrize("kind", ["depth", "outpaint"])
def test_the_bars_of_a_letterbox_are_black_and_kept(control, inputs, block, shot, world_from_source, kind):
    given = inputs(
        shot(
            blocks={"a": block()},
            height=240,
            width=240,
            fit="letterbox",
            cameras=orbit(world_from_source, [0.0, 30.0]),
        )
    )
    made = control(given, kind=kind)
    for frame in made.frames():
        assert not frame[bars(given)].any()
    if kind == "outpaint":
        for mask in made.masks():
            assert not mask[bars(given)].any()


def test_outpaint_shows_the_compositor_s_frames_where_it_keeps_them(control, inputs, block, shot, world_from_source):
    given = inputs(shot(blocks={"a": block()}, cameras=orbit(world_from_source, [0.0, 25.0])))
    made = control(given, kind="outpaint", compositor={"tint_unseen": True})
    composited = list(Compositor(CompositorSpec(), given).generate(unheard))
    for frame, mask, expected in zip(made.frames(), made.masks(), composited, strict=True):
        assert set(np.unique(mask)) <= {0, 255}
        np.testing.assert_array_equal(frame[mask == 0], expected[mask == 0])
        assert (frame[mask == 255] == 128).all()


def test_at_the_source_camera_there_is_nothing_to_fill(control, inputs, block, shot):
    """Where the entity stands at home, the photograph shows what is right beside it."""
    made = control(inputs(shot(blocks={"a": block()})), kind="outpaint")
    assert not any(mask.any() for mask in made.masks())
    assert "nothing to fill" in made.facts.findings[0]


def test_what_an_entity_hid_is_filled_when_it_leaves(control, inputs, block, shot):
    away = block(track=np.stack([translation(HOME_M), translation((40.0, 0, -7))]))
    given = inputs(shot(blocks={"a": away}))
    made = control(given, kind="outpaint")
    first, last = made.masks()
    invented = framed(given.plate.invented().astype(np.uint8) * 255, given.animation.framing)
    assert not first.any()
    assert last[invented == 255].mean() > 0.99 * 255
    assert not last[cv2.dilate(invented, np.ones((5, 5), np.uint8)) == 0].any()
    assert made.facts.findings == ()


def test_what_lies_beyond_the_picture_is_filled(control, inputs, shot, world_from_source):
    turned = world_from_source.copy()
    turned[:3, :3] = rotation(Rotation.from_euler("y", 25, degrees=True))[:3, :3] @ turned[:3, :3]
    given = inputs(shot(cameras=turned[None], frames=1))
    (mask,) = control(given, kind="outpaint").masks()
    assert (mask[:, : mask.shape[1] // 3] == 255).all()
    assert not mask[:, -mask.shape[1] // 4 :].any()


def test_an_entity_s_own_pixels_are_never_filled(control, inputs, block, shot, world_from_source):
    turned = world_from_source.copy()
    turned[:3, :3] = rotation(Rotation.from_euler("y", 25, degrees=True))[:3, :3] @ turned[:3, :3]
    guest = block(home_m=(-4.5, 0.0, -6.0), photographed=False)
    given = inputs(shot(blocks={"guest": guest}, cameras=turned[None], frames=1))
    (mask,) = control(given, kind="outpaint").masks()
    shown = given.passes.ids(0) > 0
    assert shown.sum() > 500
    assert not mask[shown].any()
    assert mask[cv2.dilate(shown.astype(np.uint8), np.ones((9, 9), np.uint8)) > shown].any()


@pytest.mark.parametrize("kind", ["normal", "depth", "outpaint"])
def test_a_control_says_what_it_is_and_is_the_same_twice(control, inputs, sphere, block, shot, kind):
    given = sphere if kind == "normal" else inputs(shot(blocks={"a": block()}))
    first, second = control(given, kind=kind), control(given, kind=kind)
    passes = given if isinstance(given, Passes) else given.passes
    facts = first.facts
    assert (facts.kind, facts.frames, facts.fps) == (kind, passes.facts.frames, passes.facts.fps)
    assert next(first.frames()).shape == (facts.height, facts.width, 3)
    assert (first.folder / "masks.mkv").exists() == (kind == "outpaint")
    digests = {
        tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(made.folder.iterdir()))
        for made in (first, second)
    }
    assert len(digests) == 1


@pytest.mark.parametrize("kind", ["normal", "depth", "outpaint"])
def test_progress_rises_to_its_total(control, inputs, sphere, block, shot, kind):
    told: list[tuple[int, int]] = []
    given = sphere if kind == "normal" else inputs(shot(blocks={"a": block()}))
    control(given, lambda done, total: told.append((done, total)), kind=kind)
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {total for _, total in told} == {len(told)}


@pytest.mark.parametrize("kind", ["depth", "outpaint"])
def test_a_cancel_leaves_no_video(control, inputs, block, shot, tmp_path, kind):
    def cancel(done: int, total: int) -> None:
        if done == total - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        control(inputs(shot(blocks={"a": block()}, frames=4)), cancel, kind=kind)
    assert list((tmp_path / "control0").iterdir()) == []


@pytest.mark.parametrize("kind", ["depth", "outpaint"])
def test_memory_does_not_grow_with_the_number_of_frames(control, inputs, block, shot, kind):
    peaks = []
    for frames in (3, 18):
        given = inputs(shot(blocks={"a": block()}, frames=frames))
        tracemalloc.start()
        control(given, kind=kind)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 1.05 * peaks[0]
