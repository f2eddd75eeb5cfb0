"""The report as a page: one file, which asks nobody for anything."""

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from r2s2r.report.content import READY, STATES, NightReport, ShotReport
from r2s2r.report.times import duration

_PAGES = Path(__file__).parent / "pages"
# Of a state: what it is called, and its mark, for those who do not see colours.
_STATES = {
    "failed": ("failed", "✕"),
    "refused": ("refused", "⊘"),
    "cancelled": ("cancelled", "◼"),
    "put_off": ("put off", "❙❙"),
    "not_reached": ("not reached", "…"),
    "done": ("done", "✓"),
    "fresh": ("fresh", "="),
}
_LOGS = 200  # so many logs are on the page; all are in index.json


def page(report: NightReport) -> str:
    """Return the report as HTML."""
    style, script = ((_PAGES / name).read_text(encoding="utf-8") for name in ("night.css", "night.js"))
    rows = sorted(report.shots, key=lambda shot: STATES.index(shot.state))
    counts = {**report.totals.shots, "refused": report.totals.refused}
    return (
        _templates()
        .get_template("night.html")
        .render(
            report=report,
            totals=report.totals,
            style=Markup(style),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704
            policy=f"default-src 'none'; img-src 'self' file:; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
            states={state: (*said, counts[state]) for state, said in _STATES.items() if counts[state]},
            ready=sum(report.totals.shots[state] for state in READY),
            rows=rows,
            logs=_logs(rows),
        )
    )


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "because": _because, "clock": _clock, "day": _day, "duration": duration, "hours": _hours, "link": quote,
        "many": _many,
        "marked": _marked,
        "zone": _zone, "plain": _plain, "runs": _runs, "state": lambda state: _STATES[state],
    }  # fmt: skip
    return templates


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _logs(rows: Sequence[ShotReport]) -> dict[int, tuple[int, ...]]:
    """Return row -> failures whose logs are shown there: each once, with the first shot that has it."""
    owners: dict[int, int] = {}
    for row, shot in enumerate(rows):
        for failure in shot.failures:
            if len(owners) < _LOGS:
                owners.setdefault(failure, row)
    return {row: tuple(one for one, _ in found) for row, found in groupby(owners.items(), key=lambda pair: pair[1])}


def _plain(text: str) -> str:
    """Return text with what browsers drop or obey spelled out: control characters, turned writing, odd bytes."""
    return (
        "".join(
            f"\\u{ord(one):04x}" if unicodedata.category(one) in ("Cc", "Cf", "Cs") and one not in "\n\t\u200d" else one
            for one in text
        )
        if not text.isprintable()
        else text
    )


def _marked(text: str) -> Markup:
    """Return our own words with what stands between backticks as code."""
    parts = enumerate(_plain(text).split("`"))
    return Markup().join(Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in parts)


def _zone(iso: str) -> str:
    return f"UTC{iso[19:]}"


def _because(shot: ShotReport) -> str:
    """Return why a shot was made again, in a line: what all nodes say is said once."""
    reasons = [(one.node, one.because) for one in shot.nodes if one.because]
    said = {because for _, because in reasons}
    return said.pop() if len(said) == 1 else "; ".join(f"{node}: {because}" for node, because in reasons)


def _clock(iso: str) -> str:
    return iso[11:16]


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso[:10]):%A %-d %B %Y}"


def _hours(hours: float) -> str:
    return f"{hours:.2f}" if hours < 1 else f"{hours:.1f}" if hours < 100 else f"{hours:,.0f}"


def _many(number: int) -> str:
    return f"{number:,}"


def _runs(load: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (first part, parts, level 1 to 4) of each stretch of equal load; what is idle is left out."""
    stretches, first = [], 0
    for level, group in groupby(load, key=lambda share: -(-share // 25)):
        length = len(list(group))
        if level:
            stretches.append((first, length, level))
        first += length
    return stretches
