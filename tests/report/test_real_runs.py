"""Reports of real runs of a real project."""

from pathlib import Path

from r2s2r.artifacts.journal import latest_runs, read_journal
from r2s2r.artifacts.store import Store
from r2s2r.report.content import NightReport
from r2s2r.report.write import write_report
from tests.pipelines.conftest import Project, new_project


def reported(project: Project) -> tuple[NightReport, Path]:
    store = Store(project.store)
    return write_report(store, latest_runs(store)[0])


def test_a_run_then_a_change_then_a_failure(tmp_path: Path):
    project = new_project(tmp_path / "project")
    assert project.run().code == 0
    report, data = reported(project)
    assert {shot.label: shot.state for shot in report.shots} == {"tiny/orbit": "done", "tiny/still": "done"}
    run = read_journal(Store(project.store), report.runs[0])
    assert run is not None
    assert report.totals.made == len({recipe for shot in run.shots for _, recipe, _, _ in shot.nodes})
    for shot in report.shots:
        assert shot.picture == "video"
        assert (data.parent / str(shot.thumbnail)).is_file()
        assert (data.parent / str(shot.video)).is_file()
        assert {node.because for node in shot.nodes} >= {"never built"}

    project.change("degrees: 24", "degrees: 31")
    assert project.run().code == 0
    report, _ = reported(project)
    assert {shot.label: shot.state for shot in report.shots} == {"tiny/orbit": "done", "tiny/still": "fresh"}
    (orbit, _) = report.shots
    assert any("24" in node.because and "31" in node.because for node in orbit.nodes)
    assert "footage" not in {node.node for node in orbit.nodes}

    project.change("[100, 80]]}}", "[100, 80]]}}\n  ghost: {select: {polygon_px: [[1, 1], [2, 1], [2, 2]]}}")
    assert project.run().code != 0
    report, _ = reported(project)
    assert {shot.state for shot in report.shots} == {"failed"}
    assert report.failures[0].node.endswith("ghost")
    assert report.needs[0].count == 2
