"""``r2s2r logs``."""

import threading
import time

import pytest

from r2s2r.artifacts.lease import hold
from tests.runs import left, living, note, recipe, run_of, shots


@pytest.fixture
def made(store):
    """A run of two shots that ended, with logs of ``footage`` and of orbit's ``edit``."""
    keys = {"footage": "a" * 64, "edit": "b" * 64}
    with living(store, run_of(shots("orbit", "hop"))) as journal:
        note(journal, recipe("tiny", "footage"), "running", "done", key=keys["footage"])
        note(journal, recipe("tiny", "orbit", "edit"), "running", "failed", key=keys["edit"], message="no floor\nsee")
        for name, key in keys.items():
            (store.root / "logs" / f"{key}.log").write_text("".join(f"{name} line {line}\n" for line in range(100)))
    return keys


def test_logs_of_a_scene_are_shown_with_what_has_none(r2s2r, made):
    ended = r2s2r("logs", "tiny", "--lines", "2")
    assert ended.code == 0
    head, *rest = ended.out.splitlines()
    assert head.startswith("== tiny footage: ")
    assert head.endswith(f"logs/{made['footage']}.log")
    assert rest[:2] == ["footage line 98", "footage line 99"]
    assert "== tiny/hop render: no log: it was not begun yet" in rest
    assert "edit line 99" in rest


@pytest.mark.parametrize("driver", [living, left])
def test_of_a_night_that_waits_or_waited_there_are_no_logs_so_the_run_before_it_is_shown(r2s2r, made, store, driver):
    shown = r2s2r("logs", "tiny").out
    with driver(store, run_of(shots("orbit", "hop"), "z", kind="waiting", started=time.time() + 60)):
        assert r2s2r("logs", "tiny").out == shown
    assert r2s2r("logs", "tiny").out == shown
    assert "footage line 99" in shown


def test_shot_and_node_narrow_it(r2s2r, made):
    ended = r2s2r("logs", "tiny", "orbit", "edit", "--lines", "0")
    assert ended.out.count("\n") == 101
    assert "footage" not in ended.out
    ended = r2s2r("logs", "tiny", "hop", "render")
    assert ended.code == 1
    assert ended.out == "== tiny/hop render: no log: it was not begun yet\n"


def test_a_log_is_found_by_the_first_digits_of_its_key(r2s2r, made):
    ended = r2s2r("logs", "bbbbbb", "--lines", "1")
    assert ended.code == 0
    assert ended.out.splitlines()[1:] == ["edit line 99"]


@pytest.mark.parametrize("words", [("nothing",), ("abcdef",), ("tiny", "pan"), ("tiny", "orbit", "fly")])
def test_what_is_not_there_is_wrong_input(r2s2r, made, words):
    ended = r2s2r("logs", *words)
    assert ended.code == 2
    assert words[-1] in ended.err


def test_escape_codes_and_redrawn_bars_are_made_safe(r2s2r, made, store):
    (store.root / "logs" / f"{made['edit']}.log").write_bytes(
        b"\x1b[31mred\x1b[0m\n 1%|\r50%|\r99%|#\r\n\x1b]0;title\x07\xff\nno end"
    )
    ended = r2s2r("logs", "tiny", "orbit", "edit")
    assert ended.out.splitlines()[1:] == ["red", "99%|#", "\\x1b]0;title\\x07\\\\xff".replace("\\\\", "\\"), "no end"]


def test_following_ends_with_the_node_and_shows_all_of_it(r2s2r, store):
    run, key = run_of(shots("orbit")), "c" * 64
    path = store.root / "logs" / f"{key}.log"

    def work(journal):
        note(journal, recipe("tiny", "footage"), "done", key="d" * 64)
        time.sleep(0.7)
        with hold(store.lease_folder(key)):
            note(journal, recipe("tiny", "orbit", "edit"), "running", key=key)
            for number in range(3):
                with path.open("a") as file:
                    file.write(f"step {number}\n")
                time.sleep(0.4)
        note(journal, recipe("tiny", "orbit", "edit"), "done", key=key)

    with living(store, run) as journal:
        worker = threading.Thread(target=work, args=(journal,))
        worker.start()
        ended = r2s2r("logs", "tiny", "orbit", "edit", "--follow")
        worker.join()
    assert ended.code == 0
    assert ended.out.splitlines()[1:] == ["step 0", "step 1", "step 2"]


def test_following_what_has_ended_returns_at_once(r2s2r, made):
    began = time.monotonic()
    assert r2s2r("logs", "tiny", "orbit", "--follow").code == 0
    assert time.monotonic() - began < 30
