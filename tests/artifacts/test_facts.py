"""What an artefact says about itself."""

import pytest

from r2s2r.artifacts.facts import FACTS, read_facts, write_facts
from r2s2r.artifacts.video import VideoFacts
from r2s2r.errors import StoreError

FACTS_OF_A_VIDEO = VideoFacts(frames=3, fps="16/1", height=64, width=96)


def test_facts_come_back(tmp_path):
    write_facts(tmp_path, FACTS_OF_A_VIDEO)
    assert read_facts(tmp_path, VideoFacts) == FACTS_OF_A_VIDEO


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b"\xff", None])
def test_damaged_or_lost_facts_point_to_verify(tmp_path, content):
    if content is not None:
        (tmp_path / FACTS).write_bytes(content)
    with pytest.raises(StoreError, match="`r2s2r verify` removes what is damaged"):
        read_facts(tmp_path, VideoFacts)
