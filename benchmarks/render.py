"""Rendering: speed and memory beside peers, what it grows with, a shot to disk, and how exact the passes are.

Peers need `pip install -e '.[bench]'` and OpenGL through EGL, on Debian `libegl1 libgl1 libgl1-mesa-dri`. Of one that
does not run it is said why, and the others are measured.
"""

from benchmarks.peers.opening import NAMES
from benchmarks.peers.turning import HEIGHT, WIDTH
from benchmarks.rendering.accuracy import check
from benchmarks.rendering.comparison import compare
from benchmarks.rendering.delivery import deliver, lengthen
from benchmarks.rendering.scaling import scale

FACES, TURNS = 600_000, 5
# A shot's entities as the lift makes them: 20,000 faces each.
LIFTED = 120_000


def main() -> None:
    """Measure and print."""
    print(f"-- normal, id, depth and rgb of {FACES} faces, {WIDTH}x{HEIGHT}, in memory")
    compare(NAMES, faces=FACES, turns=TURNS)
    print("-- what a frame costs, one thread")
    scale(FACES)
    print("-- shots to disk")
    deliver(LIFTED)
    deliver(FACES)
    lengthen(LIFTED)
    print("-- exactness")
    check(FACES)
