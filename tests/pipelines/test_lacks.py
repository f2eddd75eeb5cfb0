"""What a machine lacks for the lift stage is said before anything is decoded."""

import pytest

from tests.pipelines.conftest import Project

POLYGON = "  left: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            ", lift: {backend: sam3d, sam3d: {objects_weights: ./none}}",
            ["a worker, `workers: {sam3d_objects:", "none:"],
        ),
        (", segment: {backend: sam2, sam2: {weights: ./none, device: cpu}}", ["none: no such folder of weights"]),
        (", segment: {backend: sam2, sam2: {weights: ./none}}", ["a GPU", "set its device: cpu, which is slow"]),
    ],
)
def test_a_missing_worker_or_model_ends_with_3_and_names_the_entity(
    project: Project, setting: str, said: list[str]
) -> None:
    project.change(POLYGON, POLYGON + setting)
    done = project.run("--shot", "still")
    assert done.code == 3
    assert all(words in done.err for words in said), done.err
    assert "left" in done.err
    assert not list((project.store / "actions").glob("*")), "something was made in vain"
