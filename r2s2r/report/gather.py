"""Gather: from journals and store to the report. Reads in the order of the data."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from r2s2r.artifacts.journal import JournalRun
from r2s2r.artifacts.store import Store
from r2s2r.report.content import READY, NightReport, RefusedScene, ShotReport
from r2s2r.report.failures import failures_of, shortened
from r2s2r.report.findings import findings_of
from r2s2r.report.needs import needs_of
from r2s2r.report.nights import night_of
from r2s2r.report.pictures import Delivered, Picture, delivered, picture_of
from r2s2r.report.shots import reasons_of, report_shot, shots_of
from r2s2r.report.slots import strips
from r2s2r.report.thumbnails import THUMBNAILS
from r2s2r.report.times import iso
from r2s2r.report.totals import totals_of
from r2s2r.report.work import Work

_FORMAT = 1
_NO_END = "the driver has not said that it ended: it is still at work, or was killed"


@dataclass(frozen=True)
class Gathered:
    """A report, and what its pictures are to be made of.

    Attributes:
        report: Without thumbnails.
        pictures: Of each of its shots.
    """

    report: NightReport
    pictures: tuple[Picture | None, ...]

    def illustrated(self, there: Collection[str], troubles: Mapping[str, str]) -> NightReport:
        """Return the report with the thumbnails that are there; ``troubles``: name -> why one cannot be made."""
        shots = zip(self.report.shots, self.pictures, strict=True)
        return replace(self.report, shots=tuple(_illustrated(shot, one, there, troubles) for shot, one in shots))


def gather(store: Store, runs: Sequence[JournalRun], folder: Path) -> Gathered:
    """Say what a night did.

    Args:
        store: Its store.
        runs: Its runs, the earliest first: each start of the driver makes one.
        folder: Where the report will lie: its paths are relative to it.
    """
    last = runs[-1]
    work = Work.read(store, runs)
    shots = shots_of(runs)
    reasons = reasons_of(runs)
    failures = failures_of(shots, work, store)
    findings = findings_of(shots, work, store)
    there = [delivered(shot, Path(last.out)) for shot in shots]
    reports = tuple(
        _located(report_shot(shot, work, failures, reasons=reasons, findings=findings), lies, folder)
        for shot, lies in zip(shots, there, strict=True)
    )
    refused = _refused(runs)
    axis, slots = strips(work.spans, runs[0].started, work.ended or work.seen)
    return Gathered(
        report=NightReport(
            format=_FORMAT,
            night=night_of(last).isoformat(),
            kind=last.kind,
            runs=tuple(run.id for run in runs),
            machine=last.machine,
            executor=last.executor,
            started=iso(runs[0].started),
            ended=None if work.ended is None else iso(work.ended),
            until=None if last.until is None else iso(last.until),
            trouble=work.ending if work.ended is not None else _NO_END,
            totals=totals_of(runs, reports, len(refused), work),
            needs=needs_of(reports, failures.reports, refused),
            refused=refused,
            shots=reports,
            failures=failures.reports,
            axis=axis,
            slots=slots,
        ),
        pictures=tuple(picture_of(shot, lies, work, store) for shot, lies in zip(shots, there, strict=True)),
    )


def _located(shot: ShotReport, lies: Delivered, folder: Path) -> ShotReport:
    """Say where a shot's video is; that of a shot that is not ready is an earlier one."""
    video, contact = (None if path is None else _relative(path, folder) for path in (lies.video, lies.contact))
    return replace(shot, video=video, contact=contact, is_earlier=video is not None and shot.state not in READY)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _refused(runs: Sequence[JournalRun]) -> tuple[RefusedScene, ...]:
    """Return the scenes that were refused, and not taken later."""
    found: dict[str, str] = {}
    for run in runs:
        for path in {shot.path for shot in run.shots}:
            found.pop(path, None)
        found.update(run.refused)
    return tuple(RefusedScene(path, shortened(message)) for path, message in found.items())


def _illustrated(
    shot: ShotReport, picture: Picture | None, there: Collection[str], troubles: Mapping[str, str]
) -> ShotReport:
    if picture is not None and picture.name in there:
        return replace(shot, thumbnail=f"{THUMBNAILS}/{picture.name}", picture=picture.kind)
    if picture is not None and picture.name in troubles:
        return replace(shot, findings=(*shot.findings, troubles[picture.name]))
    return shot
