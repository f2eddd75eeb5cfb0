"""Tiny segmentation models, loaded."""

import pytest

from r2s2r.models.segment.sam2 import load_sam2
from r2s2r.models.segment.sam3 import load_sam3
from r2s2r.spec.segment import Sam2Spec, Sam3Spec
from tests.models.segment.tiny import write_sam2, write_sam3


@pytest.fixture(scope="session")
def sam2_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sam2")
    write_sam2(folder)
    return folder


@pytest.fixture(scope="session")
def sam3_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sam3")
    write_sam3(folder)
    return folder


@pytest.fixture(scope="session")
def sam2(sam2_folder):
    return load_sam2(sam2_folder, Sam2Spec(weights=str(sam2_folder), device="cpu"))


@pytest.fixture(scope="session")
def sam3(sam3_folder):
    return load_sam3(sam3_folder, Sam3Spec(weights=str(sam3_folder), device="cpu"))
