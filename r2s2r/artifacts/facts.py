"""``facts.json``: what an artefact says about itself, as a frozen type. Every artefact's folder holds one."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from r2s2r.errors import StoreError

FACTS = "facts.json"


class Facts(BaseModel):
    """Common to all artefacts. ``findings`` are sentences a person should read (a mask that touches the border...)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: tuple[str, ...] = ()


AnyFacts = TypeVar("AnyFacts", bound=Facts)


def write_facts(folder: Path, facts: Facts) -> None:
    """Write ``facts.json`` into an artefact's folder, byte-equal for equal facts."""
    (folder / FACTS).write_text(facts.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_facts(folder: Path, kind: type[AnyFacts]) -> AnyFacts:
    """Read ``facts.json`` of an artefact's folder as the given type. Raises StoreError when it is damaged or gone."""
    try:
        return kind.model_validate_json((folder / FACTS).read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder / FACTS}: cannot be read; `r2s2r verify` removes what is damaged") from error
