"""Write a night's report: ``out/night/<date>/index.html``, ``index.json`` and small pictures."""

import json
from pathlib import Path

from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.journal import read_journal
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError
from r2s2r.report.content import NightReport
from r2s2r.report.gather import gather
from r2s2r.report.nights import night_of, runs_of_night
from r2s2r.report.page import page
from r2s2r.report.thumbnails import make_thumbnails, thumbnails_in

PAGE, DATA = "index.html", "index.json"


def write_report(store: Store, run_id: str) -> tuple[NightReport, Path]:
    """Write the report of the night that a run belongs to; return it, and the path of its ``index.json``.

    It is there whole before the first picture is made, which takes some 20 ms each, and once more after that.

    Raises StoreError when there is no journal of the run, or the report cannot be written.
    """
    run = read_journal(store, run_id)
    if run is None:
        raise StoreError(f"{store.root / 'runs' / run_id}: no journal of a run that can be read")
    folder = Path(run.out) / "night" / night_of(run).isoformat()
    gathered = gather(store, runs_of_night(store, run), folder)
    pictures = [picture for picture in gathered.pictures if picture is not None]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        early = gathered.illustrated(thumbnails_in(folder), {})
        _write(early, folder)
        troubles = make_thumbnails(pictures, folder)
        report = gathered.illustrated(thumbnails_in(folder), troubles)
        if report != early:
            _write(report, folder)
    except OSError as error:
        raise StoreError(
            f"{folder}: the report cannot be written there ({error.strerror}); make room, or set R2S2R_OUT to another "
            "folder"
        ) from error
    return report, folder / DATA


def _write(report: NightReport, folder: Path) -> None:
    data = json.dumps(report, default=vars, separators=(",", ":"), allow_nan=False)
    write_atomically(folder / DATA, data.encode() + b"\n")
    write_atomically(folder / PAGE, page(report).encode(errors="backslashreplace"))
