"""A stage whose code changed must say so by its VERSION, or results of the old code would be served for ever.

When this fails: if results may differ, raise the stage's VERSION; in any case run ``make bless`` and commit the table.
"""

import ast
import hashlib
import json
import os
from pathlib import Path

import pytest

from r2s2r.stages import diffuse, edit, encode, lift, render

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "data" / "stage_sources.json"
ARTEFACTS = [
    "animation", "control", "depth", "entity", "facts", "footage", "mask", "motion", "passes", "plate", "reference",
    "source_camera", "turntable", "video",
]  # fmt: skip
SHARED = [
    "r2s2r/geometry",
    "r2s2r/media",
    "r2s2r/spec/times.py",
    "pipelines/inputs.py",
    "pipelines/perform.py",
    "pipelines/perform_lift.py",
    *(f"r2s2r/artifacts/{noun}.py" for noun in ARTEFACTS),
]
MODELS = {"lift": ["r2s2r/models/depth", "r2s2r/models/segment", "r2s2r/workers"], "diffuse": ["r2s2r/models"]}
VERSIONS = {
    "lift": [
        lift.FOOTAGE_VERSION,
        lift.MASK_VERSION,
        lift.TRACES_VERSION,
        lift.DEPTH_VERSION,
        lift.CAMERA_VERSION,
        lift.ENTITY_VERSION,
        lift.MOTION_VERSION,
        lift.PLATE_VERSION,
    ],
    "edit": [edit.VERSION],
    "render": [render.VERSION, render.TURNTABLE_VERSION],
    "diffuse": [
        diffuse.COMPOSITOR_VERSION,
        diffuse.CONTROL_VERSION,
        diffuse.REFERENCE_VERSION,
        diffuse.VERSION,
    ],
    "encode": [encode.VERSION],
}


def _source_hash(folders: list[str]) -> str:
    """Hash the code below the folders; comments, formatting and docstrings do not count."""
    sha = hashlib.sha256()
    for folder in folders:
        found = sorted((ROOT / folder).rglob("*.py")) if (ROOT / folder).is_dir() else [ROOT / folder]
        for path in found:
            sha.update(str(path.relative_to(ROOT)).encode())
            sha.update(_code(path).encode())
    return sha.hexdigest()[:16]


def _code(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _now(stage: str) -> dict[str, object]:
    return {
        "versions": VERSIONS[stage],
        "source": _source_hash([f"r2s2r/stages/{stage}", *MODELS.get(stage, []), *SHARED]),
    }


@pytest.mark.parametrize("stage", VERSIONS)
def test_a_stage_whose_code_changed_has_a_new_version_or_was_blessed(stage: str) -> None:
    if os.environ.get("R2S2R_BLESS"):
        TABLE.write_text(json.dumps({name: _now(name) for name in VERSIONS}, indent=1) + "\n")
    blessed = json.loads(TABLE.read_bytes())[stage]
    assert blessed == _now(stage), f"{stage}'s code changed: bump its VERSION if results may differ; then `make bless`"


def test_the_hash_sees_code_and_ignores_comments_and_docstrings(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("a.py", "b.py", "c.py"))
    first.write_text('"""One."""\nx = 1\n')
    second.write_text('"""Two."""\n# comment\nx   = 1\n')
    third.write_text('"""One."""\nx = 2\n')
    assert _code(first) == _code(second) != _code(third)
