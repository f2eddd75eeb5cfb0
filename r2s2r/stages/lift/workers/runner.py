"""Asks a worker: a process in another environment, in a group of its own, with a time-out."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from r2s2r.errors import MissingError, StageError
from r2s2r.spec.workers import WorkerName
from r2s2r.stages.lift.inputs import WorkerInputs
from r2s2r.stages.lift.workers import leash
from r2s2r.stages.lift.workers.response import SETUP, Said, raise_if_failed, read_said
from r2s2r.stages.lift.workers.turn import turn
from r2s2r.workers import exchange

_SCRIPTS: dict[WorkerName, str] = {"sam3d_objects": "lift_objects.py", "sam3d_body": "lift_body.py"}
# What a worker is given of this process's environment: where things are, never keys nor other programs' settings.
_PASSED = ("HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_HOME", "CUDA_VISIBLE_DEVICES",
           "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "TORCH_HOME")  # fmt: skip
_LAST_BYTES, _LAST_LINES = 8_000, 12
_PATIENCE_S = 10.0


@contextmanager
def answer(
    inputs: WorkerInputs, model: WorkerName, ask: Callable[[Path], tuple[int, ...]]
) -> Iterator[tuple[Path, Said]]:
    """Ask a worker, and give the folder of its answer and what it said; the folder goes when the block is left.

    After a failure request and answer stay in ``inputs.scratch``, and what the worker wrote to stderr.

    Args:
        inputs: The worker.
        model: The model that is to answer.
        ask: Writes the request into an empty folder; returns the numbers of its frames.

    Raises:
        MissingError: The worker's interpreter, package, weights or GPU are not there.
        StageError: It crashed, took too long, or answered something else.
    """
    python = _python(inputs, model)
    place = inputs.scratch / "lift-worker"
    shutil.rmtree(place, ignore_errors=True)
    request, response = place / "request", place / "response"
    for folder in (request, response):
        folder.mkdir(parents=True)
    frames = ask(request)
    with turn(inputs.worker, model):
        code = _run(python, inputs, model, place, frames)
    stderr = _last(place / "stderr.txt")
    if code > 128 or not (response / exchange.RESPONSE).exists():
        raise StageError(f"the worker {model} {_ended(code)} at {_named(frames)}{stderr}")
    try:
        said = read_said(response, model)
    except StageError as error:
        raise StageError(f"{error}; it was asked for {_named(frames)}") from error
    raise_if_failed(said, code, f" at {_named(frames)}{stderr}")
    try:
        yield response, said
    except StageError as error:
        raise StageError(f"{error}; it was asked for {_named(frames)}") from error
    shutil.rmtree(place, ignore_errors=True)


def _python(inputs: WorkerInputs, model: WorkerName) -> str:
    found = shutil.which(inputs.worker.python)
    if found is None:
        raise MissingError(
            f"workers.{model}.python: {inputs.worker.python} is not there or cannot be run; {SETUP}, or set "
            "lift.backend: inflate"
        )
    return found


def _run(python: str, inputs: WorkerInputs, model: WorkerName, place: Path, frames: tuple[int, ...]) -> int:
    """Run the worker in its folder; return its exit code. Raises StageError when it takes too long."""
    script = Path(exchange.__file__).parent / _SCRIPTS[model]
    command = [
        sys.executable,
        "-I",
        leash.__file__,
        python,
        str(script),
        str(place / "request"),
        str(place / "response"),
    ]
    with (place / "stderr.txt").open("wb") as log:
        process = _start(command, _environment(python), place, log)
        try:
            return process.wait(timeout=inputs.worker.timeout_s)
        except subprocess.TimeoutExpired as error:
            _let_go(process)
            raise StageError(
                f"the worker {model} did not answer in {inputs.worker.timeout_s:g} s at {_named(frames)} and was "
                f"ended; raise workers.{model}.timeout_s in r2s2r.yaml{_last(place / 'stderr.txt')}"
            ) from error
        finally:
            _let_go(process)


def _start(command: list[str], environment: dict[str, str], place: Path, log: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # what ends our group must leave the leash, which then ends the worker's
    )


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    """Close the pipe, so that the leash ends the worker's group, and wait for that."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment(python: str) -> dict[str, str]:
    programs = Path(python).absolute().parent
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return passed | {
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
        "CONDA_PREFIX": str(programs.parent),
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HF_HUB_OFFLINE": "1",  # nothing is ever downloaded by a run
    }


def _ended(code: int) -> str:
    if code > 128:
        return f"was ended by signal {code - 128} (9: perhaps by the kernel, when the host's memory ran out)"
    return f"ended with exit code {code} and without an answer"


def _named(frames: tuple[int, ...]) -> str:
    return f"frame {frames[0]}" if len(frames) == 1 else f"frames {frames[0]} to {frames[-1]}"


def _last(path: Path) -> str:
    """Return the last lines that a worker wrote, to be put behind a message; empty if there are none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST_BYTES))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()[-_LAST_LINES:]
    return "".join(f"\n  {line}" for line in (f"its last words, in {path}:", *lines)) if lines else ""
