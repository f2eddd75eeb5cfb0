"""Writing back: what is damaged here, in whatever way, neither holds up the end of a run nor the other results."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from pipelines.crew import Crew
from pipelines.node import Ledger, Node
from pipelines.write_back import WriteBack
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.manifest import MANIFEST
from r2s2r.artifacts.remote import Bucket, BytesOut
from r2s2r.artifacts.remote_level import SecondLevel
from r2s2r.artifacts.store import Store


class Names:
    """A bucket that remembers only names."""

    url = "s3://nowhere"

    def __init__(self) -> None:
        self.written: list[str] = []

    def names(self, folder: str, *, prefix: str = "") -> list[str]:
        return [name.partition("/")[2] for name in self.written if name.startswith(f"{folder}/{prefix}")]

    def has(self, name: str) -> bool:
        return name in self.written

    @contextmanager
    def writing(self, name: str) -> Iterator[BytesOut]:
        yield io.BytesIO()
        self.written.append(name)


def node(number: int) -> Node:
    return Node("footage", "footage", 1, "toy", {"number": number})


def made(store: Store, one: Node) -> Path:
    request = Ledger(store).request(one)
    assert request is not None
    workspace = store.workspace(f"w{one.recipe[:8]}")
    (workspace / "data").write_text(one.recipe)
    digest = store.publish(workspace)
    store.record(Action(request.key, request, digest, 0.0, "", "", {}))
    return store.object(digest)


@pytest.mark.timeout(20)
def test_results_whose_manifests_cannot_be_read_are_said_and_the_others_are_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, bucket = Store(tmp_path / "store"), Names()
    store.prepare()
    nodes = [node(number) for number in range(4)]
    for one in nodes[:3]:
        (made(store, one) / MANIFEST).write_bytes(b"{")
    made(store, nodes[3])
    crew = Crew("write-back", 2)
    back = WriteBack(Ledger(store), SecondLevel(cast("Bucket", bucket)), crew)
    for one in nodes:
        back.offer(one)
    back.wait()
    crew.dismiss()
    assert [name.partition("/")[0] for name in bucket.written] == ["objects", "actions"]
    assert "3 results could not be written" in caplog.text
