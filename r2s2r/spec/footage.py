"""What the footage stage reads of a source."""

from typing import Annotated

from pydantic import Field

from r2s2r.spec.base import Spec


class FootageSpec(Spec):
    """Which frames of the clip are wanted; see ``SourceSpec``."""

    frame: Annotated[int, Field(ge=0)] = 0
    context_s: Annotated[float, Field(ge=0, le=60)] = 5.0
