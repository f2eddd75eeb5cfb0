"""Write back: what a run has made, and what earlier ones could not, goes into the bucket beside the work.

No shot fails on it. The run waits for it at its end; what could not be written is said, and the next run writes it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from pipelines.crew import Crew
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan
from r2s2r.artifacts.remote import RemoteError
from r2s2r.artifacts.remote_level import SecondLevel

_AT_ONCE = 4
_SOON_S = 3.0
_log = logging.getLogger(__name__)


class WriteBack:
    """Writes results of nodes back, in threads of the driver."""

    def __init__(self, ledger: Ledger, second: SecondLevel, crew: Crew) -> None:
        self._ledger, self._second, self._crew = ledger, second, crew
        self._lock = threading.Lock()
        self._waiting = self._left = 0

    def offer(self, node: Node) -> None:
        """Have a node's result written back, if it is here and not in the bucket."""
        with self._lock:
            self._waiting += 1
        self._crew.give(lambda: self._write(node))

    def wait(self) -> None:
        """Wait until all is written, or could not be; say what could not."""
        soon = time.monotonic() + _SOON_S
        while self._waiting:
            time.sleep(0.02)
            if soon and time.monotonic() > soon:
                soon = 0.0
                _log.warning(
                    "%s: %d results are still to be written; Ctrl-C leaves them to the next run",
                    self._second.bucket.url,
                    self._waiting,
                )
        if self._left:
            _log.warning(
                "%s: %d results could not be written; the next run does that", self._second.bucket.url, self._left
            )

    def _write(self, node: Node) -> None:
        try:
            known = self._ledger.action(node)
            if known is not None and not self._second.has(known.key):
                action = self._ledger.store.action(known.key)  # as it was made, if it is here
                if action is not None:
                    self._second.write_back(self._ledger.store, action)
        except Exception as error:  # noqa: BLE001 - no shot fails on it, and a silent thread would be waited for
            with self._lock:
                self._left += 1
            if not isinstance(error, RemoteError):  # of the bucket it is said once
                _log.warning("%s: cannot be written back: %s", node.name, str(error) or type(error).__name__)
        finally:
            with self._lock:
                self._waiting -= 1


@contextmanager
def written_back(plans: Iterable[ShotPlan], ledger: Ledger) -> Iterator[Callable[[Node], None]]:
    """Open the way back; yields what is told of each node that was made. What was made before goes first."""
    if ledger.store.second is None:
        yield lambda _: None
        return
    crew = Crew("write-back", _AT_ONCE)
    back = WriteBack(ledger, ledger.store.second, crew)
    for node in {one.node.recipe: one.node for plan in plans for one in plan.nodes if one.state == "fresh"}.values():
        back.offer(node)
    try:
        yield back.offer
        back.wait()
    finally:
        crew.dismiss()
