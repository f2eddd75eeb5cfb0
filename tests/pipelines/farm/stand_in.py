"""``python stand_in.py FOLDER -m r2s2r stage ...``: the same without ``stand_in.py FOLDER``, with troubles at work.

Stands for the interpreter of a stage. Before a request is built, which is done for real, its work may wait, fail, stop
or start a child, as ``FOLDER/troubles.json`` says by key; ``FOLDER/work.jsonl`` gets a line when it begins.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def main() -> None:
    """Run what the arguments ask for."""
    folder, *arguments = sys.argv[1:]
    _watch(Path(folder))
    assert arguments[0] == "-m", f"{arguments} is not a way in which r2s2r is run"
    sys.argv = arguments[1:]
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)


def _watch(folder: Path) -> None:
    from pipelines import perform

    works = perform.perform

    def watched(request: Any, store: Any, place: Any) -> dict[str, Any]:
        trouble = json.loads((folder / "troubles.json").read_text()).get(request.key, "")
        child = _stubborn_child() if trouble == "child" else None
        _note(folder, request.key, child)
        print(f"at {request.key}", flush=True)  # noqa: T201 - for the log
        _suffer(trouble, folder, place)
        return works(request, store, place)

    setattr(perform, "perform", watched)  # noqa: B010 - a hook, not an attribute that mypy may know


def _note(folder: Path, key: str, child: int | None) -> None:
    gpu = os.environ.get("CUDA_VISIBLE_DEVICES")
    line = {"key": key, "pid": os.getpid(), "child": child, "gpu": gpu, "at": time.time()}
    with (folder / "work.jsonl").open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")


def _suffer(trouble: str, folder: Path, place: Any) -> None:
    from r2s2r.errors import MissingError, StageError, StoppedError

    match trouble:
        case "":
            return
        case "fails":
            raise StageError("the numbers are not finite")
        case "lacks":
            raise MissingError("there is no GPU")
        case "fills the disk":
            Path("/dev/full").write_bytes(b"more than there is room for")
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "waits" | "child":
            _wait_until((folder / "go").exists)
        case "segments":
            _wait_until(place.stop)
            place.checkpoints.mkdir()
            (place.checkpoints / "segment-0000.safetensors").touch()
            raise StoppedError("stopped as asked, with 1 of 2 segments kept")
        case _:
            raise AssertionError(trouble)


def _wait_until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.02)


def _stubborn_child() -> int:
    return subprocess.Popen([sys.executable, "-c", _STUBBORN]).pid


if __name__ == "__main__":
    main()
