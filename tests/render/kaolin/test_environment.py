"""What Kaolin lacks is found in any environment, without loading anything, and the lines that help are exact."""

import subprocess
import sys
from pathlib import Path

import pytest

from r2s2r.errors import MissingError
from r2s2r.spec.render import KaolinRenderSpec, RenderSpec
from r2s2r.stages.render.kaolin import kaolin_backend
from r2s2r.stages.render.kaolin.environment import KAOLIN, TORCH, TORCHVISION, install_line, missing_kaolin
from r2s2r.stages.render.missing import missing_to_draw

ROOT = Path(__file__).resolve().parents[3]
OURS = "pip install kaolin==0.18.0 -f https://nvidia-kaolin.s3.us-east-2.amazonaws.com/torch-2.8.0_cu128.html"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Installs packages that have nothing but a version, and asks there."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")

    def asked(question, cuda=None, **packages):
        for name, version in packages.items():
            info = tmp_path / f"{name}-{version}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text("raise AssertionError('loaded')\n", "utf-8")
        if "torch" in packages:
            text = f"from typing import Optional\ncuda: Optional[str] = {cuda!r}\nhip: Optional[str] = None\n"
            (tmp_path / "torch" / "version.py").write_text(text, "utf-8")
        code = f"from r2s2r.stages.render.kaolin.environment import *\nprint({question})"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
        return said.stdout.strip()

    return asked


def test_a_pair_that_nvidia_builds_for_gets_its_own_line(environment):
    said = environment("missing_package()", cuda="12.6", torch="2.7.1+cu126")
    assert said == (
        "package kaolin: `pip install kaolin==0.18.0 -f "
        "https://nvidia-kaolin.s3.us-east-2.amazonaws.com/torch-2.7.1_cu126.html` and the torchvision that goes with "
        "torch 2.7.1+cu126"
    )


@pytest.mark.parametrize(("torch", "cuda"), [("2.13.0", "13.0"), ("2.8.0+cpu", None), ("3.0.0", "14.1")])
def test_any_other_torch_is_told_to_make_the_farms_environment(environment, torch, cuda):
    said = environment("missing_package()", cuda=cuda, torch=torch)
    assert "pip install torch==2.8.0 torchvision==0.23.0 --index-url https://download.pytorch.org/whl/cu128" in said
    assert OURS in said
    assert "docs/kaolin.md" in said


def test_the_placeholder_of_pypi_is_not_taken_for_kaolin(environment):
    said = environment("missing_package()", cuda="12.8", torch="2.8.0", kaolin="0.1", torchvision="0.23.0")
    assert "kaolin 0.1 of PyPI is an empty placeholder, `pip uninstall kaolin`" in said
    assert OURS in said


def test_a_whole_environment_lacks_nothing(environment):
    asked = "(missing_package(), cuda_version(), version('kaolin'))"
    said = environment(asked, cuda="12.8", torch="2.8.0", kaolin="0.18.0", torchvision="0.23.0")
    assert said == "(None, '12.8', '0.18.0')"


def test_the_pair_is_that_of_the_farms_constraints():
    pinned = (ROOT / "constraints-farm.txt").read_text(encoding="utf-8")
    for line in (f"kaolin=={KAOLIN}\n", f"torch=={TORCH}\n", f"torchvision=={TORCHVISION}\n"):
        assert line in pinned
    assert install_line(TORCH, "12.8") == OURS
    assert OURS.rpartition(" ")[2] in pinned


def test_without_a_gpu_the_backend_says_so_and_what_else_can_be_done(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(MissingError) as said:
        kaolin_backend(KaolinRenderSpec())
    assert "a GPU (nvidia-smi and CUDA_VISIBLE_DEVICES show none)" in str(said.value)
    assert "`profiles: {final: {render: cpu}}` in r2s2r.yaml" in str(said.value)


def test_nvdiffrast_is_asked_for_only_where_it_is_wanted():
    wanted = KaolinRenderSpec(rasteriser="nvdiffrast")
    assert any("its licence allows research" in one for one in missing_kaolin(wanted))
    assert not any("nvdiffrast" in one for one in missing_kaolin(KaolinRenderSpec()))


def test_the_cpu_lacks_nothing(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert missing_to_draw(RenderSpec(backend="cpu")) == []
    assert missing_to_draw(RenderSpec(backend="torch")) == []
    on_gpu = RenderSpec.model_validate({"backend": "torch", "torch": {"device": "cuda"}})
    assert "a GPU" in missing_to_draw(on_gpu)[0]
