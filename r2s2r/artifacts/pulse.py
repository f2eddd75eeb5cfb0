"""Pulse: whether the drivers of runs live, seen from any machine, without waiting for those that do not."""

import time
from collections.abc import Collection
from typing import Literal

from r2s2r.artifacts.lease import BEAT_S, Witness, holders
from r2s2r.artifacts.store import Store

Pulse = Literal["alive", "silent", "dead"]
"""Of a driver: its beat was seen to move; it was not yet, and on another machine that may be for a minute; gone."""


class Pulses:
    """Watches drivers by the leases of their runs; the longer it is asked, the more it knows."""

    def __init__(self, store: Store) -> None:
        self._store, self._witness = store, Witness()
        self._first_beats: dict[str, int] = {}

    def of(self, run_id: str) -> Pulse:
        """Return what is known of a run's driver by now."""
        found = holders(self._store.run_lease(run_id))
        living = [holder for holder in found if not self._witness.is_dead(holder)]
        if not living:
            return "dead"
        moved = any(self._first_beats.setdefault(one.nonce, one.beat) != one.beat for one in living)
        return "alive" if moved else "silent"

    def heard(self, run_ids: Collection[str], *, for_s: float) -> dict[str, Pulse]:
        """Return the pulse of each run, after listening no longer than so many seconds."""
        until = time.monotonic() + for_s
        while True:
            found = {run_id: self.of(run_id) for run_id in run_ids}
            if "silent" not in found.values() or time.monotonic() > until:
                return found
            time.sleep(BEAT_S / 5)
