"""Who worked when: the night as a strip for each GPU or machine."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from r2s2r.report.content import Axis, SlotReport
from r2s2r.report.times import iso, local, ticks
from r2s2r.report.work import Span

_PARTS = 240
_USUAL = 0.95  # of the time in which something is going on
_TWO_DAYS_S = 172_800


def strips(spans: Iterable[Span], start: float, end: float) -> tuple[Axis, tuple[SlotReport, ...]]:
    """Return the time from ``start`` to ``end``, and a strip over it for each that worked in it, by name."""
    marks = ticks(start, end)
    words = "%H:%M" if end - start <= _TWO_DAYS_S else "%d.%m."
    axis = Axis(iso(marks[0]), iso(marks[-1]), tuple(local(mark).strftime(words) for mark in marks[:-1]))
    by_slot: dict[str, list[Span]] = defaultdict(list)
    for span in {(span.key, span.where, round(span.end)): span for span in spans}.values():  # shots may share a request
        by_slot[span.where].append(span)
    edges = np.linspace(marks[0], marks[-1], _PARTS + 1)
    return axis, tuple(_strip(name, by_slot[name], edges) for name in sorted(by_slot))


def _strip(name: str, spans: Sequence[Span], edges: NDArray[np.float64]) -> SlotReport:
    starts, ends = (np.sort([getattr(span, side) for span in spans]) for side in ("start", "end"))
    changes = np.concatenate([starts, ends])
    order = np.argsort(changes, kind="stable")
    level = np.cumsum(np.repeat([1, -1], len(spans))[order])
    busy = _level_integral(starts, edges) - _level_integral(ends, edges)  # seconds x spans until each edge
    at_once = np.diff(busy) / np.diff(edges)
    lasting = np.diff(changes[order], append=changes[order][-1])
    bad = {int(part) for part in np.searchsorted(edges, [span.end for span in spans if span.is_bad]) - 1}
    return SlotReport(
        name=name,
        nodes=len(spans),
        busy_s=round(float(lasting[level > 0].sum()), 1),
        load=tuple(int(share) for share in np.ceil(100 * np.clip(at_once / _usual_most(level, lasting), 0, 1) - 1e-9)),
        failed=tuple(sorted(part for part in bad if 0 <= part < _PARTS)),
    )


def _usual_most(level: NDArray[np.int64], lasting: NDArray[np.float64]) -> int:
    """Return how many spans there are at once when much is going on: what lasts for moments only does not count."""
    order = np.argsort(level)
    passed = np.cumsum(np.where(level > 0, lasting, 0.0)[order])
    return max(1, int(level[order][np.searchsorted(passed, _USUAL * passed[-1])]))


def _level_integral(times: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each edge, the sum of what has passed since those of the (sorted) times that are before it."""
    sums = np.concatenate([[0.0], np.cumsum(times)])
    count = np.searchsorted(times, edges)
    passed: NDArray[np.float64] = count * edges - sums[count]
    return passed
