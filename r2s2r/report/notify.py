"""Notify: tell that a night has ended. Whatever goes wrong with that is told, and never fails the night."""

import json
import logging
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from r2s2r import __version__
from r2s2r.report.content import READY, NightReport
from r2s2r.spec.night import NightSpec

_WEBHOOK_S = 10.0
_COMMAND_S = 60.0
_LAST_WORDS = 4000
_log = logging.getLogger(__name__)


def notify(spec: NightSpec, report: NightReport, data: Path) -> tuple[str, ...]:
    """Tell whom the project file names.

    Args:
        spec: Who is told.
        report: Of the night.
        data: Path of its ``index.json``.

    Returns:
        What went wrong, in words.
    """
    troubles = []
    if spec.webhook is not None:
        troubles.append(_post(spec.webhook, summary(report, data)))
    if spec.command:
        troubles.append(_call((*spec.command, str(data))))
    return tuple(trouble for trouble in troubles if trouble)


def summary(report: NightReport, data: Path) -> dict[str, Any]:
    """Return what a webhook is sent; ``text`` is what chat programs show."""
    shots = report.totals.shots
    ready = sum(shots[state] for state in READY)
    others = {**shots, "refused": report.totals.refused}
    said = [f"{count} {state.replace('_', ' ')}" for state, count in others.items() if count and state not in READY]
    return {
        "night": report.night,
        "text": f"Night of {report.night}: {', '.join([f'{ready} of {sum(shots.values())} shots ready', *said])}",
        "shots": shots,
        "refused": report.totals.refused,
        "gpu_hours": report.totals.gpu_hours,
        "seconds": report.totals.seconds,
        "trouble": report.trouble,
        "needs": [{"state": need.state, "title": need.title, "count": need.count} for need in report.needs[:20]],
        "report": str(data),
    }


class _NoRedirects(HTTPRedirectHandler):
    """What is sent goes to the address that was written down, and to no other."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        """Follow none."""


def _post(address: str, content: dict[str, Any]) -> str:
    """Send JSON; return what went wrong. The address is not repeated in full: it often holds a password."""
    where = f"night.webhook at {urlsplit(address).hostname}"
    headers = {"Content-Type": "application/json", "User-Agent": f"r2s2r/{__version__}"}
    try:
        asked = Request(address, json.dumps(content).encode(), headers, method="POST")  # noqa: S310 - the spec allows only http(s)
        with build_opener(_NoRedirects).open(asked, timeout=_WEBHOOK_S):
            return ""
    except HTTPError as error:
        with error:
            hint = "; redirects are not followed" if 300 <= error.code < 400 else ""
            return f"{where} answered {error.code} {error.reason}{hint}"
    except (URLError, OSError, HTTPException, ValueError) as error:
        return f"{where} could not be told: {getattr(error, 'reason', None) or error or type(error).__name__}"


def _call(words: Sequence[str]) -> str:
    """Run a program; return what went wrong. What it prints goes to the log."""
    with tempfile.TemporaryFile() as said:  # and not a pipe, which a program it leaves behind would hold open
        try:
            program = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )
        except (OSError, ValueError) as error:
            return f"night.command {words[0]} cannot be run: {getattr(error, 'strerror', None) or error}"
        try:
            code: int | None = program.wait(_COMMAND_S)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if program.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
                program.wait()
        _tell(words[0], said)
    if code is None:
        return f"night.command {words[0]} took longer than {_COMMAND_S:g} s and was ended"
    return f"night.command {words[0]} ended with {code}" if code else ""


def _tell(program: str, said: IO[bytes]) -> None:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _LAST_WORDS))
    for line in said.read().decode(errors="replace").splitlines():
        _log.info("%s: %s", program, line)
