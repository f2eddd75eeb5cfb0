"""The runs of a store, looked at again and again: those that go on, and the last one that does not."""

from collections.abc import Iterator

from r2s2r.artifacts.journal import latest_runs, read_journal
from r2s2r.artifacts.pulse import Pulse, Pulses
from r2s2r.artifacts.run_state import RunState
from r2s2r.artifacts.store import Store

_LATELY = 20


class WatchedRuns:
    """Reads of each run only what is new since the last look."""

    def __init__(self, store: Store) -> None:
        self.store, self._pulses = store, Pulses(store)
        self._states: dict[str, RunState] = {}

    def look(self, *, listen_s: float = 0.0) -> list[tuple[RunState, Pulse]]:
        """Return the runs, the latest first, with what is known of their drivers after listening so long at most."""
        ids, pulses = self._heard(listen_s)
        last = [run_id for run_id in ids if run_id not in pulses][:1]
        found = {run_id: self._state(run_id) for run_id in ids if run_id in pulses or run_id in last}
        self._states = {run_id: state for run_id, state in found.items() if state is not None}
        return [(state, pulses.get(run_id, "dead")) for run_id, state in self._states.items()]

    def unended(self, *, listen_s: float) -> Iterator[tuple[RunState, Pulse]]:
        """Yield the runs that go on, and those of the latest whose driver is gone without having ended them."""
        ids, pulses = self._heard(listen_s)
        for run_id in [run_id for number, run_id in enumerate(ids) if run_id in pulses or number < _LATELY]:
            state = self._state(run_id)
            if state is not None and state.ended is None:
                yield state, pulses.get(run_id, "dead")

    def _heard(self, listen_s: float) -> tuple[list[str], dict[str, Pulse]]:
        """Return the ids of all runs, and what is known of the drivers that are not dead."""
        ids = latest_runs(self.store)
        pulses = self._pulses.heard(self.store.run_leases().keys() & set(ids), for_s=listen_s)
        return ids, {run_id: pulse for run_id, pulse in pulses.items() if pulse != "dead"}

    def _state(self, run_id: str) -> RunState | None:
        if run_id in self._states:
            self._states[run_id].read()
            return self._states[run_id]
        run = read_journal(self.store, run_id)
        return None if run is None else RunState(self.store, run)
