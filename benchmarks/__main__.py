"""``python -m benchmarks [NAME ...]``: run the named measurements, each in a process of its own; without names most."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import benchmarks

_ASKED_FOR = frozenset({"faults", "farm_makespan"})
"""They take a quarter of an hour, and a Slurm: run when they are named."""


def main() -> int:
    """Run them; the exit code is 1 if one of them failed."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.ispkg]
    known = [name for name in found if name != "__main__"]
    chosen = sys.argv[1:] or [name for name in known if name not in _ASKED_FOR]
    if unknown := sorted(set(chosen) - set(known)):
        print(f"no measurement is called {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = [name for name in chosen if not _succeeds(name)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _succeeds(name: str) -> bool:
    print(f"== {name}", flush=True)
    code = f"from benchmarks.{name} import main; main()"
    root = Path(__file__).resolve().parents[1]
    return subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
