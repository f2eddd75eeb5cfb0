"""Failure: why a node failed, on its way from the process it failed in to the summary."""

import json
import traceback
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.node import Node
from r2s2r.errors import (
    CancelledError,
    InputError,
    MissingError,
    R2S2RError,
    StageError,
    StoppedError,
    StoreError,
)

Kind = Literal["input", "missing", "stage", "store", "stopped", "cancelled", "over_memory", "over_time", "unexpected"]
_KINDS: tuple[tuple[type[R2S2RError], Kind], ...] = (
    (InputError, "input"),
    (MissingError, "missing"),
    (StageError, "stage"),
    (StoreError, "store"),
    (StoppedError, "stopped"),
    (CancelledError, "cancelled"),
)


@dataclass(frozen=True)
class Failure:
    """Why a node failed.

    Attributes:
        node: The node that failed.
        message: What to tell the user.
        exit_code: What the run should end with on its account.
        is_expected: Whether r2s2r explains the error itself; otherwise ``details`` has the traceback.
        details: Traceback, for bug reports.
        field: Which part of the scene it comes from, dotted; empty when it is not the scene's fault.
        kind: What kind of error it was.
    """

    node: Node
    message: str
    exit_code: int
    is_expected: bool
    details: str
    field: str
    kind: Kind = "unexpected"

    @classmethod
    def of(cls, node: Node, error: BaseException) -> "Failure":
        """Return the failure of a node that an error ended."""
        return cls.explained(node, json.dumps(explanation(error)))

    @classmethod
    def of_project(cls, node: Node, message: str) -> "Failure":
        """Return the failure of a node for which the project file asks what is not there."""
        return cls(node, message, InputError.exit_code, is_expected=True, details="", field="", kind="input")

    @classmethod
    def explained(cls, node: Node, text: str) -> "Failure":
        """Return the failure that Luigi tells of: JSON of an ``explanation``, or of its words for a killed process."""
        said = json.loads(text) if text else ""
        if not isinstance(said, dict):
            words = f"{said or 'its process ended without a word'}; if memory ran out, fewer --workers need less"
            return cls(node, words, 1, is_expected=True, details="", field="")
        # Most nodes read one part of the scene; what reads several entities says itself which one it means.
        blame = "" if said["field"].startswith("entities.") else node.blame
        field = f"{blame}.{said['field']}".strip(".") if said["is_of_scene"] else ""
        return cls(node, said["message"], said["exit_code"], said["is_expected"], said["details"], field, said["kind"])


def explanation(error: BaseException) -> dict[str, Any]:
    """Return what is to be known of an error, as JSON."""
    return {
        "message": _message(error),
        "kind": next((kind for base, kind in _KINDS if isinstance(error, base)), "unexpected"),
        "exit_code": error.exit_code if isinstance(error, R2S2RError) else 1,
        "is_expected": isinstance(error, R2S2RError),
        "is_of_scene": not isinstance(error, StoreError | MissingError | StoppedError | CancelledError),
        "field": error.field if isinstance(error, InputError) else "",
        "details": "".join(traceback.format_exception(error)),
    }


def _message(error: BaseException) -> str:
    if isinstance(error, InputError):
        return error.message  # its field is noted apart, and shown with the line it stands in
    return str(error) if isinstance(error, R2S2RError) else f"{type(error).__name__}: {error}"
