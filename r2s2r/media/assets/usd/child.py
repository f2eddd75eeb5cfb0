"""The process that opens USD files first: ``python -m r2s2r.media.assets.usd.child``; and how it is called."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from r2s2r.errors import MediaError

_LIMIT_S = 120.0
_LIMIT_BYTES = 2**34


def external(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """Return what each layer or package refers to, as written. Raises MediaError for what cannot be opened."""
    found = _asked("external", [str(path) for path in paths], name=", ".join(map(str, paths)))
    return {Path(path): names for path, names in json.loads(found).items()}


def try_out(path: Path, files: Mapping[str, Path]) -> None:
    """Read a file in another process. Raises MediaError when that does not return, or dies.

    Whatever else is wrong is found again by whoever reads it here.
    """
    given = [json.dumps({name: str(file) for name, file in files.items()})]
    _asked("read", [str(path), *given], name=str(path))


def try_out_animation(path: Path, files: Mapping[str, Path]) -> None:
    """Read a file's animation in another process; see ``try_out``."""
    given = [json.dumps({name: str(file) for name, file in files.items()})]
    _asked("animation", [str(path), *given], name=str(path))


def _asked(wish: str, arguments: Sequence[str], *, name: str) -> str:
    command = [sys.executable, "-m", __name__, wish, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LIMIT_S, check=False, text=True)
    except subprocess.TimeoutExpired as error:
        raise MediaError(f"{name}: the file is damaged or too large (it was not read in {_LIMIT_S:g} s); export it "
                         "again") from error  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"its reader ended with {done.returncode}"])[-1]
        raise MediaError(f"{name}: the file is damaged ({said(reason)}); export it again")
    return done.stdout


def said(reason: str) -> str:
    """Return what one of USD's messages says, without where in USD's source it says it."""
    return reason.rpartition(" : ")[2].strip().strip("'")[:300]


def _main(wish: str, *arguments: str) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _LIMIT_BYTES if hard == resource.RLIM_INFINITY else min(hard, _LIMIT_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if wish == "external":
        from r2s2r.media.assets.usd.references import references_of

        sys.stdout.write(json.dumps({path: references_of(Path(path)) for path in arguments}))
    elif wish == "animation":
        from r2s2r.media.animations.usd import read_here as read_animation_here

        files = {name: Path(file) for name, file in json.loads(arguments[1]).items()}
        with suppress(MediaError):
            read_animation_here(Path(arguments[0]), files)
    else:
        from r2s2r.media.assets.usd.read import read_here

        try:
            asset = read_here(Path(arguments[0]), {name: Path(file) for name, file in json.loads(arguments[1]).items()})
        except MediaError:
            return
        for clip in asset.clips:
            clip.vertices_at(clip.duration_s)


if __name__ == "__main__":
    _main(*sys.argv[1:])
