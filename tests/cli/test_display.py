"""What a run shows while it goes on."""

import io
from types import SimpleNamespace

from rich.console import Console

from pipelines.tracker import NodeProgress
from r2s2r.cli.display import RunDisplay


def test_a_node_that_was_fresh_when_the_run_began_may_be_tried_again():
    node = SimpleNamespace(recipe="r", name="footage", stage="footage")
    shot = SimpleNamespace(scene=SimpleNamespace(name="bunny"), shot=SimpleNamespace(name="orbit"))
    plans = [SimpleNamespace(shot=shot, nodes=[SimpleNamespace(node=node, state="fresh")])]
    tracker = SimpleNamespace(
        progress=lambda _: NodeProgress(),
        begun=lambda: {"r"},
        retries=[("r", "its node failed")],
        held_up=dict,
    )
    log = io.StringIO()
    with RunDisplay(plans, tracker, Console(file=log), findings=lambda _: ()) as display:  # type: ignore[arg-type]
        display._draw()
    assert log.getvalue().count("bunny/orbit footage: its node failed") == 1


def test_a_log_is_told_each_tenth_of_a_long_node():
    node = SimpleNamespace(recipe="r", name="diffuse")
    shot = SimpleNamespace(scene=SimpleNamespace(name="bunny"), shot=SimpleNamespace(name="orbit"))
    plans = [SimpleNamespace(shot=shot, nodes=[SimpleNamespace(node=node, state="stale")])]
    now = NodeProgress("running", 0, 50, 1.0)
    log = io.StringIO()
    tracker = SimpleNamespace(progress=lambda _: now, begun=lambda: {"r"}, retries=[], held_up=dict)
    display = RunDisplay(plans, tracker, Console(file=log), findings=lambda _: ())  # type: ignore[arg-type]
    with display:
        for done in range(51):
            now.done, now.seconds = done, 12.0 * done
            display._draw()
    lines = log.getvalue().splitlines()
    assert [line.split(" diffuse ")[1] for line in lines[:2]] == [
        "5 of 50, about 9 min left",
        "10 of 50, about 8 min left",
    ]
    assert lines[8].endswith("45 of 50, about 60 s left")
    assert len(lines) == 10


def test_why_jobs_do_not_start_is_told_once_for_all_of_them():
    scene, names = SimpleNamespace(name="bunny"), [f"shot{number}" for number in range(5)]
    plans = [
        SimpleNamespace(
            shot=SimpleNamespace(scene=scene, shot=SimpleNamespace(name=name)),
            nodes=[SimpleNamespace(node=SimpleNamespace(recipe=name, name="diffuse"), state="stale")],
        )
        for name in names
    ]
    said: dict[str, list[str]] = {}
    tracker = SimpleNamespace(begun=set, retries=[], held_up=lambda: said)
    log = io.StringIO()
    display = RunDisplay(plans, tracker, Console(file=log), findings=lambda _: ())  # type: ignore[arg-type]
    display._whole = display._bars.add_task("nodes", total=len(names))
    first, all_of_them = {"down": names[:1]}, {"down": names}
    held = {"held": names[3:4]}
    for now in (first, all_of_them, all_of_them, {}, first, first, held, held):
        said = now
        display._draw()
    assert [line.split(" … ")[1] for line in log.getvalue().splitlines()] == [
        "bunny/shot0 diffuse (and 4 more): down",
        "bunny/shot3 diffuse: held",
    ]
