"""Frames per second, processor seconds and memory of every backend and peer that runs here, on one scene, in one run.

Renderers take turns, so that a machine whose speed drifts drifts for all; the median of the turns. Peers leave out
faces that look away, which is right for closed balls; the row "both sides" is what one pays that takes any mesh, as
ours do.
"""

import os
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.opening import Name, open_peer
from benchmarks.peers.ours import Way, open_ours
from benchmarks.peers.process import Apart, Draw, Drawn
from benchmarks.rendering.asked import at_least

TURN_S, MOST_FRAMES = 2.0, 96


@dataclass(eq=False)
class Contender:
    """A renderer and what it did.

    Attributes:
        renderer: Its process.
        frames: Drawn in each turn.
        first_ids: [H, W] of frame 0.
        turns: What each turn took.
    """

    renderer: Apart
    frames: int
    first_ids: NDArray[np.uint8]
    turns: list[Drawn] = field(default_factory=list)

    def take_turn(self) -> None:
        """Draw."""
        done = len(self.turns) * self.frames
        self.turns.append(self.renderer.draw(range(done, done + self.frames)))

    @property
    def rates(self) -> list[float]:
        """Frames a second of each turn."""
        return [self.frames / turn.seconds for turn in self.turns]

    @property
    def rate(self) -> float:
        """The turns' median."""
        return statistics.median(self.rates)

    @property
    def cpu_s(self) -> float:
        """Processor seconds a frame, the turns' median."""
        return statistics.median(turn.cpu_s / self.frames for turn in self.turns)


def ways() -> list[Way]:
    """Return the ways in which we draw; the one that the peers are held against is the first."""
    threads = os.cpu_count() or 1
    counts = sorted({1, threads}, reverse=True)
    cpu = [Way("cpu", count, side) for side in (1, 2) for count in counts]
    return [*cpu, Way("torch", threads), Way("kaolin", threads)]


def compare(names: Iterable[Name], *, faces: int, turns: int) -> None:
    """Measure and print."""
    opened: dict[str, Callable[[], Draw]] = {str(way): partial(open_ours, way, faces) for way in ways()}
    peers = list(names)
    opened |= {name: partial(open_peer, name, faces) for name in peers}
    found = _found(opened)
    for _ in range(turns):
        for contender in found.values():
            contender.take_turn()
    for contender in found.values():
        contender.renderer.close()
    _print_table(found)
    _print_asked(found, peers)


def _found(opened: dict[str, Callable[[], Draw]]) -> dict[str, Contender]:
    """Open what runs here, and find how many frames are a turn; say what does not run, and why."""
    found = {}
    for name, way in opened.items():
        try:
            renderer = Apart(way)
            first = renderer.draw(range(1))
        except Exception as error:  # noqa: BLE001 - whatever keeps one from running is said, not hidden
            why = " ".join(str(error).split())
            print(f"  {name} does not run here: {type(error).__name__}: {why}", flush=True)
            continue
        found[name] = Contender(renderer, _frames_a_turn(renderer), first.ids)
    return found


def _frames_a_turn(renderer: Apart) -> int:
    frames = 1
    while frames < MOST_FRAMES and (seconds := renderer.draw(range(frames)).seconds) < TURN_S:
        frames = min(max(2 * frames, round(frames * TURN_S / seconds)), 8 * frames, MOST_FRAMES)
    return frames


def _print_table(found: dict[str, Contender]) -> None:
    first, best = next(iter(found.items()))
    print(f"  {'':22}frames/s  (least to most)  CPU s/frame  peak MB  ratio to {first}: rate, CPU  ids equal, %")
    for name, contender in found.items():
        spread = f"({min(contender.rates):.1f} to {max(contender.rates):.1f})"
        equal = 100 * np.mean(contender.first_ids == best.first_ids)
        peak = max(turn.peak_bytes for turn in contender.turns) / 1e6
        print(
            f"  {name:22}{contender.rate:8.2f}  {spread:>15}  {contender.cpu_s:11.4f}  {peak:7.0f}  "
            f"{best.rate / contender.rate:{len(first) + 14}.2f}, {contender.cpu_s / best.cpu_s:4.2f}  {equal:12.3f}"
        )


def _print_asked(found: dict[str, Contender], peers: list[Name]) -> None:
    threads = os.cpu_count() or 1
    most, one, fine = (found.get(str(way)) for way in (Way("cpu", threads), Way("cpu", 1), Way("cpu", threads, 2)))
    if fine:
        at_least(12, fine.rate, f"frames/s, {threads} threads, 2x2")
    if not most:
        return
    at_least(40, most.rate, f"frames/s, {threads} threads")
    if one and threads == 2:
        at_least(1.7, most.rate / one.rate, "two threads over one")
    for name in peers:
        if name in found:
            at_least(4, most.rate / found[name].rate, f"times {name}")
