"""Pictures that authors give."""

import pytest
from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.media.images import read_mask


def test_a_picture_larger_than_memory_is_refused(tmp_path):
    Image.new("1", (40_000, 40_000)).save(tmp_path / "mask.png")
    with pytest.raises(MediaError, match="the picture is too large"):
        read_mask(tmp_path / "mask.png")
