"""How a scene names model weights."""

import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

_HUB = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?P<folder>(/[\w.-]+)*)(@(?P<revision>[\w./-]+))?")


def is_path(written: str) -> bool:
    """Tell a folder on disk (``./models/wan``, ``/models/wan``) from a name on the hub (``Wan-AI/Wan2.2``)."""
    return written.startswith((".", "/"))


def _known_form(written: str) -> str:
    if not is_path(written) and (not _HUB.fullmatch(written) or ".." in re.split("[/@]", written)):
        raise ValueError(
            "needs a folder (./models/wan, /models/wan) or a name on the hub (owner/name, owner/name@revision)"
        )
    return written


WeightsName: TypeAlias = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_known_form)]


@dataclass(frozen=True)
class HubName:
    """Weights on the hub, as ``owner/name[/folder][@revision]``.

    Attributes:
        repository: ``owner/name``.
        folder: Folder inside the repository; empty for all of it.
        revision: Branch, tag or commit; None for the one the cache calls main.
    """

    repository: str
    folder: str
    revision: str | None

    @classmethod
    def parse(cls, written: str) -> "HubName":
        """Read a name that is not a path."""
        found = _HUB.fullmatch(written)
        assert found is not None, "the spec has checked it"
        return cls(found["repository"], found["folder"].strip("/"), found["revision"])
