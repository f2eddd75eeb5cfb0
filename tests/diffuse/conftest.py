"""A synthetic shot whose truth is known: a photograph of painted blocks, its clean plate, and exact passes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.video import read_lossless
from r2s2r.spec.diffuse import CompositorSpec, DiffuseSpec
from r2s2r.stages.diffuse import CompositorInputs, make_frames
from tests.diffuse.blocks import Block, block_mesh
from tests.diffuse.photograph import WORLD_FROM_SOURCE
from tests.diffuse.shots import Shot, write_inputs


@dataclass(frozen=True, eq=False)
class Made:
    """The stage's inputs and what it wrote."""

    inputs: CompositorInputs
    out: Path

    @property
    def frames(self) -> list[NDArray[np.uint8]]:
        return list(read_lossless(self.out / "frames.mkv"))

    @property
    def footage(self) -> Footage:
        return Footage.load(self.out)


Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Build a shot's artefacts, run the stage on them."""

    def run(shot: Shot, **settings: float) -> Made:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        inputs = write_inputs(shot, folder)
        out = folder / "out"
        out.mkdir()
        spec = DiffuseSpec(backend="compositor", compositor=CompositorSpec.model_validate(settings))
        make_frames(spec, inputs, out, unheard)
        return Made(inputs, out)

    return run


@pytest.fixture
def inputs(tmp_path: Path) -> Callable[[Shot], CompositorInputs]:
    """Build a shot's artefacts."""
    return lambda shot: write_inputs(shot, tmp_path / f"inputs{len(list(tmp_path.iterdir()))}")


@pytest.fixture
def block() -> type[Block]:
    """What stands in a shot."""
    return Block


@pytest.fixture
def shot() -> type[Shot]:
    """What to make."""
    return Shot


@pytest.fixture(name="block_mesh")
def block_mesh_fixture() -> Callable[[Block], Mesh]:
    """A block's mesh."""
    return block_mesh


@pytest.fixture
def world_from_source() -> Array:
    """Where the source camera stands."""
    return WORLD_FROM_SOURCE


@pytest.fixture
def psnr_db() -> Callable[..., float]:
    """How alike two pictures are, in dB."""

    def measure(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
        error = np.mean((first.astype(float) - second) ** 2)
        return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))

    return measure
