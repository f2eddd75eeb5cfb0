"""The format of a clip's coded pictures (matrix, range, pixel aspect, orientation) and their conversion to RGB."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from av import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from r2s2r.media.orientation import Orientation, orientation_of

# Without these flags swscale takes short cuts: up to 4 levels off the exact colour, against 0.5 with them.
_EXACT = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.BITEXACT
)
# H.273 matrix coefficients -> swscale's; 2 (unspecified) and the exotic ones are guessed by size.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_UNSPECIFIED = 2
_HDR: dict[int, str] = {ColorTrc.SMPTE2084: "PQ", ColorTrc.ARIB_STD_B67: "HLG"}


@dataclass(frozen=True)
class PictureFormat:
    """What is needed to show a clip's frames with square pixels, upright, in full-range RGB.

    Attributes:
        coded_height: Rows as decoded.
        coded_width: Columns as decoded.
        square_width: Columns after the pixels were made square (the rows stay).
        matrix: The matrix its YUV was made with.
        is_full_range: Whether its YUV uses all values (0..255) and not 16..235.
        orientation: How the picture is turned after that.
        findings: What a person should know about the colours and the orientation.
    """

    coded_height: int
    coded_width: int
    square_width: int
    matrix: Colorspace
    is_full_range: bool
    orientation: Orientation
    findings: tuple[str, ...]

    @property
    def height(self) -> int:
        """Rows of the finished picture."""
        return self.square_width if self.orientation.transpose else self.coded_height

    @property
    def width(self) -> int:
        """Columns of the finished picture."""
        return self.coded_height if self.orientation.transpose else self.square_width

    def pictures(self, frames: Iterable[VideoFrame]) -> Iterator[NDArray[np.uint8]]:
        """Yield each decoded frame of this clip as [H, W, 3] uint8 RGB."""
        converter = VideoReformatter()
        for frame in frames:
            rgb = converter.reformat(
                frame,
                width=self.square_width,
                height=self.coded_height,
                format="rgb24",
                interpolation=_EXACT,
                src_colorspace=None if frame.format.is_rgb else self.matrix,
                src_color_range=ColorRange.JPEG if self.is_full_range else ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
            )
            yield self.orientation.upright(np.asarray(rgb.to_ndarray(), np.uint8))


def picture_format_of(frame: VideoFrame, stream: VideoStream) -> PictureFormat:
    """Learn from a clip's first frame (and the stream, which knows the shape of the pixels) how to show it."""
    orientation = orientation_of(frame)
    return PictureFormat(
        coded_height=frame.height,
        coded_width=frame.width,
        square_width=max(1, round(frame.width * (stream.sample_aspect_ratio or 1))),
        matrix=_MATRICES.get(frame.colorspace) or _guessed_matrix(frame),
        is_full_range=_is_full_range(frame),
        orientation=orientation,
        findings=_findings(frame, orientation),
    )


def _guessed_matrix(frame: VideoFrame) -> Colorspace:
    """Guess as players do: high definition is BT.709."""
    return Colorspace.ITU709 if frame.width >= 1280 or frame.height > 576 else Colorspace.ITU601


def _is_full_range(frame: VideoFrame) -> bool:
    name = frame.format.name
    if frame.format.is_rgb or name.startswith("yuvj"):
        return True
    if frame.color_range == ColorRange.UNSPECIFIED:
        return name.startswith("gray")
    return frame.color_range == ColorRange.JPEG


def _findings(frame: VideoFrame, orientation: Orientation) -> tuple[str, ...]:
    findings = []
    if curve := _HDR.get(frame.color_trc):
        findings.append(f"the clip is HDR ({curve}) and is not tone-mapped: colours look flat; export it as BT.709")
    elif frame.color_primaries == ColorPrimaries.BT2020:
        findings.append("the clip has BT.2020 colours, shown as if they were BT.709: they look paler than they are")
    if frame.colorspace not in _MATRICES and frame.colorspace != _UNSPECIFIED and not frame.format.is_rgb:
        findings.append(
            f"the clip's colour matrix (H.273 code {frame.colorspace}) is not supported; it is guessed by size"
        )
    if not orientation.is_exact:
        findings.append(
            "the clip asks to be turned by an angle between quarter turns; the nearest quarter turn is used"
        )
    return tuple(findings)
