"""Opening a USD stage, and nothing that is not listed."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pxr import Tf, Usd, UsdUtils

from r2s2r.errors import MediaError
from r2s2r.media.assets.usd.child import said


@dataclass(frozen=True, eq=False)
class Opened:
    """A stage and the files it may be of.

    Attributes:
        path: Its file.
        stage: USD's own.
        listed: All files that may be read, symlinks resolved.
    """

    path: Path
    stage: Any
    listed: frozenset[Path]

    def bytes_at(self, resolved: str, written: str) -> bytes:
        """Return a picture's file, or its part of a package. Raises MediaError when it is not listed."""
        outer, _, inner = resolved.removesuffix("]").partition("[")
        if not resolved or Path(outer).resolve() not in self.listed:
            raise _not_listed(self.path, resolved or written)
        if not inner:
            return Path(outer).read_bytes()
        with zipfile.ZipFile(outer) as package:
            return package.read(inner)


@contextmanager
def opened(path: Path, files: Mapping[str, Path]) -> Iterator[Opened]:
    """Open a stage. Raises MediaError when it cannot be read, or is made of layers that are not listed."""
    listed = frozenset(file.resolve() for file in (path, *files.values()))
    delegate = UsdUtils.CoalescingDiagnosticDelegate()  # holds back what USD would write to stderr
    try:
        stage = Usd.Stage.Open(str(path))
        for layer in stage.GetUsedLayers():
            outer = layer.realPath.partition("[")[0]
            if not layer.anonymous and (not outer or Path(outer).resolve() not in listed):
                raise _not_listed(path, layer.identifier)
        yield Opened(path, stage, listed)
    except Tf.ErrorException as error:
        reason = str(error).strip().splitlines()[-1]
        raise MediaError(f"{path}: the file is damaged ({said(reason)}); export it again") from error
    finally:
        del delegate


def _not_listed(path: Path, name: str) -> MediaError:
    return MediaError(f"{path}: needs another file, {name!r}, which was not there when it was planned; run again")
