"""Khronos' glTF validator, a module of Node's: asked where there is one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = """
const validator = require('gltf-validator');
const bytes = new Uint8Array(require('fs').readFileSync(process.argv[1]));
validator.validateBytes(bytes).then(report => console.log(JSON.stringify(report.issues.messages)));
"""
_MODULES = Path(sys.prefix) / "validator" / "node_modules"  # where `make tools` puts it
_NEEDED = "needs Node and Khronos' validator: `make tools` installs it, or set NODE_PATH to where it is"


def errors_of(path: Path) -> list[str]:
    """Return the validator's errors and warnings of a file; skips the test where there is no validator."""
    node = shutil.which("node")
    if node is None:
        pytest.skip(_NEEDED)
    surroundings = {"NODE_PATH": str(_MODULES), **os.environ}
    words = [node, "-e", _SCRIPT, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=surroundings)
    if "Cannot find module" in done.stderr:
        pytest.skip(_NEEDED)
    assert done.returncode == 0, done.stderr
    worst_first = json.loads(done.stdout)
    return [f"{one['pointer']}: {one['message']}" for one in worst_first if one["severity"] < 2]
