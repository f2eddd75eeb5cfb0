"""200 random kills over batches of 50 shots: every batch must end complete, as an undisturbed one, without waste.

Drivers, their workers and the processes of stages are killed at random moments, and at the very calls that write:
before and after each flush, rename and removal. With Slurm here, as many once more on a cluster of which nodes, their
daemons and the controller are killed, too. A driver that died or failed is started again until the batch is complete;
then the next batch begins, in an empty store.
"""

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faulting.batch import INJECTED, Batch, results, tries, wasted
from benchmarks.faulting.falling import Faults, parts_of
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import StageName
from tests.slurm.cluster import PACKAGES, Cluster, missing

SHOTS, KILLS = 50, 200
CHANCE, PAUSE_S = 0.01, 3.0
LONGEST_S = 1800.0
STAGE: StageName = "render"  # is built by processes of the executor, the others by those of the driver


def main() -> None:
    """Kill and report."""
    with tempfile.TemporaryDirectory() as folder:
        here(Path(folder) / "local")
    if lacking := missing():
        print(f"there is no {', '.join(lacking)}, so no cluster: apt-get install {PACKAGES}")
        return
    with tempfile.TemporaryDirectory() as folder:
        on_slurm(Path(folder) / "slurm")


def here(folder: Path) -> None:
    """Kill what runs on this machine alone."""
    faults = Faults(folder / "deaths", KILLS, CHANCE, PAUSE_S)
    farm = {"stages": {STAGE: {"python": sys.executable}}}
    _measure(folder, Batch(folder / "project", farm=farm), faults)


def on_slurm(folder: Path) -> None:
    """Kill what runs on a cluster."""
    with Cluster() as cluster:
        faults = Faults(folder / "deaths", KILLS, CHANCE, PAUSE_S, parts_of(cluster), cluster.resume)
        needs = {"gpus": 1, "cpus": 1, "memory_gb": 0.8, "minutes": 5, "environment": faults.variables}
        farm = {"stages": {STAGE: {**needs, "python": sys.executable}}, "slurm": {"poll_s": 0.5, "stop_s": 5}}
        _measure(folder, Batch(folder / "project", "slurm", cluster.environment, farm, (STAGE,)), faults)


@dataclass
class _Tally:
    batches: int = 0
    drivers: int = 0
    begun_again: int = 0


def _measure(folder: Path, batch: Batch, faults: Faults) -> None:
    folder.mkdir()
    faults.folder.mkdir()
    batch.write(SHOTS)
    expected = _undisturbed(folder)
    print(f"{SHOTS} shots, {len(expected)} results, executor {batch.executor}", flush=True)
    tally, began = _Tally(), time.monotonic()
    try:
        with faults.falling():
            while len(faults.deaths()) < KILLS:
                _make(batch, folder, faults, expected, tally)
    finally:
        faults.end()
    _report(faults, tally, time.monotonic() - began)


def _undisturbed(folder: Path) -> dict[str, str]:
    batch, store, said = Batch(folder / "undisturbed"), folder / "undisturbed-store", folder / "undisturbed.txt"
    batch.write(SHOTS)
    assert batch.start(store, said, {}).wait() == 0, said.read_text()
    return results(Store(store))


def _make(batch: Batch, folder: Path, faults: Faults, expected: dict[str, str], tally: _Tally) -> None:
    """Make one batch, whatever happens to it, and compare."""
    tally.batches += 1
    store, said = Store(folder / f"store-{tally.batches}"), folder / f"said-{tally.batches}.txt"
    variables = {**faults.variables, "PYTHONPATH": str(INJECTED)}
    code, until = 1, time.monotonic() + LONGEST_S
    while code != 0:
        assert time.monotonic() < until, f"not complete after {LONGEST_S} s: {said.read_text()[-3000:]}"
        tally.drivers += 1
        driver = batch.start(store.root, said, variables)
        try:
            code = driver.wait(LONGEST_S)
        finally:
            driver.kill()
    assert results(store) == expected, f"{store.root}: other results than an undisturbed run's"
    again = list(wasted(store))
    assert not again, f"{store.root}: made twice though it was not killed: {again}"
    tally.begun_again += sum(count - 1 for count in tries(store).values())


def _report(faults: Faults, tally: _Tally, seconds: float) -> None:
    deaths = Counter(faults.deaths())
    print(f"  {sum(deaths.values())} kills in {seconds:.0f} s; {tally.batches} batches made by {tally.drivers} drivers")
    print(f"  {tally.begun_again} results begun again, of which none was finished before; all digests as undisturbed")
    for words, count in sorted(deaths.items()):
        print(f"    {count:4} {words}")


if __name__ == "__main__":
    main()
