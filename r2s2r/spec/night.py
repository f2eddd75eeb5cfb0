"""What a night may take, and who is told of its end. Only a project file may say it: it may name a program."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from r2s2r.spec.base import Spec
from r2s2r.spec.farm import Word

WINDOW_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
URL_PATTERN = r"^https?://[^\s]+$"


def _lasting(window: str) -> str:
    begin, _, end = window.partition("-")
    if begin == end:
        raise ValueError("ends when it begins; without a window a night works until all is done")
    return window


def _reachable(address: str) -> str:
    parts = urlsplit(address)  # says what is wrong with brackets
    if "@" in parts.netloc:
        raise ValueError("a name and password before the host are not sent; what such a service wants is in its path")
    if not parts.hostname or parts.port == 0:  # says what is wrong with a port
        raise ValueError("names no host, or port 0")
    return address


class NightSpec(Spec):
    """A project's nights.

    Attributes:
        window: When they may work, ``HH:MM-HH:MM`` by this machine's clock; ``--window`` wins; null: at any time.
        gpu_hours: Most GPU hours a night may take; ``--gpu-hours`` wins; null: any.
        webhook: https address that a summary is sent to at the end, as JSON.
        command: Program and words that are run at the end, with the path of the report's JSON after them.

    Example:
        {window: "22:00-07:00", gpu_hours: 40, command: [notify-send, "the night is over"]}
    """

    window: Annotated[str, Field(pattern=WINDOW_PATTERN), AfterValidator(_lasting)] | None = None
    gpu_hours: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    webhook: Annotated[str, Field(pattern=URL_PATTERN, max_length=2000), AfterValidator(_reachable)] | None = None
    command: tuple[Word, ...] = ()
