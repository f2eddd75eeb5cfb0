"""Checks on the terminal, and the exit code they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.errors import InputError, MissingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.doctor import Check

_COLOURS = {"ok": "green", "warning": "yellow", "missing": "red", "wrong": "red"}


def show_checks(checks: Iterable[Check]) -> None:
    """Print a line for each check, however long: what is advised in it is to be copied."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, emoji=False)
    for check in checks:
        state = f"[{_COLOURS[check.state]}]{check.state:8}[/]"
        console.print(f"{state}{check.area:9} {escape(plain(f'{check.name}: {check.said}'))}", soft_wrap=True)


def exit_code(checks: Iterable[Check]) -> int:
    """Return 2 where something is wrong, else 3 where something is missing, else 0."""
    states = {check.state for check in checks}
    if "wrong" in states:
        return InputError.exit_code
    return MissingError.exit_code if "missing" in states else 0
