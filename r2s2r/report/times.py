"""Times and durations, as people read them."""

import math
from datetime import datetime, timedelta

_STEPS_S = (60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200)
_DAY_S = 86_400
_TICKS = 10


def local(at: float) -> datetime:
    """Return a time, in seconds since 1970, by this machine's clock."""
    return datetime.fromtimestamp(at).astimezone()


def iso(at: float) -> str:
    """Return a time as ISO 8601 with its offset, to the second."""
    return local(at).isoformat(timespec="seconds")


def ticks(start: float, end: float) -> tuple[float, ...]:
    """Return round times of day, equally apart, about ten: from before ``start`` until after ``end``."""
    step = next((one for one in _STEPS_S if (end - start) / one <= _TICKS), 0)
    step = step or _DAY_S * math.ceil((end - start) / _DAY_S / _TICKS)
    offset = (local(start).utcoffset() or timedelta()).total_seconds()
    first = math.floor((start + offset) / step) * step - offset
    return tuple(first + step * number for number in range(max(1, math.ceil((end - first) / step)) + 1))


def duration(seconds: float) -> str:
    """Return a duration in the units that matter: ``3.2 s``, ``45 s``, ``12 min``, ``3 h 05 min``, ``2 d 4 h``."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes < 1440 else f"{hours // 24} d {hours % 24} h"
