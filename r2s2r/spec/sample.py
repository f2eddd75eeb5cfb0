"""What is read of a sample in the release's form."""

from typing import Annotated

from pydantic import Field

from r2s2r.spec.base import Spec
from r2s2r.spec.output import Side


class SampleSpec(Spec):
    """How a sample's control video is taken.

    Attributes:
        width: Columns of what is generated.
        height: Rows of it.
        most_frames: Frames that are made of a longer one.
    """

    width: Side
    height: Side
    most_frames: Annotated[int, Field(ge=2, le=100_000)] = 81
