"""The exception tree. Whatever a user can cause raises one of these; each carries the exit code the CLI ends with.

R2S2RError
├── InputError (exit 2)          the scene, project file or a media file is wrong
│   ├── SceneError               one or more findings in a YAML file, with positions
│   └── MediaError               a clip, image or mesh that cannot be used
├── MissingError (exit 3)        this machine lacks something; says what and how to get it
├── StageError (exit 1)          a stage could not finish its work
├── CancelledError (exit 1)      somebody asked for its end
├── StoppedError (exit 75)       a stage was asked to stop, and did so where it can go on later
└── StoreError (exit 1)          the store, or the folder of the videos, cannot be read or written
"""

from dataclasses import dataclass
from pathlib import Path


class R2S2RError(Exception):
    """Any failure r2s2r explains itself; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class InputError(R2S2RError):
    """What the user gave is wrong; the message says what, where and what to do.

    ``field`` names the part of the scene it comes from, where a stage knows: dotted, relative to what the stage reads
    (``frame`` in ``source``, ``select.box_px`` in an entity).
    """

    exit_code = 2

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field

    def __str__(self) -> str:
        """Put the field first, as findings do."""
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a YAML file. ``line`` and ``column`` count from 1; ``field`` is dotted: ``shots.a.frames``."""

    path: Path
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        """Format as editors expect it: ``scene.yaml:12:7: shots.orbit.frames: ...``."""
        where = f"{self.path}:{self.line}:{self.column}: "
        return where + (f"{self.field}: {self.message}" if self.field else self.message)


class SceneError(InputError):
    """Everything that is wrong in the files of one scene, all at once, in the order of the file."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings

    def __reduce__(self) -> tuple[type["SceneError"], tuple[tuple[Finding, ...]]]:
        """Rebuild from the findings, so that the error crosses process borders whole."""
        return (SceneError, (self.findings,))


class MediaError(InputError):
    """A clip, image or mesh file that cannot be used as it is."""


class MissingError(R2S2RError):
    """Something this machine lacks (a package, weights, a GPU); the message says how to get it."""

    exit_code = 3


class StageError(R2S2RError):
    """A stage could not finish; the message names the entity or frame and what to do."""


class CancelledError(R2S2RError):
    """Somebody asked for the end of what was being made."""


class StoppedError(R2S2RError):
    """A stage was asked to stop and did so where it can go on: what is finished stays. 75 is sysexits' "try again"."""

    exit_code = 75


class StoreError(R2S2RError):
    """The store, or the folder of the videos, cannot be read or written (read-only, full, damaged)."""
