"""What a person can do: what is equal is one, however many shots it is about."""

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence

from r2s2r.report.content import FailureReport, Need, RefusedScene, ShotReport, State
from r2s2r.report.times import duration

_EXAMPLES, _PATHS, _TITLE = 12, 4, 240
# What differs between messages that mean the same: digests, files, numbers.
_OWN = re.compile(r"[0-9a-f]{12,}|\S*/\S*|\d+(?:\.\d+)?")
_OF_SHOTS: tuple[State, ...] = ("failed", "cancelled", "put_off", "not_reached")

_ADVICE = {
    "input": "It comes from the scene or its files: until they are corrected, every night ends like this.",
    "missing": "A machine lacks what the message names.",
    "store": "The store or its disk could not be used: make room, or see to the disk.",
    "unexpected": "r2s2r did not expect this: what it printed last says where it happened.",
}
_TRY = "Try one alone, before the next night tries them all."
_AGAIN = "The next night with these scenes takes them up; what was made stays made."


def needs_of(
    shots: Sequence[ShotReport], failures: Sequence[FailureReport], refused: Sequence[RefusedScene]
) -> tuple[Need, ...]:
    """Return what is to be done, the most urgent first: scenes that were refused, then what concerns most shots."""
    found = [_refused(refused)] if refused else []
    for state in _OF_SHOTS:
        alike: dict[tuple[str, ...], list[ShotReport]] = defaultdict(list)
        for shot in shots:
            if shot.state == state:
                alike[_kind(shot, failures)].append(shot)
        found += [_need(state, group, failures) for group in sorted(alike.values(), key=len, reverse=True)]
    return tuple(found)


def _kind(shot: ShotReport, failures: Sequence[FailureReport]) -> tuple[str, ...]:
    """Return what shots share that need the same done."""
    if not shot.failures:
        return (_alike(shot.why, shot),)
    first = failures[shot.failures[0]]
    return (first.node.partition(":")[0], first.cause, _alike(first.message, shot))


def _alike(message: str, shot: ShotReport) -> str:
    own = re.compile(rf"\b(?:{re.escape(shot.scene)}|{re.escape(shot.shot)})\b")
    return _OWN.sub("#", own.sub("#", message.partition("\n")[0]))


def _refused(refused: Sequence[RefusedScene]) -> Need:
    paths = [scene.path for scene in refused]
    return Need(
        state="refused",
        title="could not be taken: their files are wrong",
        advice="Correct them; `validate` shows all that is wrong, with lines. The other scenes went on without them.",
        commands=(_words("r2s2r", "validate", *paths[:_PATHS]),),
        count=len(refused),
        examples=tuple(paths[:_EXAMPLES]),
    )


def _need(state: State, shots: Sequence[ShotReport], failures: Sequence[FailureReport]) -> Need:
    first = shots[0]
    failure = failures[first.failures[0]] if first.failures else None
    return Need(
        state=state,
        title=_title(first, failure),
        advice=_advice(state, shots, failure),
        commands=tuple(_commands(state, first, failure)),
        count=len(shots),
        examples=tuple(shot.label for shot in shots[:_EXAMPLES]),
        failure=first.failures[0] if first.failures else None,
    )


def _title(shot: ShotReport, failure: FailureReport | None) -> str:
    words = shot.why if failure is None else f"{failure.node.partition(':')[0]}: {failure.message}"
    line = words.partition("\n")[0]
    return line if len(line) <= _TITLE else f"{line[:_TITLE]}..."


def _advice(state: State, shots: Sequence[ShotReport], failure: FailureReport | None) -> str:
    if state == "put_off":
        expected = sum(shot.estimate_s or 0.0 for shot in shots)
        about = f" Together they are expected to take about {duration(expected)} of work." if expected else ""
        return f"{_AGAIN}{about}"
    if state in ("not_reached", "cancelled") or failure is None:
        return _AGAIN
    return f"{_ADVICE.get(failure.cause, '')} {_TRY if len(shots) > 1 else ''}".strip()


def _commands(state: State, shot: ShotReport, failure: FailureReport | None) -> Iterator[str]:
    """Yield what to type about the first shot: whether it goes now, and what it said."""
    if state != "failed" or failure is None:
        return
    if failure.log:
        yield _words("r2s2r", "logs", shot.path, shot.shot, failure.node)
    if failure.cause == "missing":
        yield _words("r2s2r", "doctor", shot.path, "--farm")
    if failure.cause == "store":
        yield _words("r2s2r", "gc", "--keep-days", "14")
    yield _words("r2s2r", "run", shot.path, "--shot", shot.shot, "--profile", shot.profile)


def _words(*words: str) -> str:
    return shlex.join(words)
