"""How frames are drawn side by side: in order, whatever the batch and the threads, in a bounded number of buffers."""

from typing import Any

import numpy as np
import pytest

from r2s2r.errors import StageError
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.frames import RenderJob, draw_frames
from r2s2r.stages.render.layers import Wanted
from r2s2r.stages.render.rasteriser import Backend, Raster
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.still import Film
from tests.render.shapes import animation_of, box, placed, sphere

RASTER = Raster(90, 160)


def film_of(frames: int) -> Film:
    """A ball that moves to the right in front of a box that comes nearer."""
    tracks = {
        "ball": np.array([placed(-1 + 0.2 * t, 0, -5) for t in range(frames)]),
        "crate": np.array([placed(0, 0, -9 + 0.3 * t) for t in range(frames)]),
    }
    return Film.of(animation_of(tracks), merge({"ball": sphere(1), "crate": box()}), near_m=0.01)


class Batches:
    """Draws as ``CpuRasteriser`` does, several frames at once, and counts what it is asked for."""

    made = 0
    drawn: tuple[int, ...] = ()

    def __init__(self, mesh, raster, *, batch_frames: int) -> None:
        self._one = CpuRasteriser(mesh, raster)
        self.batch_frames = batch_frames

    def new_visibility(self):
        self.made += 1
        return self._one.new_visibility()

    def draw(self, stills, into) -> None:
        self.drawn = (*self.drawn, len(stills))
        for still, seen in zip(stills, into, strict=True):
            self._one.draw([still], [seen])


def job_of(frames: int, batch_frames: int, *, on_threads: bool, finish) -> tuple[RenderJob[Any], list[Batches]]:
    rasterisers: list[Batches] = []

    def new(mesh, raster) -> Batches:
        rasterisers.append(Batches(mesh, raster, batch_frames=batch_frames))
        return rasterisers[-1]

    backend = Backend(new, on_threads=on_threads)
    return RenderJob(film_of(frames), backend, RASTER, Wanted(motion=True), finish), rasterisers


def everything(frame, layers, seen) -> tuple[int, bytes]:
    arrays = (
        layers.normal, layers.ids, layers.depth_m, layers.rgb, seen.face_idx,
        layers.forward.move_px, layers.forward.seen, layers.backward.move_px, layers.backward.seen,
    )  # fmt: skip
    return frame, b"".join(array.tobytes() for array in arrays)


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 20])
def test_batches_and_threads_change_no_byte(frames):
    plain, _ = job_of(frames, 1, on_threads=True, finish=everything)
    expected = list(draw_frames(plain, threads=1))
    assert [frame for frame, _ in expected] == list(range(frames))
    for batch_frames, on_threads, threads in ((1, True, 3), (3, False, 2), (4, False, 1), (64, False, 2)):
        job, rasterisers = job_of(frames, batch_frames, on_threads=on_threads, finish=everything)
        assert list(draw_frames(job, threads=threads)) == expected
        assert sum(sum(one.drawn) for one in rasterisers) == frames


def test_a_device_draws_whole_batches():
    job, rasterisers = job_of(10, 4, on_threads=False, finish=everything)
    list(draw_frames(job, threads=2))
    assert [one.drawn for one in rasterisers] == [(4, 4, 2)]


def test_the_number_of_buffers_does_not_grow_with_the_frames():
    made = []
    for frames in (20, 60):
        job, rasterisers = job_of(frames, 3, on_threads=False, finish=everything)
        list(draw_frames(job, threads=2))
        made.append(sum(one.made for one in rasterisers))
    assert made[0] == made[1] < 12


@pytest.mark.parametrize("on_threads", [True, False])
def test_what_fails_in_a_frame_is_said_and_nothing_waits_for_ever(on_threads):
    def fails(frame, layers, seen):
        if frame == 5:
            raise StageError("frame 5: full")
        return frame

    job, _ = job_of(30, 3, on_threads=on_threads, finish=fails)
    drawn = draw_frames(job, threads=2)
    assert [next(drawn) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(StageError, match="frame 5: full"):
        next(drawn)


def test_a_frame_that_cannot_be_rasterised_is_said_too():
    job, _ = job_of(12, 3, on_threads=False, finish=everything)
    job.film.animation.world_from_entity["crate"][7, 0, 0] = np.nan
    with pytest.raises(StageError, match=r"^frame 7: crate: its transform is not finite"):
        list(draw_frames(job, threads=2))


def test_who_stops_listening_ends_the_drawing():
    finished = []
    job, _ = job_of(500, 1, on_threads=True, finish=lambda frame, *_: finished.append(frame))
    drawn = draw_frames(job, threads=2)
    next(drawn)
    drawn.close()
    assert len(finished) < 50
