"""``python interpreter.py FOLDER ARGUMENT ...``: ``python ARGUMENT ...`` with the troubles of ``FOLDER/troubles.json``.

Stands for the interpreter of a stage on a node. What a stage does is done for real; before that a piece of work may
wait, fail or grow, and ``FOLDER/work.jsonl`` gets a line when a process starts, when work begins and when it is done.
"""

import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any

CLOCK = time.time
NODE = os.environ.get("SLURMD_NODENAME", "")
_PLACE = {
    "node": NODE,
    "gpu": os.environ.get("CUDA_VISIBLE_DEVICES", ""),
    "job": "{SLURM_ARRAY_JOB_ID}_{SLURM_ARRAY_TASK_ID}".format_map(os.environ) if NODE else "",
    "pid": os.getpid(),
    "since": CLOCK(),
}


def main() -> None:
    """Run what the arguments ask for."""
    folder, *arguments = sys.argv[1:]
    troubles = json.loads((Path(folder) / "troubles.json").read_text())
    _shift_clock(troubles["clock_s"].get(NODE, 0))
    _watch(Path(folder), troubles)
    _note(Path(folder), "", "", "started")
    assert arguments[0] == "-m", f"{arguments} is not a way in which r2s2r is run"
    sys.argv = arguments[1:]
    sys.path.insert(0, str(Path.cwd()))
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)


def _shift_clock(seconds: float) -> None:
    if seconds:
        time.time = lambda: CLOCK() + seconds
        time.time_ns = lambda: int((CLOCK() + seconds) * 1e9)


def _watch(folder: Path, troubles: dict[str, Any]) -> None:
    from pipelines import perform

    works = perform.perform

    def watched(request: Any, *place: Any) -> dict[str, Any]:
        _note(folder, request.key, request.stage, "began")
        while (folder / "hold").exists():
            time.sleep(0.05)
        time.sleep(troubles["sleep_s"])
        for trouble in troubles["of_one"]:
            if _is_mine(folder / trouble, request.key):
                _suffer(trouble, place[-1])
        if troubles["full_disk_on"] == NODE:
            _fill_disk()
        measured = works(request, *place)
        _note(folder, request.key, request.stage, "done")
        return measured

    setattr(perform, "perform", watched)  # noqa: B010 - mypy knows it takes other words


def _note(folder: Path, key: str, stage: str, what: str) -> None:
    line = {"key": key, "stage": stage, "what": what, "at": CLOCK(), **_PLACE}
    with (folder / "work.jsonl").open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")


def _is_mine(claim: Path, key: str) -> bool:
    """Whether a trouble is this key's: the first that comes has it, every time."""
    try:
        with claim.open("x") as file:
            file.write(key)
    except FileExistsError:
        return claim.read_text() == key
    return True


def _suffer(trouble: str, place: Any) -> None:
    match trouble:
        case "over_memory":
            hoard = bytearray(2**31)
            hoard[:: os.sysconf("SC_PAGE_SIZE")] = bytes(len(range(0, len(hoard), os.sysconf("SC_PAGE_SIZE"))))
            time.sleep(600)
        case "over_time" | "cancelled":
            time.sleep(600)
        case "long":
            _stop_once(place)
        case _:
            raise AssertionError(trouble)


def _stop_once(place: Any) -> None:
    """Do as a video model whose job's time is up: stop after a segment, which stays. The next time, go on."""
    from r2s2r.errors import StoppedError

    if not place.checkpoints.exists():
        while not place.stop():
            time.sleep(0.05)
        place.checkpoints.mkdir(parents=True)
        (place.checkpoints / "0.safetensors").touch()
        raise StoppedError("stopped as asked, with 1 of 2 segments kept")


def _fill_disk() -> None:
    with Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"more than there is room for")


if __name__ == "__main__":
    main()
