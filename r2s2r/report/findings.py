"""What a person should know of what was made: the sentences that artefacts state about themselves."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from r2s2r.artifacts.facts import FACTS
from r2s2r.artifacts.journal import JournalShot
from r2s2r.artifacts.store import Store
from r2s2r.report.failures import shortened
from r2s2r.report.work import Work

_THREADS = 16  # a shared store answers slowly, but many at once
_PORTION = 64
_LONGEST = 500


def findings_of(shots: Iterable[JournalShot], work: Work, store: Store) -> dict[str, tuple[str, ...]]:
    """Return recipe -> findings, each with its node's name, of all that a night made and that has some."""
    names = {recipe: name for shot in shots for name, recipe, _, _ in shot.nodes}
    made = [
        (recipe, work.nodes[recipe].key)
        for recipe in names
        if recipe in work.nodes and work.nodes[recipe].last == "done" and work.nodes[recipe].was_begun
    ]
    portions = [made[first : first + _PORTION] for first in range(0, len(made), _PORTION)]
    with ThreadPoolExecutor(_THREADS) as readers:
        found = readers.map(lambda portion: [(recipe, _findings(store, key)) for recipe, key in portion], portions)
        return {
            recipe: tuple(f"{names[recipe]}: {shortened(finding, _LONGEST)}" for finding in findings)
            for portion in found
            for recipe, findings in portion
            if findings
        }


def _findings(store: Store, key: str) -> tuple[str, ...]:
    action = store.action(key)
    if action is None:
        return ()
    try:
        facts = json.loads((store.object(action.result) / FACTS).read_bytes())
        return tuple(str(finding) for finding in facts["findings"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # `verify` finds what is damaged
