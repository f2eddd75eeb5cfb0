"""Edit: a long camera's processor time, what Blender sees of our files, seconds from a camera key to its preview."""

from benchmarks.editing.blender import blender
from benchmarks.editing.curves import evaluate
from benchmarks.editing.previewing import preview


def main() -> None:
    """Measure and print."""
    evaluate()
    blender()
    preview()


if __name__ == "__main__":
    main()
