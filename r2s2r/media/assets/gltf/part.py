"""What all parts of a glTF file's JSON share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Index = Annotated[int, Field(ge=0)]
Vec4 = tuple[float, float, float, float]


class Part(BaseModel):
    """A part of the JSON. What is not read of it is ignored."""

    # Numbers that are none (1e999, NaN) and names of the wrong type make a damaged file.
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False)
