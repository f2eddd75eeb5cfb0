"""Files of the store that cannot be read any more."""

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.errors import StoreError
from tests.render.conftest import kept
from tests.render.shapes import animation_of, box, placed

SAID = "cannot be read; `r2s2r verify` removes what is damaged"


def harmed(path, harm):
    match harm:
        case "cut":
            path.write_bytes(path.read_bytes()[:100])
        case "changed":
            whole = bytearray(path.read_bytes())
            whole[200:260] = bytes(60)
            path.write_bytes(whole)
        case "emptied":
            np.savez(path, allow_pickle=False)
        case "gone":
            path.unlink()


@pytest.mark.parametrize("harm", ["cut", "changed", "emptied", "gone"])
def test_a_mesh_that_is_damaged_is_said_with_what_removes_it(tmp_path, harm):
    folder = kept(tmp_path / "crate", box()).folder
    harmed(folder / "mesh.npz", harm)
    with pytest.raises(StoreError, match=rf"crate/mesh\.npz: {SAID}"):
        Entity.load(folder).mesh()


@pytest.mark.parametrize("harm", ["cut", "changed", "emptied", "gone"])
def test_an_animation_that_is_damaged_is_said_with_what_removes_it(tmp_path, harm):
    animation_of({"crate": np.array([placed()])}).write(tmp_path)
    (file,) = tmp_path.glob("*.npz")
    harmed(file, harm)
    with pytest.raises(StoreError, match=rf"{file.name}: {SAID}"):
        Animation.load(tmp_path)
