"""Makes the small files that the examples use, out of the demo's clip and of nothing.

``python -m scenes.examples.make_assets`` writes them. They are in the repository, so nobody has to run it: it says how
they came to be. The two clips are excerpts of Big Buck Bunny (c) Blender Foundation, CC BY 3.0.
"""

from pathlib import Path

from scenes.examples.make_clips import write_filmed_by_hand, write_meadow
from scenes.examples.make_meshes import write_ball, write_crate
from scenes.examples.make_motions import write_arc, write_moved
from scenes.examples.make_walker import write_walker

EXAMPLES = Path(__file__).resolve().parent
ASSETS = EXAMPLES / "assets"
FILM = EXAMPLES.parent / "media" / "bigbuckbunny.mp4"


def write_all(folder: Path, film: Path) -> None:
    """Write every asset into a folder. ``film`` is the demo's clip, which ``make demo`` fetches."""
    folder.mkdir(parents=True, exist_ok=True)
    write_models(folder)
    write_meadow(folder / "meadow.mp4", film)
    write_filmed_by_hand(folder / "by_hand.mp4", folder / "by_hand.json", film)


def write_models(folder: Path) -> None:
    """Write the assets that need no film: meshes, and motions of other programs."""
    write_crate(folder / "crate.glb")
    write_ball(folder / "ball.glb")
    write_walker(folder / "walker.glb")
    write_arc(folder / "arc.chan")
    write_moved(folder / "moved.usda")


if __name__ == "__main__":
    write_all(ASSETS, FILM)
