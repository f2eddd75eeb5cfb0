"""What Kaolin needs of an environment, found without importing it or torch."""

import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from r2s2r.models.machine import missing_gpu
from r2s2r.spec.render import KaolinRenderSpec

KAOLIN = "0.18.0"
"""The release this was written for: the first whose wheels go with torch 2.8."""

TORCH, TORCHVISION, CUDA = "2.8.0", "0.23.0", "12.8"
"""The pair of ``constraints-farm.txt``."""

INSTEAD = "draw on the CPU"
"""What can be done without any of it,"""

WAY_OUT = (
    "`render: {backend: cpu}` in the scene, or, where the profile chose, `profiles: {final: {render: cpu}}` in "
    "r2s2r.yaml, draws the same passes on the CPU"
)
"""and how."""

NVDIFFRAST = (
    "`pip install --no-build-isolation git+https://github.com/NVlabs/nvdiffrast.git` (it is not on PyPI; its licence "
    "allows research and evaluation only), or `render: {kaolin: {rasteriser: cuda}}`"
)
"""How to get the other rasteriser, and what can be done without."""

_INDEX = "https://nvidia-kaolin.s3.us-east-2.amazonaws.com"
_PLACEHOLDER = (0, 1)
_NEWEST_TORCH = (2, 8)


def missing_kaolin(spec: KaolinRenderSpec) -> list[str]:
    """Say what this machine lacks for drawing with Kaolin. Nothing is loaded: a wheel of another pair passes here."""
    missing = [one for one in (missing_gpu(INSTEAD), missing_package()) if one]
    if spec.rasteriser == "nvdiffrast" and not find_spec("nvdiffrast"):
        missing.append(f"package nvdiffrast: {NVDIFFRAST}")
    return missing


def missing_package() -> str | None:
    """Say what is wrong with the packages; None where they are there and fit each other."""
    if not find_spec("torch"):
        return f"package torch: {advice()}"
    installed = version("kaolin")
    if installed is None:
        return f"package kaolin: {advice()}"
    if numbers(installed) <= _PLACEHOLDER:
        return f"Kaolin: kaolin {installed} of PyPI is an empty placeholder, `pip uninstall kaolin`; then {advice()}"
    if not find_spec("torchvision"):
        return f"package torchvision, which `import kaolin` needs: {advice()}"
    return None


def advice() -> str:
    """Say how to install Kaolin here: beside the installed torch if it has wheels for that, else with another torch."""
    torch, cuda = version("torch"), cuda_version()
    if torch is None or cuda is None or numbers(torch) > _NEWEST_TORCH:
        index = f"https://download.pytorch.org/whl/cu{CUDA.replace('.', '')}"
        return (
            f"in an environment of its own (docs/kaolin.md), `pip install torch=={TORCH} torchvision=={TORCHVISION} "
            f"--index-url {index}`, then `{install_line(TORCH, CUDA)}`"
        )
    return f"`{install_line(torch.partition('+')[0], cuda)}` and the torchvision that goes with torch {torch}"


def install_line(torch: str, cuda: str) -> str:
    """Return the command that installs Kaolin for a pair of torch and CUDA versions: ``2.8.0``, ``12.8``.

    Source: Kaolin's documentation, "Installation": wheels lie on one page for each pair.
    """
    return f"pip install kaolin=={KAOLIN} -f {_INDEX}/torch-{torch}_cu{cuda.replace('.', '')}.html"


def version(package: str) -> str | None:
    """Return an installed package's version."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def cuda_version() -> str | None:
    """Return the CUDA version the installed torch was built with; None without torch, or with one for the CPU only."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).with_name("version.py")
    found = re.search(r"^cuda\b[^=\n]*=\s*'([\d.]+)'", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None


def numbers(written: str) -> tuple[int, ...]:
    """Return the first two numbers of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", written)[:2])
