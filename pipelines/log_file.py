"""``logs/<key>.log``: what the tries of a request printed, each between a first line and a last one."""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipelines.failure_file import machine
from r2s2r.artifacts.store import Store
from r2s2r.errors import R2S2RError, StoppedError

_STDOUT, _STDERR = 1, 2


@contextmanager
def logged(store: Store, key: str) -> Iterator[None]:
    """Let all that this process and its children print go into a request's log; say when it begins, and how it ends.

    Where the log cannot be written (the disk is full), they print where they did before.
    """
    with _printing_into(store.log(key)):
        since = time.monotonic()
        _note(f"started on {machine()} process {os.getpid()}")
        try:
            yield
        except StoppedError as error:
            _note(f"stopped: {error}")
            raise
        except BaseException as error:
            if not isinstance(error, R2S2RError):
                traceback.print_exc()
            _note(f"failed: {str(error) or type(error).__name__}")
            raise
        _note(f"done in {time.monotonic() - since:.1f} s")


@contextmanager
def _printing_into(path: Path) -> Iterator[None]:
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        before = os.dup(_STDOUT), os.dup(_STDERR)
    except OSError:
        yield
        return
    try:
        _turn(log, log)
        yield
    finally:
        _turn(*before)
        for descriptor in (log, *before):
            os.close(descriptor)


def _turn(stdout: int, stderr: int) -> None:
    """Let both outputs go to other files, after what was printed so far has gone where it belongs."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # nobody reads it any more, or it was closed
            stream.flush()
    os.dup2(stdout, _STDOUT)
    os.dup2(stderr, _STDERR)


def _note(words: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{datetime.now().isoformat(timespec='seconds')} {words}\n")
        sys.stderr.flush()
