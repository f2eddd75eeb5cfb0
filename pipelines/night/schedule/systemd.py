"""A timer of systemd's user instance, and the service it starts."""

import os
from pathlib import Path

from pipelines.night.schedule.plan import NightPlan
from pipelines.night.schedule.scheduler import Entry, called, tried
from r2s2r.artifacts.atomic import write_atomically
from r2s2r.errors import MissingError, R2S2RError

_STOP_S = 180  # for the report


class SystemdTimer:
    """Two unit files in the user's folder."""

    def entries(self, plan: NightPlan) -> tuple[Entry, ...]:
        """Return what ``install`` writes."""
        return (
            Entry(str(_path(plan.name, "service")), service(plan)),
            Entry(str(_path(plan.name, "timer")), timer(plan)),
        )

    def install(self, plan: NightPlan) -> tuple[str, ...]:
        """Write both files and start the timer."""
        for entry in self.entries(plan):
            path = Path(entry.where)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, str(entry.content).encode())
        called("systemctl", "--user", "daemon-reload")
        called("systemctl", "--user", "enable", f"{plan.name}.timer")
        try:
            called("systemctl", "--user", "restart", f"{plan.name}.timer")
        except R2S2RError:
            tried("systemctl", "--user", "disable", f"{plan.name}.timer")  # or it would start at the next login
            raise
        return (f"`journalctl --user -u {plan.name}` shows what it prints", *_lingering())

    def installed(self, name: str) -> tuple[Entry, ...]:
        """Return those of the two files that are there."""
        paths = (_path(name, "timer"), _path(name, "service"))
        return tuple(Entry(str(path), None) for path in paths if path.exists())

    def uninstall(self, name: str) -> tuple[str, ...]:
        """Stop the timer and remove both files; a night that goes on is left alone."""
        if not self.installed(name):
            return ()
        answers = is_there()
        if answers:
            called("systemctl", "--user", "disable", "--now", f"{name}.timer")
        for path in (_path(name, "timer"), _path(name, "service"), _wanted(name)):
            path.unlink(missing_ok=True)
        if answers:
            called("systemctl", "--user", "daemon-reload")
            return ()
        return (
            "systemd's user instance does not answer here: where it runs, `systemctl --user daemon-reload` makes it "
            "forget the timer",
        )


def is_there() -> bool:
    """Whether this user has an instance of systemd that answers."""
    try:
        return tried("systemctl", "--user", "show-environment").returncode == 0
    except MissingError:
        return False


def service(plan: NightPlan) -> str:
    """Return the unit of the night itself (systemd.service(5); ``:`` keeps ``$`` as it is)."""
    variables = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in plan.environment)
    return (
        "[Unit]\n"
        f"Description=r2s2r night of {_percent(str(plan.root))}\n\n"
        "[Service]\n"
        "Type=exec\n"
        f"WorkingDirectory={_percent(str(plan.root))}\n"
        f"{variables}"
        f"ExecStart=:{' '.join(_quoted(word) for word in plan.words)}\n"
        "# Its driver ends its own workers, and writes the report.\n"
        "KillMode=mixed\n"
        f"TimeoutStopSec={_STOP_S}\n"
    )


def timer(plan: NightPlan) -> str:
    """Return the unit that starts it; a machine that was off at that moment does so when it is on again."""
    return (
        "[Unit]\n"
        f"Description=starts the r2s2r night of {_percent(str(plan.root))}\n\n"
        "[Timer]\n"
        f"OnCalendar=*-*-* {plan.window.begin:%H:%M}:00\n"
        "Persistent=true\n\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def _path(name: str, kind: str) -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "systemd" / "user" / f"{name}.{kind}"


def _wanted(name: str) -> Path:
    """Return the link by which an enabled timer is started."""
    timer = _path(name, "timer")
    return timer.parent / "timers.target.wants" / timer.name


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_percent(escaped)}"'


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _lingering() -> tuple[str, ...]:
    """Say what to do so that the timer also works while the user is not logged in."""
    try:
        shown = tried("loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value")
    except MissingError:
        return ()
    return () if shown.stdout.strip() == "yes" else ("`loginctl enable-linger` lets it start while you are logged out",)
