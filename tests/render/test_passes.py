"""The stage as a whole: an animation becomes files."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
from r2s2r.stages.render.scene_mesh import merge
from tests.render.conftest import Make, drawn
from tests.render.shapes import Size, animation_of, box, noise, placed, sphere, triangles, view_of

BALL, CRATE = sphere(3, texture=noise(0)), box(texture=noise(1))


def ride(*stops: tuple[float, float, float]) -> Array:
    return np.array([placed(*stop) for stop in stops])


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def moving_pair() -> Animation:
    tracks = {"ball": ride((0, 0, -5), (0.5, 0, -5), (1, 0, -5)), "crate": ride((1, 0, -7), (1, 0, -7), (1, 0, -7))}
    return animation_of(tracks)


def test_the_files_hold_what_was_drawn(make: Make):
    animation = moving_pair()
    passes = make(animation, {"ball": BALL, "crate": CRATE})
    mesh = merge({"ball": BALL, "crate": CRATE})
    assert passes.facts.ids == {"ball": 1, "crate": 2}
    assert (passes.facts.frames, passes.facts.height, passes.facts.width, passes.facts.fps) == (3, 90, 160, "16/1")
    for frame, x in enumerate((0.0, 0.5, 1.0)):
        layers = drawn(mesh, view_of(placed(x, 0, -5.0), placed(1, 0, -7.0)))
        assert np.array_equal(passes.normal(frame), layers.encoded_normal())
        assert np.array_equal(passes.ids(frame), layers.ids)
        assert np.array_equal(passes.rgb(frame), layers.rgb)
        assert np.array_equal(passes.depth_m(frame), layers.depth_m)
    assert passes.facts.findings == ()


def test_the_conventions_are_told_in_words(make: Make):
    facts = make(moving_pair(), {"ball": BALL, "crate": CRATE}).facts
    for word in ("camera space", "x right -> R", "y up -> G", "towards the viewer -> B", "black"):
        assert word in facts.normal
    assert "metres" in facts.depth


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_leaves_no_trace_in_the_bytes(make: Make, monkeypatch, threads):
    expected = digests(make(moving_pair(), {"ball": BALL, "crate": CRATE}).folder)
    monkeypatch.setattr("os.cpu_count", lambda: threads)
    assert digests(make(moving_pair(), {"ball": BALL, "crate": CRATE}).folder) == expected
    assert len(expected) == 3 * 4 + 1


_AGAIN = """
from pathlib import Path
from tests.render.test_passes import digests, moving_pair
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.render import RenderSpec
from r2s2r.stages.render import make_passes
folder = Path({folder!r})
entities = {{name: Entity.load(folder / f"0-{{name}}") for name in ("ball", "crate")}}
(folder / "again").mkdir()
make_passes(RenderSpec(backend="cpu"), moving_pair(), entities, folder / "again", unheard)
assert digests(folder / "again") == digests(folder / "0-passes")
"""


def test_another_process_writes_the_same_bytes(make: Make):
    folder = make(moving_pair(), {"ball": BALL, "crate": CRATE}).folder.parent
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r})\n" + _AGAIN.format(folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_progress_counts_every_frame_in_order(tmp_path):
    heard: list[tuple[int, int]] = []
    make_passes(
        RenderSpec(backend="cpu"), animation_of({}), {}, tmp_path, lambda done, total: heard.append((done, total))
    )
    assert heard == [(1, 2), (2, 2)]


def test_no_entities_at_all_are_valid_black_frames_and_a_finding(make: Make):
    passes = make(animation_of({}), {})
    assert not passes.normal(1).any()
    assert not passes.ids(1).any()
    assert not passes.rgb(1).any()
    assert not passes.depth_m(1).any()
    assert passes.facts.findings == ("no entity is seen in 2 of 2 frames, the first of them frame 0",)


def test_an_entity_that_is_never_seen_is_a_finding(make: Make):
    tracks = {"ball": ride((0, 0, -5), (0, 0, 5)), "crate": ride((0, 0, -9), (0, 0, 9))}
    findings = make(animation_of(tracks), {"ball": BALL, "crate": CRATE}).facts.findings
    assert len(findings) == 2
    assert findings[0].startswith("crate: covers no pixel of any frame")
    assert findings[1] == "no entity is seen in 1 of 2 frames, the first of them frame 1"


def test_an_entity_removed_from_the_whole_shot_is_no_finding(make: Make):
    tracks = {"ball": ride((0, 0, -5)), "crate": ride((0, 0, -3))}
    visible = {"ball": np.array([True]), "crate": np.array([False])}
    passes = make(animation_of(tracks, visible=visible), {"ball": BALL, "crate": CRATE})
    assert passes.facts.findings == ()
    assert set(np.unique(passes.ids(0))) == {0, 1}


def test_one_frame_of_a_size_that_is_no_multiple_of_8(make: Make):
    passes = make(animation_of({"ball": ride((0, 0, -5))}, Size(height=70, width=94)), {"ball": BALL})
    assert passes.depth_m(0).shape == (70, 94)
    assert [path.name for path in sorted((passes.folder / "id").iterdir())] == ["000000.png"]


def test_a_mesh_with_nan_is_refused_by_name(make: Make):
    broken = sphere(1)
    broken.vertices[7, 1] = np.nan
    with pytest.raises(StageError, match=r"^ball: .*vertices hold NaN"):
        make(moving_pair(), {"ball": broken, "crate": CRATE})


def test_a_mesh_with_faces_of_missing_vertices_is_refused_by_name(make: Make):
    broken = sphere(1)
    broken.faces[3, 2] = len(broken.vertices)
    with pytest.raises(StageError, match=r"^ball: .*vertices that do not exist"):
        merge({"ball": broken})


@pytest.mark.parametrize(("spoilt", "said"), [(np.nan, "is not finite"), (0.0, "scaled to nothing")])
def test_a_transform_that_cannot_be_drawn_is_refused_by_frame_and_name(make: Make, spoilt, said):
    animation = moving_pair()
    animation.world_from_entity["crate"][2, 0, 0] = spoilt
    with pytest.raises(StageError, match=rf"^frame 2: crate.*{said}"):
        make(animation, {"ball": BALL, "crate": CRATE})


def test_a_mesh_without_faces_is_drawn_as_nothing():
    ghost = triangles(np.empty((0, 3, 3)))
    assert not drawn(merge({"ghost": ghost}), view_of(placed(z=-5.0))).ids.any()


def test_the_stage_is_imported_without_its_kernels():
    code = "import sys, r2s2r.stages.render as s; s.VERSION; sys.exit(bool({'numba', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
