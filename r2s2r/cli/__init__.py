"""The command line: one file per verb, imported when it is the one asked for."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from r2s2r import __version__
from r2s2r.errors import R2S2RError

# Each is a module of this package, with `add(verbs)` for its arguments and `run(args)`, which returns the exit code.
VERBS = ("new", "validate", "plan", "run", "path", "stage", "gc", "verify", "schema")

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 on failure, 2 for wrong input, 3 where the machine lacks something."""
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv).parse_args(argv)
    try:
        code: int = importlib.import_module(f"{__name__}.{args.verb}").run(args)
        sys.stdout.flush()
    except R2S2RError as error:
        sys.stderr.write(traceback.format_exc() if args.debug else f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return _INTERRUPTED
    except BrokenPipeError:  # Whoever read our output has gone; at exit, the interpreter must not flush into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


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
        importlib.import_module(f"{__name__}.{verb}").add(verbs)
    return parser


class _VerbParser(argparse.ArgumentParser):
    """The parser of a verb's own arguments, which may also be followed by ``--debug``."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"allow_abbrev": False, **options})  # type: ignore[arg-type]  # argparse's own, passed on
        self.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
