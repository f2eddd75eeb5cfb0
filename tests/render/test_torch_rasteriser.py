"""What torch promises besides the contract: bounded memory, and to say what is missing."""

import numpy as np
import pytest
import torch

from r2s2r.errors import MissingError
from r2s2r.spec.render import TorchRenderSpec
from r2s2r.stages.render import torch_backend, torch_rasteriser
from tests.render.conftest import scene_mesh
from tests.render.contract.contenders import ORACLE
from tests.render.contract.scenes import random_scene
from tests.render.shapes import placed, plain, sheet, view_of


@pytest.mark.parametrize(("faces", "pairs"), [(7, 1000), (1, 1 << 18), (1 << 17, 313)])
def test_how_much_is_worked_on_at_once_changes_no_pixel(monkeypatch, faces, pairs):
    mesh, view = random_scene(4, height=45, width=80)
    expected = ORACLE.visibility(mesh, view, 2)
    monkeypatch.setattr(torch_rasteriser, "FACES_AT_ONCE", faces)
    monkeypatch.setattr(torch_rasteriser, "PAIRS_AT_ONCE", pairs)
    seen = ORACLE.visibility(mesh, view, 2)
    assert np.array_equal(seen.face_idx, expected.face_idx)
    assert np.array_equal(seen.samples, expected.samples)


def test_a_face_larger_than_the_frame_is_worked_on_in_parts(monkeypatch):
    """Memory is bounded by the parts, not by what a face covers."""
    sizes = []
    keep = torch_rasteriser._keep_nearest

    def heard(nearest, facets, face, *others) -> None:
        sizes.append(len(face))
        keep(nearest, facets, face, *others)

    monkeypatch.setattr(torch_rasteriser, "_keep_nearest", heard)
    monkeypatch.setattr(torch_rasteriser, "PAIRS_AT_ONCE", 1000)
    face_idx = ORACLE.faces(scene_mesh(sheet(99, 99, plain())), view_of(placed(z=-1.0)))
    assert (face_idx >= 0).all()
    assert max(sizes) == 1000
    assert sum(sizes) >= 90 * 160


def test_the_number_of_threads_inside_torch_changes_no_pixel():
    mesh, view = random_scene(5)
    before = torch.get_num_threads()
    try:
        seen = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            seen.append(ORACLE.faces(mesh, view))
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(seen[0], seen[1])


def test_without_torch_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(torch_backend, "find_spec", lambda name: None)
    with pytest.raises(MissingError, match=r"package torch: `pip install .*backend: cpu"):
        torch_backend.torch_backend(TorchRenderSpec())


def test_without_the_gpu_that_is_asked_for_it_says_so(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(MissingError, match=r"a GPU .*device: cpu"):
        torch_backend.torch_backend(TorchRenderSpec(device="cuda"))


def test_of_a_gpu_that_torch_cannot_use_it_says_so(monkeypatch):
    monkeypatch.setattr(torch_backend, "missing_gpu", lambda instead: None)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(MissingError, match=r"device: cuda, but torch .* cannot use this machine's GPU.*device: cpu"):
        torch_backend.torch_backend(TorchRenderSpec(device="cuda"))
