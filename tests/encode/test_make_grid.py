"""Variants side by side: one video and one sheet of all of them."""

import subprocess
import sys
from functools import partial
from itertools import pairwise

import av
import numpy as np
import pytest

from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.video import Video
from r2s2r.media.images import read_rgb
from r2s2r.stages.encode import make_grid
from r2s2r.stages.encode.grid import Layout, cell_size, columns_for
from r2s2r.stages.encode.size import Size
from tests.encode.material import COUNT, delivery, made_control, made_frames, numbers, pictures_in
from tests.media.clips import number_in, numbered_picture

LABELS = ("seed 1, guidance 3", "seed 1, guidance 4.5", "seed 2, guidance 3")


def _shifted(number, shift, *, height, width):
    return numbered_picture((number + shift) % 256, height=height, width=width)


@pytest.fixture(scope="module")
def variants(tmp_path_factory):
    """Three variants whose frame n carries n, n + 50 and n + 100."""
    folder = tmp_path_factory.mktemp("grid")
    return {
        label: made_frames(folder / str(place), height=128, width=192, picture=partial(_shifted, shift=50 * place))
        for place, label in enumerate(LABELS)
    }


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    return made_control(tmp_path_factory.mktemp("control") / "control", height=128, width=192)


def _grid(variants, control, out, **wanted):
    out.mkdir()
    make_grid(delivery(next(iter(variants.values())), **wanted), variants, control, out, unheard)
    return Video.load(out)


def _cells(picture, count, delivered):
    """Cut a frame of the grid into the variants' pictures; what is above each is its label."""
    cell, columns = cell_size(count, delivered), columns_for(count)
    rows = -(-count // columns)
    strip_px = (picture.shape[0] - 4) // rows - cell.height - 4
    layout = Layout(columns, rows, cell, strip_px)
    assert (layout.size.height, layout.size.width) == picture.shape[:2]
    for number in range(count):
        top, left = layout.corner(number)
        strip = picture[top : top + strip_px, left : left + cell.width]
        below = top + strip_px
        yield strip, picture[below : below + cell.height, left : left + cell.width]


def test_every_variant_shows_the_same_frame_at_the_same_time_under_its_label(variants, control, tmp_path):
    video = _grid(variants, control, tmp_path / "out")
    shown = pictures_in(video.folder / "video.mp4")
    assert len(shown) == video.facts.frames == COUNT
    for number, picture in enumerate(shown):
        cells = list(_cells(picture, 3, Size(128, 192)))
        assert [number_in(cell) for _, cell in cells] == [number, number + 50, number + 100]
        assert all(strip.max() > 180 and np.median(strip) < 40 for strip, _ in cells)
    strips = [strip for strip, _ in _cells(shown[0], 3, Size(128, 192))]
    assert all(np.abs(one.astype(int) - other).max() > 100 for one, other in pairwise(strips))
    assert numbers(video.folder / "control.mp4") == list(range(COUNT, 0, -1))


def test_the_grid_is_delivered_at_the_rate_asked_for(variants, control, tmp_path):
    video = _grid(variants, control, tmp_path / "out", deliver_fps=8)
    assert video.facts.fps == "8/1"
    frames = [
        [number_in(cell) for _, cell in _cells(picture, 3, Size(128, 192))]
        for picture in pictures_in(video.folder / "video.mp4")
    ]
    assert frames == [[number, number + 50, number + 100] for number in range(0, COUNT, 2)]


def test_the_sheet_has_a_row_a_variant_and_the_same_moments_in_each(variants, control, tmp_path):
    video = _grid(variants, control, tmp_path / "out")
    sheet = read_rgb(video.folder / "contact.png")
    thumbnail = Size(128, 192).at_width((1600 - 10) // 6 - 10)
    shown = [0, 5, 9, 14, 18, 23]
    rows = [[COUNT - number for number in shown]] + [[number + 50 * place for number in shown] for place in range(3)]
    for row, expected in enumerate(rows):
        top = 48 + 28 + row * (28 + thumbnail.height + 10) + 28
        lefts = [10 + column * (thumbnail.width + 10) for column in range(6)]
        cells = [sheet[top : top + thumbnail.height, left : left + thumbnail.width] for left in lefts]
        assert [number_in(cell) for cell in cells] == expected
    assert sheet.shape == (48 + 28 + 4 * (28 + thumbnail.height + 10), 1600, 3)


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 5, 9, 12, 64])
@pytest.mark.parametrize(
    "delivered", [Size(480, 832), Size(1080, 1920), Size(1920, 1080), Size(64, 96), Size(64, 8192)]
)
def test_any_number_of_variants_fits_within_1920_pixels_in_even_sides(cells, delivered):
    cell, columns = cell_size(cells, delivered), columns_for(cells)
    rows = -(-cells // columns)
    assert 0 <= columns - rows <= 1
    size = Layout(columns, rows, cell, strip_px=26).size
    assert size.width <= 1920
    assert cell.width <= delivered.width
    assert size.height % 2 == size.width % 2 == cell.height % 2 == cell.width % 2 == 0


def test_a_long_label_takes_the_lines_it_needs(control, tmp_path):
    labels = ("seed 123456789, guidance 4.5, steps 25, adapter scale 1, injection scale 0.75", "seed 1")
    variants = {label: made_frames(tmp_path / str(place), count=2) for place, label in enumerate(labels)}
    video = _grid(variants, control, tmp_path / "out")
    (picture, _) = pictures_in(video.folder / "video.mp4")
    (long, cell), (short, _) = _cells(picture, 2, Size(64, 96))
    assert number_in(cell) == 0
    lit = [(strip.max(axis=(1, 2)) > 120).sum() for strip in (long, short)]
    assert lit[0] > 4 * lit[1]


def test_equal_variants_give_equal_bytes_and_progress_ends_at_its_total(variants, control, tmp_path):
    told = []
    for name in ("a", "b"):
        out = tmp_path / name
        out.mkdir()
        spec = delivery(next(iter(variants.values())), deliver_fps=24, retime="flow")
        make_grid(spec, variants, control, out, lambda *done: told.append(done))
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["contact.png", "control.mp4", "facts.json", "video.mp4"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    assert told[: len(told) // 2] == [(done, 36 + COUNT) for done in range(1, 36 + COUNT + 1)]


def test_the_control_keeps_its_own_size(variants, tmp_path):
    video = _grid(variants, made_control(tmp_path / "control", height=160, width=224), tmp_path / "out", height=64)
    with av.open(video.folder / "control.mp4") as container:
        assert (container.streams.video[0].height, container.streams.video[0].width) == (160, 224)


_PEAK = """
import resource, sys
from pathlib import Path
from r2s2r.artifacts.control import Control
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.stages.encode import make_grid
folder, out = map(Path, sys.argv[1:])
spec = DeliverySpec(height=240, width=416, encode=EncodeSpec())
make_grid(spec, {f"seed {n}": Footage.load(folder / "frames") for n in range(4)}, Control.load(folder / "control"), out,
    unheard)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    peaks_kb = []
    for count in (10, 150):
        size = {"count": count, "height": 240, "width": 416}
        made_frames(tmp_path / str(count) / "frames", **size)
        made_control(tmp_path / str(count) / "control", **size)
        out = tmp_path / f"out{count}"
        out.mkdir()
        command = [sys.executable, "-c", _PEAK, tmp_path / str(count), out]
        peaks_kb.append(int(subprocess.run(command, check=True, capture_output=True).stdout))
    assert peaks_kb[1] < peaks_kb[0] * 1.2
