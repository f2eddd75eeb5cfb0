"""The reference picture: of the generated size, and honest about how it meets the control."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.mask import REFERENCE, Mask, MaskFacts
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.reference import Reference
from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import rotation, translation
from r2s2r.media.images import framed, write_mask, write_rgb
from r2s2r.models.animate.letterbox import letterbox
from r2s2r.spec.conditioning import ReferenceSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.stages.diffuse import ReferenceInputs, make_reference
from r2s2r.stages.diffuse.compositor import Compositor
from tests.diffuse.blocks import painted
from tests.diffuse.photograph import SOURCE


def _masks(blocks, folder):
    """Write the mask of every photographed block, exact to the pixel."""
    masks = {}
    for name, block in blocks.items():
        if block.photographed:
            (folder / name).mkdir(parents=True)
            ids, _, _ = painted({name: replace(block, visible=True)}, SOURCE, {name: block.home})
            write_mask(folder / name / REFERENCE, ids > 0)
            write_facts(folder / name, MaskFacts(reference=0, coverage=(float((ids > 0).mean()),)))
            masks[name] = Mask.load(folder / name)
    return masks


@pytest.fixture
def refer(inputs, tmp_path):
    """Build a shot's artefacts and make a reference of them."""

    def run(shot, kind="source", file=None):
        compositor = inputs(shot)
        number = len(list(tmp_path.iterdir()))
        out = tmp_path / f"reference{number}"
        out.mkdir()
        given = ReferenceInputs(
            passes=compositor.passes,
            footage=compositor.footage,
            masks=_masks(shot.blocks, tmp_path / f"masks{number}"),
            compositor=compositor if kind == "composite" else None,
            file=file,
        )
        output = OutputSpec(width=shot.width, height=shot.height, fit=shot.fit)
        make_reference(ReferenceSpec(kind=kind, output=output), given, out, unheard)
        return Reference.load(out), compositor

    return run


@pytest.mark.parametrize("fit", ["crop", "letterbox"])
@pytest.mark.parametrize(("height", "width"), [(240, 416), (256, 256), (352, 192)])
def test_the_source_lies_on_the_control_to_the_pixel(refer, block, shot, height, width, fit):
    blocks = {"a": block(), "b": block(home_m=(0.9, 0.0, -6.0), colour=(40.0, 90.0, 200.0))}
    reference, made = refer(shot(blocks=blocks, height=height, width=width, fit=fit))
    assert reference.facts.iou is not None
    assert reference.facts.iou >= 0.98
    assert reference.facts.findings == ()
    expected = framed(made.footage.reference_frame(), made.animation.framing)
    np.testing.assert_array_equal(reference.picture(), expected)
    assert (reference.facts.height, reference.facts.width) == (height, width)


def _panned(world_from_source, degrees):
    turned = world_from_source.copy()
    turn = rotation(Rotation.from_euler("y", degrees, degrees=True))[:3, :3]
    turned[:3, :3] = turn @ turned[:3, :3]
    return np.stack([turned, turned])


def _starts_elsewhere(case, block, world_from_source):
    """Return the blocks and cameras of a shot that does not begin as the clip's reference frame has it."""
    a, b = block(), block(home_m=(0.9, 0.0, -6.0), colour=(40.0, 90.0, 200.0))
    beside = np.stack([translation((0.3, 0.0, -7.0))] * 2)
    return {
        "another first camera": ({"a": a, "b": b}, _panned(world_from_source, 6.0)),
        "removed": ({"a": a, "b": block(home_m=(0.9, 0.0, -6.0), visible=False)}, None),
        "all removed": ({"a": block(visible=False)}, None),
        "inserted": ({"a": a, "b": block(home_m=(0.9, 0.0, -6.0), photographed=False)}, None),
        "nothing in the clip": ({"a": block(photographed=False)}, None),
        "moved": ({"a": block(track=beside)}, None),
    }[case]


CASES = ["another first camera", "removed", "all removed", "inserted", "nothing in the clip", "moved"]


@pytest.mark.parametrize("case", CASES)
def test_a_shot_that_starts_elsewhere_is_found_with_the_source_and_fine_with_the_composite(
    refer, block, shot, world_from_source, case
):
    blocks, cameras = _starts_elsewhere(case, block, world_from_source)
    reference, _ = refer(shot(blocks=blocks, cameras=cameras))
    (finding,) = reference.facts.findings
    assert reference.facts.iou < 0.9
    assert f"IoU {reference.facts.iou:.2f}" in finding
    assert "set `reference: composite`" in finding

    reference, made = refer(shot(blocks=blocks, cameras=cameras), "composite")
    assert reference.facts.findings == ()
    assert reference.facts.iou in (1.0, None)
    first = next(Compositor(ReferenceSpec.model_fields["compositor"].default, made).generate(unheard))
    np.testing.assert_array_equal(reference.picture(), first)


@pytest.mark.parametrize("kind", ["source", "composite"])
def test_without_entities_there_is_nothing_to_meet(refer, shot, kind):
    reference, _ = refer(shot(), kind)
    assert reference.facts.iou is None
    assert reference.facts.findings == ()


def test_a_composite_whose_entities_are_underground_says_so(refer, block, shot):
    sunk = np.stack([translation((-0.4, -1.0, -7.0))] * 2)
    reference, _ = refer(shot(blocks={"a": block(track=sunk)}), "composite")
    (finding,) = reference.facts.findings
    assert reference.facts.iou < 0.9
    assert "below the ground" in finding


def test_making_it_twice_gives_equal_bytes(refer, block, shot):
    first, _ = refer(shot(blocks={"a": block()}), "composite")
    second, _ = refer(shot(blocks={"a": block()}), "composite")
    for file in ("reference.png", "facts.json"):
        assert (first.folder / file).read_bytes() == (second.folder / file).read_bytes()


@pytest.mark.parametrize("size", [(100, 300), (300, 100), (240, 416), (1, 1), (7, 4000)])
@pytest.mark.parametrize("grey", [False, True])
def test_a_file_of_any_size_is_letterboxed_to_exactly_the_generated_size(refer, block, shot, tmp_path, size, grey):
    picture = np.random.default_rng(0).integers(1, 255, (*size, 3), np.uint8)
    if grey:
        picture[...] = picture[..., :1]
        cv2.imwrite(str(tmp_path / "look.png"), picture[..., 0])
    else:
        write_rgb(tmp_path / "look.png", picture)
    reference, _ = refer(shot(blocks={"a": block()}), "file", tmp_path / "look.png")
    np.testing.assert_array_equal(reference.picture(), letterbox(picture, height=240, width=416))
    assert reference.facts.iou is None
    assert reference.facts.findings == ()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_file_is_the_users_to_mend(refer, block, shot, tmp_path, content):
    file = tmp_path / "look.png"
    file.write_bytes(content)
    with pytest.raises(MediaError, match=r"look\.png: not a picture that can be read") as caught:
        refer(shot(blocks={"a": block()}), "file", file)
    assert caught.value.exit_code == 2
