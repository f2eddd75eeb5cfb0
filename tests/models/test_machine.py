"""What the machine has is found by asking nvidia-smi, whatever that answers."""

import pytest

from r2s2r.models import machine
from r2s2r.models.machine import Gpu, gpu, host_free_bytes, host_memory_bytes, missing_for
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

MIB = 1024**2
TWO = """\
0, GPU-aaaa1111-0000, NVIDIA H100 80GB HBM3, 81559, 80995
1, GPU-bbbb2222-0000, NVIDIA L40S, 46068, 100
"""
MIG = """\
GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-cccc)
  MIG 1g.10gb     Device  0: (UUID: MIG-dddd-1)
  MIG 3g.40gb     Device  1: (UUID: MIG-dddd-2)
"""


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Puts an nvidia-smi on the PATH that prints a text."""

    def answering(text, code=0):
        (tmp_path / "answer").write_text(text, encoding="utf-8")
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\ncat {tmp_path}/answer\nexit {code}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return answering


@pytest.mark.parametrize(
    ("visible", "name"),
    [
        (None, "NVIDIA H100 80GB HBM3"),
        ("0", "NVIDIA H100 80GB HBM3"),
        ("1,0", "NVIDIA L40S"),
        (" 1 ", "NVIDIA L40S"),
        ("GPU-bbbb", "NVIDIA L40S"),
        ("", None),
        ("-1", None),
        ("2", None),
        ("GPU-", "NVIDIA H100 80GB HBM3"),
        ("MIG-dddd-2", None),
    ],
)
def test_the_first_visible_gpu_counts(nvidia_smi, monkeypatch, visible, name):
    nvidia_smi(TWO)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = gpu()
    assert (found.name if found else None) == name


def test_memory_is_in_bytes(nvidia_smi):
    nvidia_smi(TWO)
    assert gpu() == Gpu("NVIDIA H100 80GB HBM3", 81559 * MIB, 80995 * MIB)


def test_a_part_of_a_gpu_has_the_memory_of_its_profile(nvidia_smi, monkeypatch):
    nvidia_smi(MIG)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-dddd-2")
    assert gpu() == Gpu("MIG 3g.40gb", 40 * 10**9, 40 * 10**9)


def test_a_gpu_without_memory_of_its_own_has_the_hosts(nvidia_smi):
    nvidia_smi("0, GPU-eeee, NVIDIA GB10, [N/A], [N/A]\n")
    assert gpu() == Gpu("NVIDIA GB10", host_memory_bytes(), host_memory_bytes())


@pytest.mark.parametrize(
    ("said", "code"),
    [("NVIDIA-SMI has failed because it couldn't communicate", 9), ("", 0), ("No devices were found", 0)],
)
def test_a_driver_that_does_not_work_is_no_gpu(nvidia_smi, said, code):
    nvidia_smi(said, code)
    assert gpu() is None


def test_no_nvidia_smi_is_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu() is None


def test_host_memory_is_more_than_what_is_free():
    assert host_memory_bytes() >= host_free_bytes() > 0


def test_what_the_kernel_keeps_of_files_it_has_read_is_free(tmp_path, monkeypatch):
    said = tmp_path / "meminfo"
    said.write_text("MemTotal: 131072000 kB\nMemFree:    1024000 kB\nMemAvailable:  98304000 kB\n", encoding="ascii")
    monkeypatch.setattr(machine, "_MEMORY", said)
    assert host_free_bytes() == 98304000 * 1024


def test_a_cpu_needs_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_for(AnimateSpec(device="cpu")) == []
    (said,) = missing_for(VaceSpec())
    assert said.startswith("a GPU")
    assert "backend: compositor" in said


@pytest.mark.parametrize("version", ["2.13.0+cpu", "2.13.0", "2.13.0+cu128"])
def test_a_torch_for_the_cpu_cannot_use_a_gpu(nvidia_smi, monkeypatch, version):
    nvidia_smi(TWO)
    monkeypatch.setattr("importlib.metadata.version", lambda _: version)
    assert [said[:7] for said in missing_for(AnimateSpec())] == (["a torch"] if version.endswith("cpu") else [])


def test_missing_packages_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name in ("torch", "ftfy", "flash_attn") else name)
    packages, kernel = missing_for(AnimateSpec(device="cpu", attention="flash"))
    assert packages == "packages torch, ftfy: `pip install -e '.[neural]'` in the checkout of r2s2r"
    assert kernel.startswith("package flash_attn, for attention: flash; 2.6.3 or later: `pip install flash-attn")
