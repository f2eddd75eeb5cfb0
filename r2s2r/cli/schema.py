"""``r2s2r schema``: JSON Schemas of the YAML files, for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.errors import InputError

if TYPE_CHECKING:
    import argparse

EXAMPLE = "example: r2s2r schema --write"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "schema",
        help="print the JSON Schema of scene files, for editors",
        description="Print the JSON Schema of one kind of file, for editors to complete and check it by, or write all.",
        epilog=EXAMPLE,
    )
    kinds = ("scene", "project", "entities")
    parser.add_argument("kind", nargs="?", choices=kinds, default="scene", help="which kind of file (default: scene)")
    parser.add_argument("--write", action="store_true", help="write all of them into a folder instead")
    parser.add_argument("--folder", type=Path, default=Path("schemas"), help="where to (default: schemas)")


def run(args: argparse.Namespace) -> int:
    """Print one schema or write all."""
    from r2s2r.spec.schema import schema_text, write_schemas

    if not args.write:
        sys.stdout.write(schema_text(args.kind))
        return 0
    try:
        files = write_schemas(args.folder)
    except OSError as error:
        raise InputError(f"{args.folder}: cannot write schemas there: {error.strerror}") from error
    sys.stdout.writelines(f"wrote {file}\n" for file in files)
    return 0
