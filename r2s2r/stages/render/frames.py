"""Frames: a film drawn frame after frame, several at a time, each with what its neighbours show."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from r2s2r.stages.render.layers import Layers, Wanted, blank_layers
from r2s2r.stages.render.motion import Tracker
from r2s2r.stages.render.rasteriser import Backend, Raster, Rasteriser, Visibility
from r2s2r.stages.render.resolve import resolve
from r2s2r.stages.render.still import Film, Poser

Done = TypeVar("Done")
Thing = TypeVar("Thing")
Finish = Callable[[int, Layers, Visibility], Done]

# Each thread holds some frames; more of them would cost memory for little, since writing is bound by the disk by then.
MOST_THREADS = 8


@dataclass(frozen=True, eq=False)
class RenderJob(Generic[Done]):
    """What is drawn, and how.

    Attributes:
        film: What the frames show.
        backend: Who finds what is seen.
        raster: Size and samples.
        wanted: Which passes.
        finish: ``finish(frame, layers, visibility)`` makes something of a frame. Runs on several threads, one frame
            each; what it is given is valid until it returns.
    """

    film: Film
    backend: Backend
    raster: Raster
    wanted: Wanted
    finish: Finish[Done]


def draw_frames(job: RenderJob[Done], threads: int | None = None) -> Generator[Done, None, None]:
    """Draw all frames; yield what was made of each, in order.

    A frame goes through two steps: *rasterise*, and *resolve*, which for the motion also looks at the frames before and
    after. Buffers go round in a ring, so memory does not grow with the number of frames; equal inputs give equal bytes,
    whatever the number of threads (by default as many as there are cores). Closing it ends the drawing.
    """
    threads = threads or min(len(os.sched_getaffinity(0)), MOST_THREADS)
    with ThreadPoolExecutor(threads, "render") as pool:
        if job.backend.on_threads:
            yield from _Drawing(job, threads).frames(pool, pool)
        else:
            with ThreadPoolExecutor(1, "rasterise") as rasterising:
                yield from _Drawing(job, threads).frames(pool, rasterising)


@dataclass(frozen=True, eq=False)
class _Artist:
    """What a batch is rasterised with: a poser for each of its frames, since what bends differs in them."""

    rasteriser: Rasteriser
    posers: list[Poser]


class _Resolver:
    """What a frame is resolved with: its layers, and its own view of the frame and the two beside it."""

    def __init__(self, job: RenderJob[Done]) -> None:
        self.layers = blank_layers(job.raster.height, job.raster.width, job.wanted)
        self.now = Poser(job.film)
        self.then = Poser(job.film)
        self.tracker = Tracker()


class _Drawing(Generic[Done]):
    """A job while it is being done."""

    def __init__(self, job: RenderJob[Done], threads: int) -> None:
        self._job = job
        self._frames = job.film.animation.facts.frames
        lanes = threads if job.backend.on_threads else 1
        rasterisers = [job.backend.new_rasteriser(job.film.mesh, job.raster) for _ in range(lanes)]
        self._batch = min(rasterisers[0].batch_frames, self._frames)
        self._artists: SimpleQueue[_Artist] = SimpleQueue()
        for rasteriser in rasterisers:
            self._artists.put(_Artist(rasteriser, [Poser(job.film) for _ in range(self._batch)]))
        self._resolvers: SimpleQueue[_Resolver] = SimpleQueue()
        for _ in range(threads):
            self._resolvers.put(_Resolver(job))
        # What is being resolved and its neighbours, and a batch for each lane and the next.
        held = min(threads + 2 + self._batch * (lanes + 1), self._frames)
        self._ring = [rasterisers[0].new_visibility() for _ in range(held)]
        self._rasterised: dict[int, Future[None]] = {}
        self._resolved: deque[Future[Done]] = deque()

    def frames(self, pool: ThreadPoolExecutor, rasterising: ThreadPoolExecutor) -> Iterator[Done]:
        """Yield what became of each frame. In one pool too, no step waits for one that was submitted after it."""
        done = submitted = 0
        try:
            for first in range(0, self._frames, self._batch):
                batch = range(first, min(first + self._batch, self._frames))
                # A frame's place in the ring is free when the frame after the one that is there is resolved.
                while batch[-1] >= len(self._ring) and done < batch[-1] - len(self._ring) + 2:
                    yield self._resolved.popleft().result()
                    done += 1
                rasterised = rasterising.submit(self._rasterise, batch)
                self._rasterised |= dict.fromkeys(batch, rasterised)
                ready = self._frames if batch[-1] + 1 == self._frames else batch[-1]
                while submitted < ready:
                    self._resolved.append(pool.submit(self._resolve, submitted, self._beside(submitted)))
                    self._rasterised.pop(submitted - 1, None)
                    submitted += 1
            while self._resolved:
                yield self._resolved.popleft().result()
        finally:
            unfinished: list[Future[Any]] = [*self._rasterised.values(), *self._resolved]
            for waiting in unfinished:
                waiting.cancel()

    def _beside(self, frame: int) -> list[Future[None]]:
        """Return what a frame's resolve waits for: that it, the one before and the one after are rasterised."""
        return [self._rasterised[near] for near in (frame - 1, frame, frame + 1) if near in self._rasterised]

    def _seen(self, frame: int) -> Visibility:
        return self._ring[frame % len(self._ring)]

    def _rasterise(self, batch: range) -> None:
        with _taken(self._artists) as artist:
            stills = [poser.at(frame) for poser, frame in zip(artist.posers, batch, strict=False)]
            artist.rasteriser.draw(stills, [self._seen(frame) for frame in batch])

    def _resolve(self, frame: int, rasterised: list[Future[None]]) -> Done:
        for one in rasterised:
            one.result()
        with _taken(self._resolvers) as resolver:
            layers, seen = resolver.layers, self._seen(frame)
            resolve(resolver.now.at(frame), seen, layers, self._job.wanted)
            if self._job.wanted.motion:
                self._find_motion(resolver, frame)
            return self._job.finish(frame, layers, seen)

    def _find_motion(self, resolver: _Resolver, frame: int) -> None:
        now, layers = resolver.now.at(frame), resolver.layers
        for other, flow in ((frame + 1, layers.forward), (frame - 1, layers.backward)):
            exists = 0 <= other < self._frames
            resolver.tracker.find_flow(
                now,
                resolver.then.at(other) if exists else None,
                faces_now=self._seen(frame).face_idx,
                faces_then=self._seen(other).face_idx if exists else None,
                flow=flow,
            )


@contextmanager
def _taken(idle: SimpleQueue[Thing]) -> Iterator[Thing]:
    thing = idle.get()
    try:
        yield thing
    finally:
        idle.put(thing)
