"""Pictures and clips with outlines drawn by hand (``tests/data/selections``)."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skimage
from numpy.typing import NDArray

from r2s2r.media.clip import read_clip
from r2s2r.media.images import read_rgb
from r2s2r.stages.lift.masking.polygon import fill_polygon

_ROOT = Path(__file__).resolve().parents[2]
_SELECTIONS = _ROOT / "tests" / "data" / "selections"
_PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
CLIPS = _ROOT / "scenes" / "media"
"""Where the clips are that this machine has."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture in which somebody drew what he would select.

    Attributes:
        name: What that is.
        is_plain: Whether the background about it is plain.
        picture: [H, W, 3].
        polygons: Outlines, each [N, 2] in pixels of the picture.
        box_px: x0, y0, x1, y1 round it.
        inside: Points on it.
        outside: Points beside it.
    """

    name: str
    is_plain: bool
    picture: NDArray[np.uint8]
    polygons: tuple[NDArray[np.float64], ...]
    box_px: tuple[float, ...]
    inside: list[list[float]]
    outside: list[list[float]]

    def mask(self, height: int, width: int) -> NDArray[np.bool_]:
        """Return what is inside [height, width], for the picture at that size."""
        scale = np.array([width, height]) / self.picture.shape[1::-1]
        parts = [fill_polygon(polygon * scale, height=height, width=width) for polygon in self.polygons]
        return np.asarray(np.logical_or.reduce(parts))


def names(kind: str = "") -> list[str]:
    """Return the names of all, or of those drawn in pictures of a kind: ``skimage`` or ``clip``."""
    return [path.stem for path in sorted(_SELECTIONS.glob("*.json")) if _read(path.stem)["picture"].startswith(kind)]


def drawn(name: str, clips: Collection[Path] = (CLIPS,)) -> Drawn | None:
    """Return one; None where its clip is in none of the folders."""
    read = _read(name)
    picture = _picture(read["picture"], read.get("frame", 0), clips)
    if picture is None:
        return None
    return Drawn(
        name=name,
        is_plain=read["plain_background"],
        picture=picture,
        polygons=tuple(np.array(polygon, np.float64) for polygon in read["polygons"]),
        box_px=tuple(float(side) for side in read["box_px"]),
        inside=read["inside"],
        outside=read["outside"],
    )


def all_drawn() -> Iterator[Drawn]:
    """Yield those whose pictures this machine has; name the others on stdout."""
    for name in names():
        found = drawn(name)
        if found is None:
            print(f"  {name}: {_read(name)['picture']} is not in {CLIPS}")
        else:
            yield found


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((_SELECTIONS / f"{name}.json").read_text(encoding="utf-8"))
    return read


def _picture(named: str, frame: int, clips: Collection[Path]) -> NDArray[np.uint8] | None:
    kind, _, name = named.partition(":")
    if kind == "skimage":
        return read_rgb(_PHOTOGRAPHS / name)
    clip = next((folder / name for folder in clips if (folder / name).exists()), None)
    return None if clip is None else next(read_clip(clip).pictures(frame, frame))
