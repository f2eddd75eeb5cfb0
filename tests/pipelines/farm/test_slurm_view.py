"""How often the queue is looked at."""

import time

import pytest

from pipelines.farm.slurm import view
from pipelines.farm.slurm.view import View


def test_what_the_queue_soon_forgets_is_looked_for_in_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(view, "queued_rows", lambda seconds: [])
    often = View(poll_s=3600)
    often.see_ends(kept_s=1)
    assert often.look() == []
    time.sleep(0.6)
    assert often.look() == []
    seldom = View(poll_s=3600)
    seldom.see_ends(kept_s=0)
    assert seldom.look() == []
    time.sleep(0.6)
    assert seldom.look() is None
