"""The second level of a store: a bucket with the results of every machine that writes to it.

    actions/<key>-<digest>.json     that a finished request gave this object
    objects/<digest>.tar            the object

An action's name says what it says, so one listing tells a plan all it needs. An object is written before its action.
Only the driver talks to the bucket: what a stage needs is in the store's folder when it starts.
"""

import logging
import re
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.remote import AbsentError, Bucket, CorruptError, RemoteError
from r2s2r.artifacts.remote_pack import pack, unpack
from r2s2r.artifacts.store import Store

_NAME = re.compile(r"([0-9a-f]{64})-([0-9a-f]{64})\.json")
_ACTION = TypeAdapter(Action)
_ACTION_BYTES = 16 << 20
_TRIES = 2
_PAUSE_S = 60.0
_log = logging.getLogger(__name__)


class SecondLevel:
    """What the bucket has. Safe to use from several threads.

    When it does not answer, that is said once, and it is left alone for a minute.
    """

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._lock = threading.Lock()
        self._results: dict[str, str] | None = None
        self._replaced: set[str] = set()  # names that something bad was found under
        self._off_until = 0.0
        self._was_told = False

    def action(self, request: Request) -> Action | None:
        """Return the finished action of a request that is in the bucket, as far as its name tells: what came out."""
        result = self._listed().get(request.key)
        return None if result is None else Action(request.key, request, result, 0.0, "", "", {})

    def has(self, key: str) -> bool:
        """Whether the bucket has a key's action, as far as its listing tells."""
        return key in self._listed()

    def fetch(self, store: Store, request: Request) -> bool:
        """Bring a request's action and object into the store's folder; return whether they are there.

        What is corrupt is asked for once more, then removed from the bucket. What cannot be had is as if it never was:
        it has to be made. Raises StoreError when the folder cannot be written.
        """
        if not store.exists():
            store.prepare()
        with store.explained(), hold(store.lease_folder(request.key)):
            for attempt in range(_TRIES):
                result = self._listed().get(request.key)
                if result is None or store.action(request.key) is not None:
                    break
                try:
                    self._bring(store, request, result)
                except RemoteError as error:
                    self._was_bad(request.key, result, error, is_last=attempt + 1 == _TRIES)
            return store.action(request.key) is not None

    def write_back(self, store: Store, action: Action) -> None:
        """Write a finished action and its object to the bucket, unless they are there.

        Raises RemoteError, or StoreError when the object is damaged here.
        """
        name, of_object = f"actions/{action.key}-{action.result}.json", f"objects/{action.result}.tar"
        if self.has(action.key):
            return
        # Of the drivers that share a store, one writes.
        with hold(store.lease_folder(f"remote-{action.key}")), self._asking():
            if of_object in self._replaced or not self.bucket.has(of_object):
                with self.bucket.writing(of_object) as out:
                    pack(store.object(action.result), out)
            if name in self._replaced or not self.bucket.names("actions", prefix=action.key):
                # Where its files lie is of no use elsewhere.
                told = replace(action, request=replace(action.request, files={}, tools={}))
                with self.bucket.writing(name) as out:
                    out.write(canonical_json(told.as_json()))
        self._replaced -= {name, of_object}
        self._listed()[action.key] = action.result

    def _bring(self, store: Store, request: Request, result: str) -> None:
        with self._asking():
            action = self._read_action(request, result)
            if not store.has(result):
                workspace = store.workspace(f"remote-{uuid.uuid4().hex}")
                try:
                    with self.bucket.reading(f"objects/{result}.tar") as arriving:
                        manifest = unpack(arriving, result, workspace)
                    store.adopt(workspace, manifest)
                finally:
                    shutil.rmtree(workspace, ignore_errors=True)
            store.record(action)

    def _read_action(self, request: Request, result: str) -> Action:
        """Return an action as it is in the bucket, with this machine's own request."""
        with self.bucket.reading(f"actions/{request.key}-{result}.json") as file:
            data = file.read(_ACTION_BYTES)
        try:
            action = _ACTION.validate_json(data)
        except (ValidationError, RecursionError) as error:
            raise CorruptError("its action cannot be read") from error
        if (action.key, action.request.key, action.result) != (request.key, request.key, result):
            raise CorruptError("its action is another's")
        return replace(action, request=request)

    def _was_bad(self, key: str, result: str, error: RemoteError, *, is_last: bool) -> None:
        match error:
            case CorruptError() if not is_last:
                _log.warning("%s: result %s: %s; asked for once more", self.bucket.url, result[:12], error)
            case CorruptError() | AbsentError():
                said = "is missing" if isinstance(error, AbsentError) else f"is corrupt ({error})"
                _log.warning("%s: result %s %s; removed there, and made again", self.bucket.url, result[:12], said)
                self._listed().pop(key, None)
                self._remove(key, result)
            case _:
                self._listed().pop(key, None)

    def _remove(self, key: str, result: str) -> None:
        for name in (f"actions/{key}-{result}.json", f"objects/{result}.tar"):
            self._replaced.add(name)
            try:
                with self._asking():
                    self.bucket.remove(name)
            except RemoteError as error:
                _log.warning("%s; %s stays until its result is written back", error, name)

    def _listed(self) -> dict[str, str]:
        """Return key -> result of all actions in the bucket when it was first asked for; of several, the first."""
        with self._lock:
            if self._results is None:
                self._results = {}
                try:
                    with self._asking():
                        names = self.bucket.names("actions")
                except RemoteError:
                    return self._results  # it was told
                found = (_NAME.fullmatch(name) for name in sorted(names, reverse=True))
                self._results = {match[1]: match[2] for match in found if match}
            return self._results

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the bucket for something, unless it was out of reach a moment ago."""
        if time.monotonic() < self._off_until:
            raise RemoteError(f"{self.bucket.url}: was out of reach a moment ago")
        try:
            yield
        except (CorruptError, AbsentError):
            raise
        except RemoteError as error:
            self._off_until = time.monotonic() + _PAUSE_S
            if not self._was_told:
                self._was_told = True
                _log.warning("%s; going on without it: results are made here, and kept here", error)
            raise
