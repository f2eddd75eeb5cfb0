"""``r2s2r gc``."""

import json
import os
import time

import pytest

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.store import Store


@pytest.fixture
def store(folder):
    """A store with a result of a thousand bytes that was not used for fifty days."""
    store = Store(folder / ".r2s2r")
    store.prepare()
    (store.workspace("n") / "data").write_bytes(b"x" * 1000)
    request = Request("edit", 1, "curves", {}, {})
    digest = store.publish(store.root / "tmp" / "n")
    store.record(Action(request.key, request, digest, 1.0, "2026-01-01T00:00:00+00:00", "host", {}))
    then = time.time() - 50 * 24 * 3600
    os.utime(store.root / "actions" / f"{request.key}.json", (then, then))
    return store


def test_a_dry_run_says_the_numbers_of_the_real_one(r2s2r, store):
    would = json.loads(r2s2r("gc", "--keep-days", "30", "--dry-run", "--json").out)
    done = json.loads(r2s2r("gc", "--keep-days", "30", "--json").out)
    assert would == {**done, "dry_run": True}
    assert (done["objects"], done["freed"], done["kept"]) == (1, 1000, 0)


def test_without_options_what_is_under_three_months_old_stays(r2s2r, store):
    ended = r2s2r("gc")
    assert ended.code == 0
    assert "removed 0 results (0.0 MB), 0 left-overs and 0 old notes; 1 results (0.0 MB) stay" in ended.out


def test_where_there_is_no_store_nothing_is_made(r2s2r, folder):
    assert "there is no store yet" in r2s2r("gc").out
    assert json.loads(r2s2r("gc", "--json").out)["store"] == str(folder / ".r2s2r")
    assert not (folder / ".r2s2r").exists()


@pytest.mark.parametrize("words", [("gc", "--keep-days", "30"), ("status", "--once"), ("verify",)])
def test_a_folder_that_is_not_there_is_not_taken_for_one_beside_it(r2s2r, store, words):
    ended = r2s2r(*words, "elsewhere")
    assert ended.code == 2
    assert ended.err == "elsewhere: no such folder; name one of the project, or none for the current one\n"
    assert list((store.root / "actions").iterdir())


@pytest.mark.parametrize("words", [("--keep-days", "-1"), ("--keep-days", "soon"), ("--max-size", "much")])
def test_what_is_no_number_is_refused(r2s2r, folder, words):
    with pytest.raises(SystemExit) as ended:
        r2s2r("gc", *words)
    assert ended.value.code == 2
