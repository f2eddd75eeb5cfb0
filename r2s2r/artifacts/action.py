"""Action: that a stage, run with these parameters on these inputs, gave this object. The unit of the cache."""

from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, TypeAlias

from r2s2r.artifacts.fingerprint import digest_value

# What a stage noted while it worked, as JSON: seconds a step, peak memory, what it fell back to.
Measured: TypeAlias = dict[str, Any]

_NOT_READ = frozenset({"files", "tools"})  # where things are on this machine


@dataclass(frozen=True)
class Request:
    """All that decides a node's result, and (``files``) where to find what is not in the store.

    Attributes:
        stage: ``footage``, ``mask``, ``entity``, ``plate``, ``edit``, ``render``, ``diffuse`` or ``encode``.
        version: The stage's VERSION.
        backend: Which implementation.
        parameters: Only what this stage reads, as JSON.
        inputs: Role -> digest of an object in the store.
        file_digests: Role -> SHA-256 of an outside file.
        files: Role -> path of that file; not part of the key.
        tools: What this machine does it with, by role (a worker's environment); not part of the key.
    """

    stage: str
    version: int
    backend: str
    parameters: dict[str, Any]
    inputs: dict[str, str]
    file_digests: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    tools: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """SHA-256 over everything that can change the result's bytes."""
        return digest_value({one.name: getattr(self, one.name) for one in fields(self) if one.name not in _NOT_READ})


@dataclass(frozen=True)
class Action:
    """A finished request.

    Attributes:
        key: The request's key.
        request: What was asked.
        result: Digest of the object that came out.
        seconds: Wall time.
        finished: UTC, ISO 8601.
        machine: Host name.
        versions: Of Python, r2s2r and the packages that make pixels.
        measured: What the stage noted of this run; the next estimate learns from it.
    """

    key: str
    request: Request
    result: str
    seconds: float
    finished: str
    machine: str
    versions: dict[str, str]
    measured: Measured = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Action":
        """Rebuild from ``as_json``. Raises KeyError or TypeError when fields are missing."""
        return cls(**{**stored, "request": Request(**stored["request"])})

    def as_json(self) -> dict[str, Any]:
        """Return the action as a JSON object."""
        return asdict(self)
