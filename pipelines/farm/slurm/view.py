"""Looks at the queue now and then; where nobody answers, ever more seldom."""

import logging
import time

from pipelines.farm.slurm.client import ANSWER_S, RefusedError, UnansweredError
from pipelines.farm.slurm.queue import Row, queued_rows

_LONGEST_PAUSE_S = 30.0
_log = logging.getLogger(__name__)


class View:
    """The queue as it was seen last. A controller that is down costs one call every half minute, and one warning."""

    def __init__(self, poll_s: float) -> None:
        self._poll_s, self._due, self._failures = poll_s, 0.0, 0

    def see_ends(self, kept_s: int) -> None:
        """Look often enough to see what ended, where the queue shows it for so long; 0: for ever."""
        if kept_s:
            self._poll_s = min(self._poll_s, kept_s / 2)

    def hurry(self) -> None:
        """Look at the next occasion."""
        if not self._failures:
            self._due = 0.0

    def look(self) -> list[Row] | None:
        """Return what stands in the queue; None when it is not yet time, or nobody answers."""
        if time.monotonic() < self._due:
            return None
        try:
            rows = queued_rows(min(ANSWER_S * (1 + self._failures), 4 * ANSWER_S))
        except (UnansweredError, RefusedError) as error:
            self._note_failure(error)
            return None
        if self._failures:
            _log.warning("Slurm answers again")
        self._failures, self._due = 0, time.monotonic() + self._poll_s
        return rows

    def _note_failure(self, error: Exception) -> None:
        if not self._failures:
            _log.warning("Slurm does not answer (%s); jobs go on, and it is asked again", error)
        self._failures += 1
        pause_s = min(self._poll_s * 2**self._failures, max(_LONGEST_PAUSE_S, self._poll_s))
        self._due = time.monotonic() + pause_s
