"""Cameras of other programs: solved ones, for the source, and moving ones, for a shot."""

from pathlib import Path

from r2s2r.errors import MediaError
from r2s2r.media.cameras.colmap_binary import read_colmap_binary
from r2s2r.media.cameras.colmap_text import read_colmap_text
from r2s2r.media.cameras.nerfstudio import read_nerfstudio
from r2s2r.media.cameras.solved import SolvedCameras
from r2s2r.media.cameras.track import read_track

__all__ = ["SolvedCameras", "beside", "read_cameras", "read_track"]


def read_cameras(path: Path) -> SolvedCameras:
    """Read a solved camera: nerfstudio's ``.json``, or COLMAP's ``cameras.txt`` or ``.bin`` and what lies beside it.

    Raises MediaError, naming file and line, picture or byte, for one that cannot be used.
    """
    match path.suffix.lower():
        case ".json":
            return read_nerfstudio(path)
        case ".txt":
            return read_colmap_text(path, images=path.with_name("images.txt"), points=path.with_name("points3D.txt"))
        case ".bin":
            return read_colmap_binary(path, images=path.with_name("images.bin"), points=path.with_name("points3D.bin"))
        case _:
            raise MediaError(
                f"{path}: not a solved camera; give COLMAP's cameras.txt or .bin, or nerfstudio's transforms.json"
            )


def beside(path: Path) -> tuple[Path, ...]:
    """Return the files in the same folder that ``read_cameras`` reads too, those that there are."""
    suffix = path.suffix.lower()
    if suffix not in (".txt", ".bin"):
        return ()
    return tuple(found for name in ("images", "points3D") if (found := path.with_name(name + suffix)).is_file())
