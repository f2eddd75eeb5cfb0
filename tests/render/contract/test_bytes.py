"""Equal inputs give equal bytes: whatever the number of threads, and in another process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
from tests.render.bends import FRAMES, trio
from tests.render.contract.contenders import CONTENDERS

# All passes, of things that bend, move and hide one another, several samples a pixel.
ALL = {"supersampling": 2, "extra_passes": ("motion", "uv"), "multilayer": True}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def shot(contender, make, tmp_path):
    """A shot's settings, animation and meshes, and the digests of its passes."""
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    animation, meshes = trio(shapes, step=0.2)
    spec = RenderSpec.model_validate({**contender.spec.model_dump(), **ALL})
    passes = make(animation, meshes, spec)
    assert (passes.motion(0)[0].move_px != 0).any()
    assert set(np.unique(passes.ids(1))) == {0, 1, 2, 3}
    return spec, animation, meshes, digests(passes.folder)


def test_every_file_of_every_frame_is_there(shot):
    *_, expected = shot
    names = {Path(name).parts[0] for name in expected}
    assert names == {"normal", "id", "depth", "rgb", "motion", "uv", "coverage", "multilayer", "facts.json"}
    assert len(expected) == 8 * FRAMES + 1


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_leaves_no_trace_in_the_bytes(shot, make, monkeypatch, threads):
    spec, animation, meshes, expected = shot
    monkeypatch.setattr("os.cpu_count", lambda: threads)
    assert digests(make(animation, meshes, spec).folder) == expected


def draw_again(folder: Path, spec: str) -> None:
    """Draw the shot anew into ``again`` from the entities and shapes that lie in a folder; runs in its own process."""
    animation, meshes = trio(folder / "shapes", step=0.2)
    entities = {name: Entity.load(next(folder.glob(f"*-{name}"))) for name in meshes}
    (folder / "again").mkdir()
    make_passes(RenderSpec.model_validate_json(spec), animation, entities, folder / "again", unheard)


def test_another_process_writes_the_same_bytes(contender, shot, tmp_path):
    if contender not in CONTENDERS:
        pytest.skip("the stand-in for Kaolin is put in its place in this process only")
    spec, animation, _, expected = shot
    assert isinstance(animation, Animation)
    root = Path(__file__).parents[3]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from pathlib import Path\n"
        "from tests.render.contract.test_bytes import draw_again\n"
        f"draw_again(Path({str(tmp_path)!r}), {spec.model_dump_json()!r})\n"
    )
    # With another number of threads inside torch, too.
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads() + 1)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "again") == expected
