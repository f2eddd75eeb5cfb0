"""Who is told of a night's end, and what happens when that goes wrong."""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from r2s2r.report import notify as notifying
from r2s2r.report.notify import notify
from r2s2r.report.write import write_report
from r2s2r.spec.night import NightSpec
from tests.report.conftest import Night, shot_of


class Listener(ThreadingHTTPServer):
    """A server on this machine that keeps what it is sent."""

    def __init__(self, code: int, headers: dict[str, str]) -> None:
        self.got: list[tuple[str, str, bytes]] = []
        self.code, self.headers = code, headers
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    server: Listener

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.got.append((self.command, self.path, body))
        self.send_response(self.server.code)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_POST = _answer  # noqa: N815 - the standard library's names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def listening(code: int = 200, **headers: str) -> Iterator[Listener]:
    with Listener(code, headers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent to this machine stays on it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def told(night: Night, **spec: Any) -> tuple[str, ...]:
    night.shots = [shot_of("bunny", "hop"), shot_of("fox", "still", put_off="no time")]
    night.make_all(night.shots[0])
    return notify(NightSpec(**spec), *write_report(night.store, night.write()))


def test_a_webhook_gets_a_summary_as_json(night: Night):
    with listening() as server:
        assert told(night, webhook=f"http://127.0.0.1:{server.server_port}/hook?key=1") == ()
    ((method, path, body),) = server.got
    assert (method, path) == ("POST", "/hook?key=1")
    said = json.loads(body)
    assert said["text"] == "Night of 2026-11-23: 1 of 2 shots ready, 1 put off"
    assert said["shots"]["done"] == 1
    assert said["needs"][0]["count"] == 1
    assert Path(said["report"]).is_file()


def test_an_answer_that_is_no_success_is_told_without_the_address_secrets(night: Night):
    with listening(500) as server:
        (trouble,) = told(night, webhook=f"http://127.0.0.1:{server.server_port}/secret")
    assert "500" in trouble
    assert "secret" not in trouble


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/x", "/elsewhere"])
def test_redirects_are_not_followed(night: Night, code: int, target: str):
    with listening(code, Location=target) as server:
        (trouble,) = told(night, webhook=f"http://127.0.0.1:{server.server_port}/")
    assert "redirects are not followed" in trouble
    assert len(server.got) == 1


def test_nobody_there_is_told(night: Night):
    with listening() as server:
        port = server.server_port
    (trouble,) = told(night, webhook=f"http://127.0.0.1:{port}/")
    assert "could not be told" in trouble


def test_a_server_that_never_answers_is_given_up(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notifying, "_WEBHOOK_S", 0.3)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:  # accepts, and says nothing
        (trouble,) = told(night, webhook=f"http://127.0.0.1:{silent.server_port}/")
    assert "timed out" in trouble


@pytest.mark.parametrize("address", ["http://", "http://[", "http://127.0.0.1:99999/", "http://x y/", "http://\u202e/"])
def test_an_address_that_is_none_is_told(night: Night, address: str):
    with suppress(ValueError):  # what the spec refuses need not be told
        (trouble,) = told(night, webhook=address)
        assert "night.webhook" in trouble


def test_a_command_gets_the_path_of_the_data_and_its_output_is_logged(night: Night, caplog: pytest.LogCaptureFixture):
    program = "import json, sys; print('night', json.load(open(sys.argv[1]))['night'])"
    with caplog.at_level(logging.INFO):
        assert told(night, command=(sys.executable, "-c", program)) == ()
    assert "night 2026-11-23" in caplog.text


def test_a_command_that_fails_or_is_not_there_is_told(night: Night):
    (failed,) = told(night, command=(sys.executable, "-c", "raise SystemExit(7)"))
    (absent,) = told(night, command=("/no/such/program",))
    assert "ended with 7" in failed
    assert "No such file" in absent


def test_a_command_that_never_ends_is_ended_with_what_it_started(
    night: Night, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(notifying, "_COMMAND_S", 1.0)
    child = tmp_path / "child"
    began = time.monotonic()
    (trouble,) = told(night, command=("sh", "-c", f"sleep 60 & echo $! > '{child}'; wait"))
    assert "was ended" in trouble
    assert time.monotonic() - began < 40
    assert is_gone(int(child.read_text()))


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
