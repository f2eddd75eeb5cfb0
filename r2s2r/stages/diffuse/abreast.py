"""Abreast: frames that do not depend on one another are made on several cores, and come in order."""

import os
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Frame = TypeVar("Frame")

# More would hold many pictures in memory, and whoever writes the frames could not keep up.
MOST_THREADS = 4


def abreast(make: Callable[[int], Frame], frames: int, threads: int | None = None) -> Generator[Frame, None, None]:
    """Yield ``make(frame)`` of every frame in order, while the next ones are made.

    At most one frame more than there are threads (by default as many as there are cores) is made or waits. What
    ``make`` raises is raised when its frame's turn comes. Closing it ends the work.

    Args:
        make: Runs on several threads, one frame each.
        frames: Their number.
        threads: How many frames are made at once.
    """
    threads = threads or min(len(os.sched_getaffinity(0)), MOST_THREADS)
    ahead: deque[Future[Frame]] = deque()
    with ThreadPoolExecutor(threads, "frames") as pool:
        try:
            for frame in range(frames):
                ahead.append(pool.submit(make, frame))
                if len(ahead) > threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
