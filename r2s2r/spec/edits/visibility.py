"""Edits of whether an entity is there."""

from typing import Annotated, Literal

from pydantic import Field

from r2s2r.spec.base import Spec
from r2s2r.spec.times import Time


class _Stretch(Spec):
    """A stretch of time, both ends inclusive.

    Attributes:
        from: The first moment of it; default the shot's start.
        to: The last moment of it; default the shot's end.
    """

    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None


class RemoveEdit(_Stretch):
    """The entity is gone.

    Example:
        {type: remove, from: 50%}
    """

    type: Literal["remove"]


class HideEdit(_Stretch):
    """The entity is not seen for a while; the same as ``remove``.

    Example:
        {type: hide, from: 1s, to: 2s}
    """

    type: Literal["hide"]


class ShowEdit(_Stretch):
    """The entity is seen, though an edit before this one hides it.

    Example:
        {type: show, from: 1s}
    """

    type: Literal["show"]
