"""``r2s2r schema``: JSON Schemas of the YAML files, for editors, and the reference of the language, for people."""

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
        description="Print the JSON Schema of one kind of file, for editors to complete and check it by, or the "
        "reference of the scene language, for people; or write all of them.",
        epilog=EXAMPLE,
    )
    kinds = ("scene", "project", "entities", "reference")
    parser.add_argument("kind", nargs="?", choices=kinds, default="scene", help="which kind of file (default: scene)")
    parser.add_argument("--write", action="store_true", help="write all of them into folders instead")
    parser.add_argument("--folder", type=Path, default=Path("schemas"), help="of the schemas (default: schemas)")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="of the reference (default: docs)")


def run(args: argparse.Namespace) -> int:
    """Print one schema or the reference, or write all."""
    from r2s2r.spec.reference import reference_text
    from r2s2r.spec.schema import schema_text

    if args.write:
        sys.stdout.writelines(f"wrote {file}\n" for file in _write(args.folder, args.docs))
    else:
        sys.stdout.write(reference_text() if args.kind == "reference" else schema_text(args.kind))
    return 0


def _write(schemas: Path, docs: Path) -> list[Path]:
    from r2s2r.spec.reference import write_reference
    from r2s2r.spec.schema import write_schemas

    folder = schemas
    try:
        files = write_schemas(folder)
        folder = docs
        return [*files, write_reference(folder)]
    except OSError as error:
        raise InputError(f"{folder}: cannot write there: {error.strerror}") from error
