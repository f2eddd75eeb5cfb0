"""Khronos' glTF validator, a module of Node's: asked where there is one."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPT = """
const validator = require('gltf-validator');
const bytes = new Uint8Array(require('fs').readFileSync(process.argv[1]));
validator.validateBytes(bytes).then(report => console.log(JSON.stringify(report.issues.messages)));
"""
_NEEDED = "needs Khronos' validator: `npm install gltf-validator`, and NODE_PATH at its node_modules"


def errors_of(path: Path) -> list[str]:
    """Return the validator's errors and warnings of a file; skips the test where there is no validator."""
    node = shutil.which("node")
    if node is None or "NODE_PATH" not in os.environ:
        pytest.skip(_NEEDED)
    done = subprocess.run([node, "-e", _SCRIPT, str(path)], capture_output=True, text=True, timeout=60, check=False)
    if "Cannot find module" in done.stderr:
        pytest.skip(_NEEDED)
    assert done.returncode == 0, done.stderr
    worst_first = json.loads(done.stdout)
    return [f"{one['pointer']}: {one['message']}" for one in worst_first if one["severity"] < 2]
