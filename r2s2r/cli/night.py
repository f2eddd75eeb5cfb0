"""``r2s2r night``: make what fits into the night, unattended, and report in the morning."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from r2s2r.cli.run_plans import end_on_signals, exit_code, workers
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from pipelines.night.night import Night
    from pipelines.night.window import Window

_MOST_HOURS = 1_000_000

EXAMPLE = "example: r2s2r night 'scenes/*.yaml' --window 22:00-07:00 --gpu-hours 40"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "night",
        help="make what fits into a night, unattended, and report in the morning",
        description="Make what is stale, by priority, then the shortest first, and start nothing that would pass the "
        "end of the window. Whatever is wrong is told at once and left out. Ends with a report, "
        "out/night/DATE/index.html. Exit: 0 all that was begun is done, 1 a shot failed or a scene is wrong, 2 nothing "
        "at all could be made, 3 this machine lacks something for all that is left.",
        epilog=EXAMPLE,
    )
    words = "scene files, or patterns in quotes, which are looked up anew each night"
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=words)
    _add_choice(parser)
    _add_limits(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be made, put off or written, and end")
    _add_schedule(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable results, on stdout")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shot", action="append", default=[], metavar="NAME", help="only this (may be repeated)")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="only shots with it (likewise)")
    parser.add_argument("--profile", metavar="NAME", help="which backends `auto` means (default: the project's)")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    words = "when to work, HH:MM-HH:MM by this machine's clock (default: the project's, else until all is done)"
    parser.add_argument("--window", type=_window, metavar="WINDOW", help=words)
    parser.add_argument("--now", action="store_true", help="do not wait for the window to begin; its end stays")
    words = "the most GPU hours to take (default: the project's, else any)"
    parser.add_argument("--gpu-hours", type=_hours, metavar="N", help=words)
    words = "where goes what runs a model, or all that is worth a job (default: the project's, else local)"
    parser.add_argument("--executor", choices=("local", "slurm"), help=words)
    words = "processes of this machine at once (default: one for each core)"
    parser.add_argument("--workers", type=workers, metavar="N", help=words)


def _add_schedule(parser: argparse.ArgumentParser) -> None:
    schedule = parser.add_mutually_exclusive_group()
    words = "from now on, do this each night: writes a systemd timer or a line of crontab, or queues a Slurm job"
    schedule.add_argument("--install", action="store_true", help=words)
    schedule.add_argument("--uninstall", action="store_true", help="do it no more")


def run(args: argparse.Namespace) -> int:
    """Make a night, say what it would do, or see to it that there is one each night."""
    if args.install or args.uninstall:
        from r2s2r.cli.night_schedule import schedule

        return schedule(args)
    if not args.scenes:
        raise InputError(f"name the scenes; {EXAMPLE}")
    return _foresee(args) if args.dry_run else _make(args)


def _make(args: argparse.Namespace) -> int:
    from pipelines.night.clock import SystemClock
    from pipelines.night.night import make_night
    from r2s2r.cli.night_json import outcome_json
    from r2s2r.cli.night_voice import TerminalVoice

    end_on_signals()
    voice = TerminalVoice()
    outcome = make_night(_night(args), voice, SystemClock())
    if args.json:
        _print_json(outcome_json(outcome))
    else:
        from r2s2r.cli.summary import show

        show(list(outcome.results))
    voice.refused(outcome.refused)  # once more, where people look
    if outcome.page is not None:
        sys.stderr.write(f"report: {outcome.page}\n")
    return 1 if outcome.refused else exit_code(list(outcome.results))


def _foresee(args: argparse.Namespace) -> int:
    from pipelines.night.clock import SystemClock
    from pipelines.night.night import foresee
    from r2s2r.cli.night_json import outlook_json
    from r2s2r.cli.night_voice import TerminalVoice, show_outlook

    outlook = foresee(_night(args), TerminalVoice(), SystemClock())
    if args.json:
        _print_json(outlook_json(outlook))
    else:
        show_outlook(outlook)
    outlook.check()
    return 1 if outlook.found.refused or outlook.unfit else 0


def _night(args: argparse.Namespace) -> Night:
    from pipelines.night.night import Night
    from pipelines.night.wish import Wish

    wish = Wish(tuple(args.scenes), args.profile, tuple(args.shot), tuple(args.tag))
    own = args.workers or os.cpu_count() or 1
    return Night(wish, args.window, args.gpu_hours, args.executor, own, at_once=args.now)


def _print_json(content: dict[str, object]) -> None:
    json.dump(content, sys.stdout, indent=1)
    sys.stdout.write("\n")


def _window(text: str) -> Window:
    from pipelines.night.window import Window

    try:
        return Window.parse(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours < _MOST_HOURS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of hours; give one above 0, such as 40 or 2.5")
    return hours
