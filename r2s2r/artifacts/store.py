"""The store: what was asked (``actions``) and what came out (``objects``), shared by every scene of a project.

    actions/<key>.json     a finished request and the digest of its result
    objects/<digest>/      the result's files and manifest.json
    requests/<key>.json    what is being asked, all that a worker needs
    leases/<key>/          who is working on it
    last/<scene id>/       the keys a shot's nodes had when it was last run
    files/                 digests of outside files
    tmp/<nonce>/           unfinished results
    checkpoints/<key>/     what a long stage has finished of an unfinished result
    failures/<key>.json    why the last try of a request failed
    logs/<key>.log         what the tries of a request printed
    jobs/                  what was handed to the farm
    runs/<id>/             what runs and nights did, for those who watch

Modelled on Bazel's remote cache (action cache over content-addressed storage). An object is written into ``tmp``,
flushed, and renamed into place with its manifest inside: it is there whole or not at all. Behind the folder there may
be a second level, a bucket (``remote_level``): whoever plans and runs fetches from it and writes back to it.
"""

import errno
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.artifacts.action import Action
from r2s2r.artifacts.atomic import read_shared, sync_tree, write_atomically
from r2s2r.artifacts.fingerprint import FileDigests, canonical_json
from r2s2r.artifacts.manifest import MANIFEST, Manifest, describe
from r2s2r.errors import StoreError

if TYPE_CHECKING:
    from r2s2r.artifacts.remote_level import SecondLevel

_FOLDERS = ("actions", "objects", "requests", "leases", "last", "files", "tmp", "checkpoints",
            "failures", "logs", "jobs", "runs")  # fmt: skip
_MARKER = "store.json"
_RUN = "run-"  # leases of requests are named by their keys
_FORMAT = b'{"format":1}\n'
_ADVICE = {
    errno.ENOSPC: "the disk is full; free space, or run `r2s2r gc --max-size 0`",
    errno.EDQUOT: "the disk quota is used up; free space, or run `r2s2r gc --max-size 0`",
    errno.EROFS: "it is on a read-only file system; set R2S2R_STORE to a folder that can be written",
    errno.EACCES: "this user may not write there; set R2S2R_STORE to a folder that can be written",
    errno.EPERM: "this user may not write there; set R2S2R_STORE to a folder that can be written",
}


class Store:
    """A store folder, and what is behind it. Opening it writes nothing; ``prepare`` makes its folders."""

    def __init__(self, root: Path, second: "SecondLevel | None" = None) -> None:
        self.root, self.second = root, second
        self.files = FileDigests(root / "files")

    def prepare(self) -> None:
        """Create the folders. Raises StoreError when the store cannot be written or has another format."""
        with self.explained():
            self._make_folders()
            if not self.exists():
                write_atomically(self.root / _MARKER, _FORMAT)
            probe = self.root / "tmp" / f".probe-{uuid.uuid4().hex}"
            probe.write_bytes(b"")
            probe.unlink()

    def _make_folders(self) -> None:
        for name in _FOLDERS:
            try:
                (self.root / name).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                if error.errno in _ADVICE:
                    raise
                reason = f"cannot be the store ({error.filename}: {error.strerror})"
                raise StoreError(f"{self.root}: {reason}; set R2S2R_STORE to another folder") from error

    def exists(self) -> bool:
        """Whether there is a store. Raises StoreError when it has another format."""
        try:
            found = (self.root / _MARKER).read_bytes()
        except FileNotFoundError:
            return False
        if found != _FORMAT:
            raise StoreError(f"{self.root}: made by another version of r2s2r; set R2S2R_STORE to a new folder")
        return True

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn a full disk, a quota, a read-only or a vanished folder into a StoreError that says what to do."""
        try:
            yield
        except OSError as error:
            if error.errno in _ADVICE:
                raise StoreError(f"{self.root}: cannot write the store: {_ADVICE[error.errno]}") from error
            if not self.root.exists():
                raise StoreError(f"{self.root}: was moved or removed while it was in use; run again") from error
            raise

    def action(self, key: str) -> Action | None:
        """Return the action of a key, if it was done and its result is still here."""
        try:
            stored = json.loads(read_shared(self.root / "actions" / f"{key}.json"))
            action = Action.from_json(stored)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return action if action.key == key and self.has(action.result) else None

    def has(self, digest: str) -> bool:
        """Whether an object is here."""
        return (self.object(digest) / MANIFEST).exists()

    def object(self, digest: str) -> Path:
        """Return the folder of an object."""
        return self.root / "objects" / digest

    def lease_folder(self, key: str) -> Path:
        """Return where the leases of a key are."""
        return self.root / "leases" / key

    def run_lease(self, run_id: str) -> Path:
        """Return where the lease of a run is: alive as long as its driver, or as a process that builds for one."""
        return self.lease_folder(f"{_RUN}{run_id}")

    def run_leases(self) -> dict[str, Path]:
        """Return id -> lease of all that somebody holds, dead or alive."""
        return {path.name.removeprefix(_RUN): path for path in (self.root / "leases").glob(f"{_RUN}*")}

    def checkpoints(self, key: str) -> Path:
        """Return where a stage keeps what a kill must not cost; it makes the folder, whoever finishes removes it."""
        return self.root / "checkpoints" / key

    def kept_segments(self, key: str) -> int:
        """Return how many segments of an unfinished video a model has finished."""
        return len(list(self.checkpoints(key).glob("*.safetensors")))

    def log(self, key: str) -> Path:
        """Return the file that takes what the tries of a request print."""
        return self.root / "logs" / f"{key}.log"

    def workspace(self, nonce: str) -> Path:
        """Return a new empty folder for an unfinished result, on the store's own file system."""
        folder = self.root / "tmp" / nonce
        folder.mkdir()
        return folder

    def publish(self, workspace: Path) -> str:
        """Move a finished workspace into the objects; return its digest.

        An equal object that is there already wins; one without its manifest is replaced.
        """
        return self.adopt(workspace, describe(workspace))

    def adopt(self, workspace: Path, manifest: Manifest) -> str:
        """Move a workspace that is known to be as its manifest says, as ``publish`` does."""
        manifest.write(workspace)
        sync_tree(workspace)
        while not _moved(workspace, self.object(manifest.digest)):
            if self.has(manifest.digest):
                remove(workspace)
                break
            self.discard(manifest.digest)
        return manifest.digest

    def discard(self, digest: str) -> None:
        """Remove an object: by a rename first, so that a kill in between leaves nothing half."""
        grave = self.root / "tmp" / uuid.uuid4().hex
        with suppress(FileNotFoundError):  # someone else was faster
            self.object(digest).rename(grave)
            remove(grave)

    def record(self, action: Action) -> None:
        """Write the action: from now on its key is done."""
        write_atomically(self.root / "actions" / f"{action.key}.json", canonical_json(action.as_json()))


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it.

    NFS keeps a file that a process of this machine has open, under another name: what is left then is rubbish.
    """
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
            raise


def _moved(workspace: Path, target: Path) -> bool:
    """Rename a folder, unless there is something at the target."""
    try:
        workspace.rename(target)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise
        return False
    return True
