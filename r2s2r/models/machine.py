"""What this machine has, and what it lacks for a video model; found without torch."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.video_model import VideoModelSpec

PERCEPTION_PACKAGES: tuple[str, ...] = ("torch", "diffusers", "transformers", "safetensors")
"""What every model that looks at the source needs."""

PACKAGES: tuple[str, ...] = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors", "ftfy")
"""What every video model needs."""

INSTALL = "`pip install -e '.[neural]'` in the checkout of r2s2r"
"""How to get them."""

ATTENTION_PACKAGES = {
    "flash": ("flash_attn", "2.6.3 or later: `pip install flash-attn --no-build-isolation`"),
    "flash3": ("flash_attn_interface", "built from the folder `hopper` of github.com/Dao-AILab/flash-attention"),
    "sage": ("sageattention", "2.1.1 or later, built from github.com/thu-ml/SageAttention"),
}
"""Attention kernel -> the package it needs, and how to get that."""

INSTEAD_OF_VIDEO = "take backend: compositor; device: cpu takes hours a frame with anything but a tiny model"
"""What can be done without a GPU."""

INSTEAD_OF_PERCEPTION = "set its device: cpu, which is slow"
"""Likewise, for models that look at the source."""

_MEMORY = Path("/proc/meminfo")
_MIB, _GB = 1024**2, 10**9
_TIMEOUT_S = 20
_COLUMNS = ("index", "uuid", "name", "memory.total", "memory.free")


@dataclass(frozen=True)
class Gpu:
    """A GPU. Memory in bytes: all of it, and what nobody uses now."""

    name: str
    memory_bytes: int
    free_bytes: int


def gpu() -> Gpu | None:
    """Return the GPU that work would run on: the first of CUDA_VISIBLE_DEVICES, else the first; None without one."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    if chosen.startswith("MIG-"):
        return _part(chosen)
    for index, uuid, name, total, free in _listed():
        if chosen == index or (chosen.startswith("GPU-") and uuid.startswith(chosen)):  # UUIDs may be shortened
            return Gpu(name, _bytes(total), _bytes(free))
    return None


def visible_gpus() -> tuple[str, ...]:
    """Return what CUDA_VISIBLE_DEVICES, else nvidia-smi, shows: their indices, and the UUIDs of parts of GPUs."""
    listed = _listed()
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return tuple(index for index, *_ in listed)
    words = [word.strip() for word in chosen.split(",")]
    seen = words[: words.index("-1")] if "-1" in words else words  # CUDA sees none of those after it
    return tuple(_as_index(word, listed) for word in seen if word and word != "NoDevFiles")


def host_memory_bytes() -> int:
    """Return the size of the host's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def host_free_bytes() -> int:
    """Return how much of the host's memory can be had now.

    The kernel's cache of files is part of it: after tens of GB of weights were read, it fills all that is unused.
    """
    found = re.search(r"^MemAvailable:\s+(\d+) kB", _MEMORY.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) * 1024 if found else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


def missing_for(spec: VideoModelSpec | PerceptionSpec) -> list[str]:
    """Say what this machine lacks for a model, weights aside: packages, and a GPU unless the spec wants none."""
    packages, instead = PERCEPTION_PACKAGES, INSTEAD_OF_PERCEPTION
    found: list[str | None] = []
    if isinstance(spec, VideoModelSpec):
        packages, instead = PACKAGES, INSTEAD_OF_VIDEO
        found.append(missing_kernel(spec))
    lacking = [name for name in packages if find_spec(name) is None]
    missing = [f"packages {', '.join(lacking)}: {INSTALL}"] if lacking else []
    found.append(missing_gpu(instead) if spec.device == "auto" else None)
    return missing + [one for one in found if one]


def missing_kernel(spec: VideoModelSpec) -> str | None:
    """Say which package the spec's attention kernel lacks."""
    if spec.attention == "native" or find_spec(ATTENTION_PACKAGES[spec.attention][0]):
        return None
    package, advice = ATTENTION_PACKAGES[spec.attention]
    return f"package {package}, for attention: {spec.attention}; {advice}"


def missing_gpu(instead: str) -> str | None:
    """Say what is missing for computing on a GPU, and what can be done instead."""
    if gpu() is None:
        return f"a GPU (nvidia-smi and CUDA_VISIBLE_DEVICES show none): run where one is, or {instead}"
    if find_spec("torch") and metadata.version("torch").endswith("+cpu"):
        return "a torch that can use the GPU (this one is built for the CPU only): pytorch.org/get-started/locally"
    return None


def _listed() -> list[list[str]]:
    """Return what nvidia-smi says of each GPU: ``_COLUMNS``, memory in MiB."""
    rows = _nvidia_smi(f"--query-gpu={','.join(_COLUMNS)}", "--format=csv,noheader,nounits").splitlines()
    cells = [[cell.strip() for cell in row.split(",")] for row in rows]
    return [row for row in cells if len(row) == len(_COLUMNS)]


def _as_index(word: str, listed: list[list[str]]) -> str:
    """Return the index of a GPU that is named by its UUID, which may be shortened."""
    by_uuid = (index for index, uuid, *_ in listed if word.startswith("GPU-") and uuid.startswith(word))
    return next(by_uuid, word)


def _part(uuid: str) -> Gpu | None:
    """Return a part of a GPU (MIG), of which nvidia-smi says no more than ``MIG 1g.10gb Device 0: (UUID: MIG-...)``."""
    found = re.search(rf"(MIG \w+\.(\d+)gb\S*).*UUID: {re.escape(uuid)}", _nvidia_smi("-L"))
    return Gpu(found[1], int(found[2]) * _GB, int(found[2]) * _GB) if found else None


def _nvidia_smi(*arguments: str) -> str:
    """Return what nvidia-smi prints; nothing where it is not there, or its driver is broken or hangs."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        said = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout


def _bytes(mib: str) -> int:
    """Return MiB as bytes; a GPU that shares the host's memory says ``[N/A]``."""
    return int(mib) * _MIB if mib.isdecimal() else host_memory_bytes()
