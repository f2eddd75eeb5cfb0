"""A bucket on a real S3-compatible server of this machine, and a line to it that can be cut, silent, slow or noisy."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from r2s2r.artifacts.remote import Bucket
from r2s2r.spec.remote import RemoteSpec

SECRET = "not-to-be-seen-anywhere"  # noqa: S105 - of a server that lives as long as a test
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "tester",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

State = Literal["open", "cut", "silent", "noisy"]
"""What becomes of a connection: refused as by a server that is down; never answered; answered with a bit changed."""


def flipped(data: bytes) -> bytes:
    """Return it with one bit changed, in its middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


class Line:
    """A TCP line to a server. ``sent`` and ``received`` count the bytes of the client."""

    def __init__(self, port: int) -> None:
        self.to = port
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        self.state: State
        self.on_bytes: Callable[[], None]
        self.mend()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Be as good as new."""
        self.state, self.delay_s, self.on_bytes, self.sent, self.received = "open", 0.0, lambda: None, 0, 0

    def cut(self) -> None:
        """End what goes on and refuse what comes."""
        self.state = "cut"
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self.state == "cut":
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.to))
            self._open |= {client, server}
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(*ends, ends[0] is client), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, outward: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if outward:
                    self.sent += len(data)
                else:
                    self.received += len(data)
                    if self.state == "noisy" and len(data) > 2048:
                        data, self.state = flipped(data), "open"
                self.on_bytes()
                while self.state == "silent":
                    time.sleep(0.02)
                time.sleep(self.delay_s)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)


@dataclass(frozen=True)
class TestBucket:
    """A bucket that is empty at first, and the line that r2s2r uses to it."""

    __test__ = False

    files: Any
    name: str
    line: Line
    timeout_s: float = 20.0

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Let the server know no credentials at all."""
        self._let_in(b"0")
        try:
            yield
        finally:
            self._let_in(b"inf")

    def _let_in(self, requests: bytes) -> None:
        address = f"http://127.0.0.1:{self.line.to}/moto-api/reset-auth"
        asked = urllib.request.Request(address, data=requests, headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(asked):  # noqa: S310 - this machine's own server
            pass

    @property
    def spec(self) -> RemoteSpec:
        return RemoteSpec(
            url=f"s3://{self.name}/film",
            endpoint_url=f"http://127.0.0.1:{self.line.port}",
            timeout_s=self.timeout_s,
        )

    @property
    def yaml(self) -> str:
        return (
            f"version: 1\nremote: {{url: 's3://{self.name}/film', "
            f"endpoint_url: 'http://127.0.0.1:{self.line.port}', timeout_s: {self.timeout_s}}}\n"
        )

    def opened(self) -> Bucket:
        return Bucket(self.spec)

    def paths(self, folder: str) -> list[str]:
        return sorted(self.files.find(f"{self.name}/film/{folder}"))

    def read(self, path: str) -> bytes:
        data: bytes = self.files.cat_file(path)
        return data

    def write(self, path: str, data: bytes) -> None:
        self.files.pipe_file(path, data)

    def remove(self, path: str) -> None:
        self.files.rm_file(path)


@dataclass(frozen=True)
class Server:
    """An S3-compatible server, and a way to its buckets that is never disturbed."""

    port: int
    files: Any

    line: Line

    def bucket(self) -> TestBucket:
        """Make a bucket."""
        name = f"film-{uuid.uuid4().hex[:12]}"
        self.files.mkdir(name)
        self.line.mend()
        return TestBucket(self.files, name, self.line)


@contextmanager
def s3_server(folder: Path) -> Iterator[Server]:
    """Run a server, which notes what it is asked in ``folder``. Skips where the packages are not installed."""
    pytest.importorskip("moto", reason="needs moto: pip install -e '.[dev]'")
    fsspec = pytest.importorskip("fsspec", reason="needs fsspec: pip install -e '.[remote]'")
    pytest.importorskip("s3fs", reason="needs s3fs: pip install -e '.[remote]'")
    log = folder / "server.log"
    with log.open("wb") as out:
        words = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
        running = subprocess.Popen(words, stdout=out, stderr=out)
    try:
        port = _port(log)
        files = fsspec.filesystem(
            "s3",
            key="tester",
            secret=SECRET,
            endpoint_url=f"http://127.0.0.1:{port}",
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        line = Line(port)
        yield Server(port, files, line)
        line.close()
    finally:
        running.kill()
        running.wait()


def _port(log: Path) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    pytest.fail(f"the server did not start: {log.read_text()}")
