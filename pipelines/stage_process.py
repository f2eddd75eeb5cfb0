"""Stage process: what ``r2s2r stage`` does with each key, on a model that stays loaded for the next one."""

import re
from collections.abc import Callable

from pipelines.build import asked, build
from pipelines.failure import explanation
from pipelines.failure_file import tell, told
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.stop import Stop
from r2s2r.artifacts.store import Store
from r2s2r.errors import MissingError, StoppedError
from r2s2r.models.gpu_fault import is_gpu_broken
from r2s2r.models.kept import KeptModel


class StageProcess:
    """Builds requests one after the other.

    Attributes:
        exit_code: The worst so far; 75 when it was asked to stop.
        is_spent: It is of no more use: its GPU is broken, or why a request failed could only be told by its end.
    """

    def __init__(self, store: Store, stop: Stop, *, say: Callable[[str], None]) -> None:
        self._store, self._stop, self._say = store, stop, say
        self._kept = KeptModel()
        self.exit_code = 0
        self.is_spent = False

    def build(self, key: str) -> None:
        """Build a request, unless there was a stop; tell of the outcome."""
        try:
            build(self._store, self._asked(key), stop=self._stop, kept=self._kept)
        except Exception as error:  # noqa: BLE001 - it is told, and the next key has nothing to do with it
            explained = explanation(error)
            self.exit_code = max(self.exit_code, explained["exit_code"])
            self._say(f"{key}: {explained['message']}")
            self.is_spent = self.is_spent or is_gpu_broken() or told(self._store, key) is None
        else:
            self._say(f"{key}: done")

    def _asked(self, key: str) -> Request:
        try:
            if self._stop():
                raise StoppedError("stopped as asked, before it was begun")
            if is_gpu_broken():
                raise MissingError("the GPU failed at an earlier request of this process; run again")
            return asked(self._store, key)
        except Exception as error:
            if re.fullmatch(r"[0-9a-f]{64}", key):  # it names a file
                tell(self._store, key, error)
            raise
