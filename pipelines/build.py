"""Build one request: under its lease, in a workspace, published whole. What workers, farm jobs and tests all call."""

import json
import platform
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.failure_file import forget, tell
from pipelines.log_file import logged
from r2s2r import __version__
from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.lease import Lease, LeaseLostError, hold
from r2s2r.artifacts.stop import Stop, never
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError, StoreError

if TYPE_CHECKING:
    from r2s2r.models.kept import KeptModel

_MAKE_PIXELS = ("av", "numba", "numpy", "opencv-python-headless", "scipy", "torch", "diffusers", "transformers", "peft",
               "kaolin", "nvdiffrast")  # fmt: skip


def ask(store: Store, request: Request) -> None:
    """Write ``requests/<key>.json``, so that any process can build it."""
    with store.explained():
        write_atomically(store.root / "requests" / f"{request.key}.json", canonical_json(asdict(request)))


def asked(store: Store, key: str) -> Request:
    """Read a request back. Raises StoreError when nobody asked, or when what is there is not what was asked."""
    advice = "`r2s2r run` writes one before it starts a stage"
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise StoreError(f"{key!r} is not the key of a request, which has 64 hexadecimal digits; {advice}")
    try:
        request = Request(**json.loads((store.root / "requests" / f"{key}.json").read_bytes()))
        if request.key == key:
            return request
    except FileNotFoundError as error:
        raise StoreError(f"{store.root}: no request {key}; {advice}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError(f"{store.root}: request {key} cannot be read ({error}); {advice}") from error
    raise StoreError(f"{store.root}: request {key} was changed after it was written; {advice}")


def build(store: Store, request: Request, *, stop: Stop = never, kept: "KeptModel | None" = None) -> None:
    """Make sure that a request is done; whoever else is at it is waited for.

    What it prints goes into the request's log, and why it failed into its failure file.

    Args:
        store: Where to.
        request: What to build.
        stop: Asked where the stage could go on later.
        kept: Where a model stays loaded for the next request.

    Raises:
        R2S2RError: What the stage raises; StoppedError when it was asked to stop, and did.
    """
    while True:
        with suppress(LeaseLostError):  # frozen, until another machine took over: that one is waited for
            return _build(store, request, stop, kept)


def _build(store: Store, request: Request, stop: Stop, kept: "KeptModel | None") -> None:
    with store.explained(), hold(store.lease_folder(request.key)) as lease:
        if store.action(request.key) is None:
            with _told(store, request.key):
                _build_held(store, request, lease, stop, kept)
        else:
            forget(store, request.key)


@contextmanager
def _told(store: Store, key: str) -> Iterator[None]:
    """Log a try, and tell why it failed; under the lease, so that no other try is told of meanwhile."""
    forget(store, key)
    with logged(store, key):
        try:
            with store.explained():
                yield
        except LeaseLostError:
            raise
        except Exception as error:
            tell(store, key, error)
            raise


def _build_held(store: Store, request: Request, lease: Lease, stop: Stop, kept: "KeptModel | None") -> None:
    from pipelines.inputs import Workplace
    from pipelines.perform import perform  # the stages are heavy; a waiting worker needs none of them

    _check_files_unchanged(store, request)  # since it was asked for: what checkpoints hold must be of these files
    workspace, started = store.workspace(lease.nonce), time.monotonic()
    try:
        place = Workplace(workspace, store.checkpoints(request.key), lease.progress, stop, kept)
        measured = perform(request, store, place)
        try:
            _check_files_unchanged(store, request)
        except InputError:
            shutil.rmtree(store.checkpoints(request.key), ignore_errors=True)
            if kept is not None:
                kept.drop()  # its model may be of those files, under the name of the ones before
            raise
        result = store.publish(workspace)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    store.record(
        Action(
            key=request.key,
            request=request,
            result=result,
            seconds=round(time.monotonic() - started, 3),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=socket.gethostname(),
            versions=_versions(),
            measured=measured,
        )
    )
    shutil.rmtree(store.checkpoints(request.key), ignore_errors=True)


def _versions() -> dict[str, str]:
    """What the bytes of a result may depend on besides its key: noted, to be compared when two machines disagree."""
    found = {"python": platform.python_version(), "r2s2r": __version__}
    for name in _MAKE_PIXELS:
        with suppress(PackageNotFoundError):  # those of the video models are an extra
            found[name] = version(name)
    return found


def _check_files_unchanged(store: Store, request: Request) -> None:
    """What was made of a file that changed in the meantime must not be kept under the old digest."""
    for role, path in request.files.items():
        if not Path(path).exists() or store.files.digest(Path(path)) != request.file_digests[role]:
            raise InputError(f"{path}: changed since the run began; run again when it is complete")
