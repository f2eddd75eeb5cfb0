"""A process of the local executor, and all that it starts: a group that is ended as a whole."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from r2s2r.artifacts.lease import Holder, Witness, process

_SHELL = 128  # a shell or a container tells of a signal by this much more than its number


class GroupProcess:
    """A process in a session of its own. What it starts is in its group, and is gone when ``bury`` has returned.

    Attributes:
        holder: Who it is, for those who find it later.
        code: What it ended with, a signal as a negative number; None before, and where another process started it.
    """

    def __init__(self, holder: Holder, keys: int | None) -> None:
        self.holder = holder
        self.code: int | None = None
        self._keys, self._is_child = keys, keys is not None

    @classmethod
    def start(cls, command: list[str], environment: dict[str, str], *, printed: Path) -> "GroupProcess":
        """Start a program that reads keys from stdin.

        Args:
            command: Its words; the program is looked for in PATH.
            environment: All of its variables.
            printed: Gets what it prints.

        Raises:
            OSError: There is no such program, or the system starts no more.
        """
        theirs, ours = os.pipe()
        try:
            output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError:  # the disk is full
            output = os.open(os.devnull, os.O_WRONLY)
        try:
            pid = os.posix_spawnp(
                command[0],
                command,
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0), *((os.POSIX_SPAWN_DUP2, output, to) for to in (1, 2))],
                setsid=True,
                # It is looked at, never delivered (`r2s2r stage`): so it harms no one who has not got so far yet.
                setsigmask=[signal.SIGUSR1],
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
            os.close(output)
        os.set_blocking(ours, False)
        return cls(process(pid), ours)

    @classmethod
    def found(cls, holder: Holder) -> "GroupProcess":
        """Take over a process that somebody else started."""
        return cls(holder, None)

    def give(self, key: str) -> None:
        """Send a key; where nobody reads it any more, the process's end will tell."""
        assert self._keys is not None, "only who started it can"
        with suppress(OSError):
            os.write(self._keys, f"{key}\n".encode())

    def finish(self) -> None:
        """Let it end when it has done what it was given."""
        if self._keys is not None:
            os.close(self._keys)
            self._keys = None

    def has_ended(self) -> bool:
        """Whether it has ended; what it started may be there until it is buried."""
        if not self._is_child:
            return Witness().is_dead(self.holder)
        try:
            # Not reaped: until it is, nobody else gets its number.
            ended = os.waitid(os.P_PID, self.holder.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # somebody else has reaped it
            self._is_child = False
            return True
        if ended is None:
            return False
        self.code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        if self.code > _SHELL:
            self.code = _SHELL - self.code
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self._is_group_ours():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.holder.pid, number)

    def bury(self) -> None:
        """End what it has left running, after it has ended."""
        self.finish()
        self.signal(signal.SIGKILL)
        with suppress(ChildProcessError):  # it may be one that an earlier executor of this process has let go
            os.waitpid(self.holder.pid, 0 if self._is_child else os.WNOHANG)
        self._is_child = False

    def _is_group_ours(self) -> bool:
        """Whether the group still is that of this process: its number is given away when the last member has ended."""
        return self._is_child or process(self.holder.pid).started in ("", self.holder.started)
