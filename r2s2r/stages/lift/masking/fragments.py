"""The pieces a mask consists of, and what they say about it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError

# Smaller pieces than this share of the largest are specks. Finding leaves larger ones than people draw.
_SPECK = 0.002
_SPECK_OF_FOUND = 0.05
# With less than this in its largest piece a mask is noise.
_MIN_LARGEST = 0.25


@dataclass(frozen=True, eq=False)
class Tidied:
    """A mask [H, W] without specks, and what the author should know about it."""

    mask: NDArray[np.bool_]
    findings: tuple[str, ...]


def tidy(mask: NDArray[np.bool_], *, field: str) -> Tidied:
    """Drop the specks of a mask [H, W] selected by ``field``; fill small holes in one that was not drawn by people.

    Raises InputError when the mask falls into fragments, none of which is the entity.
    """
    was_found = field not in ("polygon_px", "mask")
    if was_found:
        mask = _filled(mask)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = np.asarray(stats[1:, cv2.CC_STAT_AREA], np.int64)
    if areas.max() < _MIN_LARGEST * areas.sum():
        raise InputError(
            f"falls into {count - 1} fragments, the largest of which is {areas.max() / areas.sum():.0%} of it; give a "
            "mask of one thing",
            field=f"select.{field}",
        )
    kept = areas >= (_SPECK_OF_FOUND if was_found else _SPECK) * areas.max()
    tidied = np.asarray(np.concatenate([[False], kept])[labels])
    return Tidied(tidied, (*_fragment_findings(areas, kept), *_border_findings(tidied)))


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < 0.01 * mask.sum()
    small[0] = False
    return np.asarray(mask | small[labels])


def _fragment_findings(areas: NDArray[np.int64], kept: NDArray[np.bool_]) -> tuple[str, ...]:
    findings = []
    if kept.sum() > 1:
        shares = ", ".join(f"{area / areas.sum():.0%}" for area in sorted(areas[kept], reverse=True)[:5])
        findings.append(f"its mask is in {kept.sum()} pieces ({shares} of it); they are lifted as one entity")
    if not kept.all():
        dropped = areas[~kept]
        findings.append(f"{len(dropped)} specks of its mask, {dropped.sum()} pixels in all, are left out")
    return tuple(findings)


def _border_findings(mask: NDArray[np.bool_]) -> tuple[str, ...]:
    sides = {"upper": mask[0], "lower": mask[-1], "left": mask[:, 0], "right": mask[:, -1]}
    touched = [name for name, line in sides.items() if line.any()]
    if not touched:
        return ()
    return (
        f"its mask touches the picture's {' and '.join(touched)} border; what is beyond is not seen and not lifted",
    )
