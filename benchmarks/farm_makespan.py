"""200 shots whose GPU stage sleeps 5 s, on a Slurm of two nodes with two GPUs each: the whole run against the ideal.

Ideal is the sum of the stages' wall times over the four GPUs, as if nothing else took any time. The cluster is that of
the tests, on this machine, so its processor also does what would be other machines' work: starting jobs' processes.
"""

import itertools
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.slurm.cluster import PACKAGES, Cluster, missing
from tests.slurm.farm import FarmProject

SHOTS, STAGE_S, KEYS, GPUS = 200, 5.0, 10, 4


def main() -> None:
    """Measure and print."""
    if lacking := missing():
        print(f"there is no {', '.join(lacking)}: apt-get install {PACKAGES}")
        return
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        farm = FarmProject(Path(folder), cluster, needs={"keys": KEYS}, troubles={"sleep_s": STAGE_S})
        farm.write(SHOTS)
        began = time.time()
        ended = farm.start().end(timeout=3600)
        if ended.code != 0:
            raise SystemExit(f"the run failed: {ended.err}")
        _report(farm, began, time.time())


def _report(farm: FarmProject, began: float, ended: float) -> None:
    works, makespan = _works(farm), ended - began
    busy = sum(end - start for start, end, _ in works)
    print(f"{len(works)} shots, {KEYS} to a job, {farm.troubles['sleep_s']:g} s of sleep in each, {GPUS} GPUs")
    print(f"  makespan {makespan:7.1f} s, ideal {busy / GPUS:7.1f} s: {busy / GPUS / makespan:.1%}")
    first, last = min(start for start, _, _ in works), max(end for _, end, _ in works)
    print(f"  {first - began:7.1f} s before the first GPU works, {ended - last:.1f} s after the last one")
    for name, seconds in _idle(works, first, last).items():
        print(f"  {seconds / GPUS:7.1f} s {name}, the mean of the GPUs")


def _works(farm: FarmProject) -> list[tuple[float, float, dict[str, Any]]]:
    """Return (begin, end, where) of each piece of work on a GPU."""
    begins = {noted["key"]: noted["at"] for noted in farm.work("began")}
    return [(begins[noted["key"]], noted["at"], noted) for noted in farm.work("done")]


def _idle(works: list[tuple[float, float, dict[str, Any]]], first: float, last: float) -> dict[str, float]:
    """Return the seconds in which GPUs did not work between the first work and the last, by what they waited for."""
    slots, found = defaultdict(list), defaultdict[str, float](float)
    for work in sorted(works, key=lambda work: work[0]):
        slots[work[2]["node"], work[2]["gpu"]].append(work)
    for slot in slots.values():
        found["for the first job"] += slot[0][0] - first
        found["at the end, when no jobs are left"] += last - slot[-1][1]
        for (_, end, before), (start, _, after) in itertools.pairwise(slot):
            if before["pid"] == after["pid"]:
                found["between the requests of a job"] += start - end
            else:
                found["for Slurm, from job to job"] += after["since"] - end
                found["for a job's Python, until its stage works"] += start - after["since"]
    return found


if __name__ == "__main__":
    main()
