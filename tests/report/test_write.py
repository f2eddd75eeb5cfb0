"""A report as files."""

import json
import random
import threading
import time
from pathlib import Path

import pytest

from r2s2r.errors import StoreError
from r2s2r.report.write import write_report
from tests.report.conftest import Night, large_night, shot_of


def test_the_data_says_what_the_report_says(night: Night):
    large_night(night, 5, 3)
    night.gpu_hours = 40.0
    report = night.report()
    data = json.loads(night.page.with_name("index.json").read_bytes())
    assert data["format"] == 1
    assert data["totals"]["shots"] == report.totals.shots
    assert data["totals"]["gpu_hours_budget"] == 40.0
    assert [shot["state"] for shot in data["shots"]] == [shot.state for shot in report.shots]
    assert sum(data["totals"]["shots"].values()) == len(data["shots"]) == 15
    for shot in data["shots"]:
        assert all(0 <= index < len(data["failures"]) for index in shot["failures"])


def test_what_the_documents_name_is_in_the_data(night: Night):
    large_night(night, 5, 3)
    night.refused = (("a.yaml", "unknown key"),)
    night.report()
    data = json.loads(night.page.with_name("index.json").read_bytes())
    said = (Path(__file__).parents[2] / "docs" / "night-report.md").read_text(encoding="utf-8")
    fields = {*data, *data["totals"], *data["needs"][0], *data["shots"][0], *data["shots"][0]["nodes"][0],
              *data["failures"][0], *data["axis"], *data["slots"][0], *data["refused"][0]}  # fmt: skip
    assert [field for field in sorted(fields) if f"`{field}" not in said] == []


def test_a_report_is_whole_at_every_moment(night: Night):
    large_night(night, 60, 3)
    run_id = night.write()
    write_report(night.store, run_id)
    done = threading.Event()
    seen: list[str] = []

    def look() -> None:
        while not done.is_set():
            seen.append(night.page.read_text(encoding="utf-8").splitlines()[-1])
            json.loads(night.page.with_name("index.json").read_bytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(5):
            write_report(night.store, run_id)
    finally:
        done.set()
        watcher.join()
    assert set(seen) == {"</html>"}


def test_lines_that_are_torn_or_of_another_version_are_left_out(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.make_all(night.shots[0])
    run_id = night.write()
    path = night.store.root / "runs" / run_id / "events.jsonl"
    own = night.shots[0].nodes[8][1]
    odd = [
        b"\xff\xfe", b"{}", b"null", b"[1, 2]", b'{"at":1795467600.0,"recipe":"',
        b'{"at":"noon","recipe":"a","what":"done"}',
        b'{"at":NaN,"recipe":"a","what":"done"}',
        b'{"at":1e300,"recipe":"a","what":"done"}',
        b'{"at":-5,"recipe":"a","what":"done"}',
        b'{"at":1795467600,"recipe":["a"],"what":"done"}',
        b'{"at":1795467600,"recipe":"a","what":"done","seconds":"long"}',
        b'{"at":1795467600,"recipe":"a","what":"done","new":1}',
        b'{"at":1795467600,"recipe":"%s","what":"teleported"}' % own.encode(),
    ]  # fmt: skip
    path.write_bytes(b"\n".join([*odd, path.read_bytes(), *odd]))
    report, _ = write_report(night.store, run_id)
    assert [shot.state for shot in report.shots] == ["done"]


def test_a_journal_cut_anywhere_gives_a_report(night: Night):
    large_night(night, 4, 3)
    run_id = night.write()
    path = night.store.root / "runs" / run_id / "events.jsonl"
    whole = path.read_bytes()
    chance = random.Random(0)  # noqa: S311 - where it is cut
    for _ in range(20):
        path.write_bytes(whole[: chance.randrange(len(whole))])
        report, _ = write_report(night.store, run_id)
        assert len(report.shots) == 12


def test_a_run_without_a_journal_is_refused_with_words(night: Night):
    night.write()
    with pytest.raises(StoreError, match="no journal"):
        write_report(night.store, "20200101-000000-00000000")


def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(night: Night):
    run_id = night.write()
    night.out.mkdir()
    (night.out / "night").write_text("a file")
    with pytest.raises(StoreError, match="R2S2R_OUT"):
        write_report(night.store, run_id)


def test_a_scene_of_500_shots_is_reported(night: Night):
    large_night(night, 1, 500)
    assert len(night.report().shots) == 500


@pytest.mark.slow
def test_three_thousand_shots_take_seconds(night: Night):
    large_night(night, 1000, 3)
    run_id = night.write()
    began = time.process_time()
    report, data = write_report(night.store, run_id)
    assert time.process_time() - began < 10  # 2 s where it was measured alone
    assert len(report.shots) == 3000
    assert data.with_name("index.html").stat().st_size < 4_000_000
