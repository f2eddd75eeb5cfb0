"""Work: how much a node has to do, as a number that its time goes with: pixels of all frames, or frames."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pipelines.node import Ledger, Node
from pipelines.shot import ShotNodes
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.store import Store

Measure: TypeAlias = Literal["shot", "frames", "clip"]

_MEASURES: dict[str, Measure] = {
    "render": "shot",
    "control": "shot",
    "diffuse": "shot",
    "encode": "shot",
    "edit": "frames",
    "mask": "clip",
    "traces": "clip",
    "camera": "clip",
    "motion": "clip",
    "plate": "clip",
}
"""Stage -> what its work is: the pixels of the shot's frames; its frames; the pixels of the clip's frames.
Of the others nothing is known beforehand."""


def work_of(node: Node, shot: ShotNodes, ledger: Ledger) -> float | None:
    """Return the work of a node that is to be made; None where it is not known yet."""
    edit = shot.shot.edit
    match _MEASURES.get(node.stage):
        case "shot":
            output = shot.shot.output if node.stage == "encode" else edit.output
            return float(edit.frames * output.height * output.width)
        case "frames":
            return float(edit.frames)
        case "clip":
            facts = next((ledger.facts(one) for one in shot.nodes if one.stage == "footage"), None)
            return None if facts is None else _pixels(facts)
        case None:
            return None


def work_done(store: Store, request: Request, result: str) -> float | None:
    """Return the work that a finished request was; None where its facts do not tell."""
    match _MEASURES.get(request.stage):
        case "shot":
            return _pixels(_facts(store, result))
        case "frames":
            return _frames(_facts(store, result))
        case "clip":
            return _pixels(_facts(store, request.inputs.get("footage", "")))
        case None:
            return None


def _pixels(facts: Mapping[str, Any]) -> float | None:
    frames, height, width = _frames(facts), facts.get("height"), facts.get("width")
    return float(frames * height * width) if frames and height and width else None


def _frames(facts: Mapping[str, Any]) -> float | None:
    frames = facts.get("frames") or len(facts.get("times_s", ()))
    return float(frames) if frames else None


def _facts(store: Store, digest: str) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((store.object(digest) / "facts.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return facts
