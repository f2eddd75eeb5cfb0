"""What may be read: files below given folders, wherever a link to them lies."""

from pathlib import Path

from r2s2r.errors import MediaError


def require_inside(path: Path, roots: tuple[Path, ...]) -> None:
    """Raise MediaError for a path that leads out of the roots, or to no file; nothing is read.

    Args:
        path: Of a file that was found in a folder.
        roots: Absolute folders, symlinks resolved.
    """
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise MediaError(f"{path}: is a link that leads nowhere; remove it, or put the file there") from error
    if not any(target.is_relative_to(root) for root in roots):
        raise MediaError(
            f"{path}: is a link to {target}, outside of the folders that may be read; put the file there, or add "
            "its folder to media_roots in r2s2r.yaml"
        )
    if not target.is_file():
        raise MediaError(f"{path}: leads to {target}, which is no file; remove it, or put the file there")
