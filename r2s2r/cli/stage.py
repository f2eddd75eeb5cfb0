"""``r2s2r stage``: build requests by key. What a farm job runs; a person hardly ever does."""

import argparse
import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from r2s2r.artifacts.stop import Stop
from r2s2r.cli.plain import plain
from r2s2r.errors import InputError, StoreError

EXAMPLE = "example: r2s2r stage --store .r2s2r 3f9a..."
_FROM_STDIN = "-"
_LOOK_S = 0.2


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("stage", help="build requests that a run has written to the store", epilog=EXAMPLE)
    words = "keys of requests; - takes them from stdin, a line each, until it ends"
    parser.add_argument("keys", nargs="*", metavar="KEY", help=words)
    parser.add_argument("--store", type=Path, required=True, help="the store's folder")
    words = "build what this file has for SLURM_ARRAY_TASK_ID: the task of a job array that this process is"
    parser.add_argument("--batch", type=Path, metavar="FILE", help=words)
    words = "wait until nobody else in this store works on this GPU of this machine; may be given several times"
    parser.add_argument("--gpu", action="append", default=[], metavar="INDEX", help=words)


def run(args: argparse.Namespace) -> int:
    """Build the requests one after the other; one that fails is told of, and the next one follows.

    Returns 0, or the worst of the exit codes. SIGUSR1 asks it to stop where it can go on later.
    """
    if not args.keys and args.batch is None:
        raise InputError("no request is named: give keys, - or --batch")
    stop = _asked_by_signal()  # before anything is imported that takes a while
    from pipelines.farm.local_gpus import holding
    from pipelines.stage_process import StageProcess
    from r2s2r.artifacts.store import Store
    from r2s2r.artifacts.sweep import in_use

    store = Store(args.store)
    if not store.exists():
        raise StoreError(
            f"{args.store}: there is no store that this machine sees: is its file system mounted here?"
            " `r2s2r run` makes one before it starts a stage"
        )
    with ExitStack() as stack:
        stack.enter_context(in_use(store))
        stack.enter_context(holding(store, args.gpu))
        process = StageProcess(store, stop, say=_say)
        for key in _keys([*args.keys, *_of_batch(args.batch)], lambda: stop() or process.is_spent):
            process.build(key)
    return process.exit_code


def _asked_by_signal() -> Stop:
    """Let SIGUSR1 wait for ever, so that it is seen by who looks, and ends neither this process nor its children.

    A thread that was there before takes it all the same: then it is noted.
    """
    noted: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _: noted.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    return lambda: bool(noted) or signal.SIGUSR1 in signal.sigpending()


def _keys(words: Sequence[str], stop: Stop) -> Iterator[str]:
    for word in words:
        if word == _FROM_STDIN:
            yield from _lines(stop)
        else:
            yield word


def _of_batch(path: Path | None) -> Sequence[str]:
    if path is None:
        return ()
    from pipelines.farm.slurm.batches import keys_of_task

    return keys_of_task(path)


def _lines(stop: Stop) -> Iterator[str]:
    """Yield the lines that come in, each as soon as it is there; none after a stop."""
    rest = b""
    while not stop():
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], _LOOK_S)
        if not readable:
            continue
        read = os.read(sys.stdin.fileno(), 65_536)
        *lines, rest = (rest + read).split(b"\n")
        if not read:
            lines = [rest]
        yield from (line.decode(errors="replace").strip() for line in lines if line.strip())
        if not read:
            return


def _say(words: str) -> None:
    with suppress(OSError):  # who started this may be gone
        print(plain(words), file=sys.stderr, flush=True)  # noqa: T201 - unlike write, it takes a closed stderr
