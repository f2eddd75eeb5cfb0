"""A line of the user's crontab."""

import shlex

from pipelines.night.schedule.plan import NightPlan
from pipelines.night.schedule.scheduler import Entry, called, tried
from r2s2r.errors import InputError, R2S2RError

_LONGEST = 990  # bytes of a command, in Debian's cron


class Crontab:
    """One line for each project, told from others by the comment at its end."""

    def entries(self, plan: NightPlan) -> tuple[Entry, ...]:
        """Return the line."""
        return (Entry("crontab", line(plan)),)

    def install(self, plan: NightPlan) -> tuple[str, ...]:
        """Add the line, in place of one that is there."""
        plan.log.parent.mkdir(parents=True, exist_ok=True)
        _write([*_others(plan.name), line(plan)])
        return (f"{plan.log} takes what it prints",)

    def installed(self, name: str) -> tuple[Entry, ...]:
        """Return the line that is there."""
        return tuple(Entry("crontab", one) for one in _lines() if _is_of(one, name))

    def uninstall(self, name: str) -> tuple[str, ...]:
        """Remove the line."""
        if self.installed(name):
            _write(_others(name))
        return ()


def line(plan: NightPlan) -> str:
    """Return the line (crontab(5): an unescaped % would end the command).

    Raises InputError when it is longer than cron takes.
    """
    command = f"cd {shlex.quote(str(plan.root))} && {plan.shell()} >> {shlex.quote(str(plan.log))} 2>&1 # {plan.name}"
    command = command.replace("\\", "\\\\").replace("%", "\\%")
    size = len(command.encode())
    if size > _LONGEST:
        raise InputError(
            f"a line of crontab may have {_LONGEST} bytes, and this has {size}: give scenes as a pattern "
            "in quotes, 'scenes/*.yaml', and set a shorter PATH"
        )
    return f"{plan.window.begin.minute} {plan.window.begin.hour} * * * {command}"


def _others(name: str) -> list[str]:
    return [one for one in _lines() if not _is_of(one, name)]


def _is_of(text: str, name: str) -> bool:
    return text.rstrip().endswith(f"# {name}") and not text.startswith("#")


def _lines() -> list[str]:
    """Return what is in the crontab; a user who has none yet is told so by a failure.

    Raises R2S2RError when it cannot be read: what cannot be read must not be replaced.
    """
    shown = tried("crontab", "-l")
    if shown.returncode == 0:
        return shown.stdout.removesuffix("\n").split("\n") if shown.stdout else []
    if "no crontab" in shown.stderr.lower():
        return []
    raise R2S2RError(f"crontab -l failed: {shown.stderr.strip() or f'it ended with {shown.returncode}'}")


def _write(lines: list[str]) -> None:
    called("crontab", "-", text="".join(f"{one}\n" for one in lines))
