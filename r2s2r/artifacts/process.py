"""Which process of which machine: so that a reused process id, or the same one elsewhere, is not taken for it."""

import os
import socket
from functools import cache
from pathlib import Path


@cache
def machine() -> str:
    """Return where process ids mean the same: host, boot, and container if it is in one."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        container = Path("/proc/self/ns/pid").readlink().name  # containers of one host may share its name
    except OSError:
        boot = container = ""
    return f"{socket.gethostname()} {boot} {container}"


def process_start(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; "" when there is none. Tells a reused pid from the old."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _start_without_proc(pid)
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _start_without_proc(pid: int) -> str:
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "running"
