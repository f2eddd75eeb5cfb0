"""The command line: one file per verb, imported when it is the one asked for."""

import argparse
import importlib
import io
import json
import keyword
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from gc import set_threshold
from types import ModuleType

from r2s2r import __version__
from r2s2r.cli.plain import plain
from r2s2r.errors import R2S2RError

# Each is a module of this package, with `add(verbs)` for its arguments and `run(args)`, which returns the exit code.
VERBS = (
    "new",
    "validate",
    "plan",
    "run",
    "night",
    "preview",
    "watch",
    "status",
    "logs",
    "cancel",
    "lift",
    "path",
    "diffuse",
    "export",
    "import",
    "stage",
    "gc",
    "verify",
    "doctor",
    "schema",
)

# What is loaded and planned is no garbage: looking for it at Python's own pace is a third of a large plan's time.
_BEFORE_COLLECTION = 200_000

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 on failure, 2 for wrong input, 3 where the machine lacks something."""
    argv = sys.argv[1:] if argv is None else argv
    set_threshold(_BEFORE_COLLECTION)
    _prepare_streams()
    args = _parser(argv).parse_args(argv)
    try:
        code: int = _module(args.verb).run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        _close_output()
        return _BROKEN_PIPE
    except R2S2RError as error:
        return _failed(args, str(error), error.exit_code)
    except OSError as error:
        _close_output()
        return _failed(args, _os_words(error), R2S2RError.exit_code)
    return code


def _prepare_streams() -> None:
    """Make sure that there is an output, and that letters which its encoding lacks are spelled out."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _close_output() -> None:
    """Let go of an output that may not take what is left for it: at exit, the interpreter must not flush into it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(args: argparse.Namespace, message: str, exit_code: int) -> int:
    """Say why a command failed, as JSON too where that was asked for; return its exit code."""
    _say(traceback.format_exc().rstrip("\n") if args.debug else message)
    if getattr(args, "json", False):
        with suppress(OSError):
            sys.stdout.write(json.dumps({"shots": [], "error": message}, indent=1) + "\n")
            sys.stdout.flush()
    return exit_code


def _say(message: str) -> None:
    with suppress(OSError):  # nobody listens: the exit code has to do
        print(plain(message), file=sys.stderr, flush=True)  # noqa: T201 - unlike write, it takes a closed stderr


def _os_words(error: OSError) -> str:
    names = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    reason = error.strerror or str(error) or type(error).__name__
    return f"{names}: {reason}" if names else f"the system refused: {reason} (--debug shows where)"


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="r2s2r",
        description="Makes shots from real footage: lifts it to 3D, edits it, renders it, turns it back into video.",
        epilog="example: r2s2r validate scenes/bunny.yaml; every verb has its own --help.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"r2s2r {__version__}")
    parser.add_argument("--debug", action="store_true", help="on an error, show where in the code it was raised")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_VerbParser)
    asked_for = next((word for word in argv if word in VERBS), None)
    for verb in VERBS if asked_for is None else (asked_for,):
        _module(verb).add(verbs)
    return parser


def _module(verb: str) -> ModuleType:
    """Return a verb's module; one whose name is a word of Python has an underscore after it."""
    return importlib.import_module(f"{__name__}.{verb}{'_' if keyword.iskeyword(verb) else ''}")


class _VerbParser(argparse.ArgumentParser):
    """The parser of a verb's own arguments, which may also be followed by ``--debug``."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"allow_abbrev": False, **options})  # type: ignore[arg-type]  # argparse's own, passed on
        self.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
