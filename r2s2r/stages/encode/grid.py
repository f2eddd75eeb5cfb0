"""The grid: a shot's variants side by side, each under its label, the same frame at the same time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.video import CONTACT, VIDEO
from r2s2r.media.h264 import H264Writer
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.stages.encode.control_video import control_frames, control_size, write_control_video
from r2s2r.stages.encode.delivery import retiming_of, video_facts
from r2s2r.stages.encode.label import strips
from r2s2r.stages.encode.layout import Layout, cell_size, columns_for
from r2s2r.stages.encode.paper import BACKGROUND, title
from r2s2r.stages.encode.retime import retimed
from r2s2r.stages.encode.size import Size, covering
from r2s2r.stages.encode.variant_sheet import CONTROL_ROW, VariantSheet


def deliver_grid(
    spec: DeliverySpec, variants: Mapping[str, Footage], control: Passes | Control, out: Path, progress: Progress
) -> None:
    """Write ``video.mp4``, ``control.mp4``, ``contact.png`` and the facts; see ``make_grid``."""
    first = next(iter(variants.values()))
    made, delivered = Size(first.facts.height, first.facts.width), Size(spec.height, spec.width)
    retiming, crf = retiming_of(spec, first), spec.encode.crf
    total = retiming.deliver_frames + control.facts.frames
    cell = cell_size(len(variants), delivered)
    sheet = VariantSheet(
        f"{len(variants)} variants     {title(retiming, made=made, delivered=delivered)}",
        rows={CONTROL_ROW: control_size(control), **dict.fromkeys(variants, cell)},
        frames=retiming.frames,
        fps=first.fps,
    )

    def moving(label: str) -> Iterator[NDArray[np.uint8]]:
        small = covering(variants[label].frames(), made=made, wanted=cell)
        return retimed(sheet.watched(label, small), retiming, spec.encode.retime)

    canvas = Canvas(list(variants), cell)
    height, width = canvas.size.height, canvas.size.width
    with H264Writer(out / VIDEO, height=height, width=width, fps=retiming.deliver_fps, crf=crf) as writer:
        for done, pictures in enumerate(zip(*map(moving, variants), strict=True), start=1):
            writer.write(canvas.filled(pictures))
            progress(done, total)

    steering = sheet.watched(CONTROL_ROW, control_frames(control))
    write_control_video(steering, control, out, crf=crf, before=retiming.deliver_frames, progress=progress)
    sheet.write(out / CONTACT)
    write_facts(out, video_facts(retiming, canvas.size))


class Canvas:
    """The picture of all variants; labels are drawn once, and each frame is put in under them."""

    def __init__(self, labels: Sequence[str], cell: Size) -> None:
        drawn, columns = strips(labels, cell.width), columns_for(len(labels))
        self._strip_px = drawn[0].shape[0]
        self._layout = Layout(columns, -(-len(labels) // columns), cell, self._strip_px)
        self._picture = np.full((self.size.height, self.size.width, 3), BACKGROUND, np.uint8)
        for number, strip in enumerate(drawn):
            self._put(number, strip, below_px=0)

    @property
    def size(self) -> Size:
        """Size of the whole."""
        return self._layout.size

    def filled(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """Return the whole [H, W, 3] with a picture in each cell; it is valid until the next call."""
        for number, picture in enumerate(pictures):
            self._put(number, picture, below_px=self._strip_px)
        return self._picture

    def _put(self, cell: int, picture: NDArray[np.uint8], *, below_px: int) -> None:
        top, left = self._layout.corner(cell)
        height, width = picture.shape[:2]
        self._picture[top + below_px : top + below_px + height, left : left + width] = picture
