"""The window of a night: when it may work, by the local clock, over midnight and across changes of the clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from r2s2r.errors import InputError

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Span:
    """One night: from one moment to another, in seconds since 1970, so that no change of the clock matters.

    Attributes:
        begin_s: It may work from here on.
        end_s: To here.
    """

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.end_s - self.begin_s


@dataclass(frozen=True)
class Window:
    """When nights may work, by the clock on the wall.

    Attributes:
        begin: Time of day.
        end: Time of day; of the next day where it is not after ``begin``.
    """

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Return the window that is written as ``22:00-07:00``. Raises InputError."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise InputError(f"{text!r} is not a window: write HH:MM-HH:MM, such as 22:00-07:00")
        hours = [int(number) for number in found.groups()]
        begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        if begin == end:
            raise InputError(f"{text} ends when it begins; without a window a night works until all is done")
        return cls(begin, end)

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def span(self, now_s: float, zone: tzinfo | None = None) -> Span:
        """Return the night that goes on, or else the next one.

        A time of day that the clock skips is taken as if it had not been changed, one that comes twice the first time;
        a night that a change of the clock leaves nothing of is left out.

        Args:
            now_s: Seconds since 1970.
            zone: Whose clock; None for this machine's.
        """
        day = datetime.fromtimestamp(now_s, zone).date() - timedelta(days=1)
        while True:
            span = self._of(day, zone)
            if span.begin_s < span.end_s and now_s < span.end_s:
                return span
            day += timedelta(days=1)

    def _of(self, day: date, zone: tzinfo | None) -> Span:
        last = day if self.begin < self.end else day + timedelta(days=1)
        begin, end = (
            datetime.combine(*moment, tzinfo=zone).timestamp() for moment in ((day, self.begin), (last, self.end))
        )
        return Span(begin, end)
