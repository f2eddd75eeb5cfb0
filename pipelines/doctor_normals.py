"""Doctor for normal videos: which axes they have, told by their silhouettes, without a model and without a GPU."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipelines.doctor import Check, State
from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.errors import MediaError
from r2s2r.media.clip import read_clip
from r2s2r.media.sample import CONTROL
from r2s2r.stages.diffuse.axes import NormalConvention
from r2s2r.stages.diffuse.axis_signs import (
    AxisSign,
    are_normals,
    axis_signs,
    channel_order,
    faces_both_ways,
    fitting,
)
from r2s2r.stages.diffuse.silhouettes import Evidence, evidence_of

Signs = tuple[AxisSign, AxisSign, AxisSign]

_MOST_FRAMES = 24
_LAST_FRAME = 400
_CONVENTIONS = "opengl (right, up, to the viewer), directx (right, down, to the viewer), opencv (right, down, away)"
_WORDS = {"x": ("right", "left"), "y": ("up", "down"), "z": ("to the viewer", "away")}


@dataclass(frozen=True, eq=False)
class NormalVideo:
    """A video that was looked at.

    Attributes:
        path: The file.
        frames: How many of its frames were looked at.
        evidence: What they say, all together.
        error: Why it says nothing; empty where it does.
    """

    path: Path
    frames: int
    evidence: Evidence
    error: str = ""

    @property
    def signs(self) -> Signs:
        """What is known of its axes."""
        return axis_signs(self.evidence)


@dataclass(frozen=True, eq=False)
class NormalsReport:
    """What all videos say together.

    Attributes:
        videos: Each of them.
        signs: What is known of the axes.
        convention: The one that fits; None where none does, or too little is known.
        checks: The same in words, with what to do.
    """

    videos: tuple[NormalVideo, ...]
    signs: Signs
    convention: NormalConvention | None
    checks: tuple[Check, ...]


def check_normals(paths: list[Path], chosen: NormalConvention, progress: Progress = unheard) -> NormalsReport:
    """Look at normal videos, or samples that hold one; ``chosen`` is what the project says of them."""
    videos = tuple(_each(paths, progress))
    useful = [video for video in videos if not video.error]
    total = sum((video.evidence for video in useful), start=Evidence.none())
    unusable = tuple(Check("normals", str(video.path), "wrong", video.error) for video in videos if video.error)
    if not useful:
        return NormalsReport(videos, axis_signs(total), None, unusable)
    convention = _convention(useful, total)
    check = _doubtful(useful, total) if convention is None else _compared(convention, axis_signs(total), chosen)
    return NormalsReport(videos, axis_signs(total), convention, (*unusable, check))


def _each(paths: list[Path], progress: Progress) -> Iterator[NormalVideo]:
    for done, path in enumerate(paths):
        progress(done, len(paths))
        yield _look_at(path)


def _look_at(path: Path) -> NormalVideo:
    file = path / CONTROL if path.is_dir() else path
    if not file.is_file():
        return NormalVideo(file, 0, Evidence.none(), "there is no such file")
    try:
        clip = read_clip(file)
        there = min(len(clip.timeline.times_s), _LAST_FRAME)
        step = -(-there // _MOST_FRAMES)
        pictures = list(map(evidence_of, islice(clip.pictures(0, there - 1), 0, None, step)))
    except MediaError as error:
        return NormalVideo(file, 0, Evidence.none(), str(error).removeprefix(f"{file}: "))
    evidence = sum(pictures, start=Evidence.none())
    return NormalVideo(file, len(pictures), evidence, "" if are_normals(evidence) else _no_normals(evidence))


def _no_normals(evidence: Evidence) -> str:
    share = evidence.unit_px / evidence.entity_px
    return f"its colours are no normals: {share:.0%} of them, read as x, y, z from -1 to 1, have the length 1"


def _convention(videos: list[NormalVideo], total: Evidence) -> NormalConvention | None:
    """Return the convention that fits beyond doubt."""
    signs = axis_signs(total)
    if _contradicted(videos) or not all(sign.sign for sign in signs):
        return None
    return next(iter(fitting(signs)), None)


def _compared(convention: NormalConvention, signs: Signs, chosen: NormalConvention) -> Check:
    """Say which convention fits, and what to set where it is not the chosen one."""
    if convention == chosen:
        return _check("ok", f"{convention} fits, as the project has it: {_known(signs)}")
    setting = f"set `diffuse: {{animate: {{normal_convention: {convention}}}}}`"
    return _check("warning", f"{convention} fits ({_known(signs)}), but the project has {chosen}: {setting}")


def _doubtful(videos: list[NormalVideo], total: Evidence) -> Check:
    """Say why no convention is named: wrong where none can be, a warning where too little is known."""
    signs, order = axis_signs(total), channel_order(total)
    fits = fitting(signs)
    if disagreeing := _contradicted(videos):
        return _check("warning", f"the videos disagree on {', '.join(disagreeing)}; look at each alone")
    if order is not None:
        return _check("wrong", f"x, y and z are in {', '.join(order)}: no normal_convention has them there")
    if faces_both_ways(signs[2]):
        said = f"z faces the viewer in some places and away in others ({signs[2].agreement:.0%} agree)"
        return _check("wrong", f"{said}: these are no normals of the camera's frame; are they the world's?")
    if not fits:
        return _check("wrong", f"{_known(signs)}: no normal_convention has such axes; those there are: {_CONVENTIONS}")
    return _check("warning", _too_little(signs, fits, total))


def _check(state: State, said: str) -> Check:
    return Check("normals", "convention", state, said)


def _contradicted(videos: list[NormalVideo]) -> list[str]:
    """Return the axes that point one way in one video and the other way in another."""
    by_axis = zip(*(video.signs for video in videos), strict=True)
    return [signs[0].axis for signs in by_axis if {-1, 1} <= {sign.sign for sign in signs}]


def _known(signs: Signs) -> str:
    words = [f"{sign.axis} {_WORDS[sign.axis][sign.sign < 0]}" for sign in signs if sign.sign]
    return ", ".join(words)


def _too_little(signs: Signs, fits: tuple[NormalConvention, ...], total: Evidence) -> str:
    if not total.unit_px:
        return "no entity on a black background is seen, so there are no silhouettes to tell by"
    unknown = "; ".join(_doubt(sign) for sign in signs if not sign.sign)
    known = f"{known} is sure; " if (known := _known(signs)) else ""
    advice = "Give more videos, best of round things, whole in the picture"
    return f"too little to tell: {unknown}; {known}not ruled out: {', '.join(fits)}. {advice}"


def _doubt(sign: AxisSign) -> str:
    where = "of entities" if sign.axis == "z" else "of silhouette"
    agreed = ", along which it does not turn" if sign.agreement is None else f", of which {sign.agreement:.0%} agree"
    return f"{sign.axis} has {sign.evidence_px} px {where}{agreed}"


def rows(report: NormalsReport) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield a table: video, axis, where it points, share that agrees, evidence; all together last, if several."""
    useful = [video for video in report.videos if not video.error]
    for video in useful:
        yield from _rows(f"{video.path} ({video.frames} frames)", video.signs)
    if len(useful) > 1:
        yield from _rows("all together", report.signs)


def _rows(title: str, signs: Signs) -> Iterator[tuple[str, str, str, str, str]]:
    for sign, colour in zip(signs, ("red", "green", "blue"), strict=True):
        points = _WORDS[sign.axis][sign.sign < 0] if sign.sign else "not known"
        agreed = "" if sign.agreement is None else f"{sign.agreement:.0%}"
        yield title if sign.axis == "x" else "", f"{sign.axis}, {colour}", points, agreed, f"{sign.evidence_px} px"
