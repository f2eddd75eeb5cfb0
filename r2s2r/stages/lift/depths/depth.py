"""How far away what the reference frame shows is: read from a file, or measured by a network."""

from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from r2s2r.artifacts.depth import Depth
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.models.kept import Loading
from r2s2r.spec.depth import DepthSpec
from r2s2r.stages.lift.depths.found import FoundDepth


def write_depth(
    spec: DepthSpec, footage: Footage, files: Mapping[str, Path], out: Path, progress: Progress, loading: Loading
) -> None:
    """Write the ``Depth`` artefact of the reference frame; ``files`` has ``depth``: a map, or a model's folder."""
    found = _find(spec, footage, files["depth"], loading)
    Depth.write(out, found.values, found.facts)
    progress(1, 1)


def _find(spec: DepthSpec, footage: Footage, source: Path, loading: Loading) -> FoundDepth:
    match spec.backend:
        case "file":
            from r2s2r.stages.lift.depths.given import read_given

            return read_given(spec.file, source, height=footage.facts.height, width=footage.facts.width)
        case "depth_pro":
            from r2s2r.stages.lift.depths.measured import measure_depth_pro

            return measure_depth_pro(spec.depth_pro, footage.reference_frame(), source, loading)
        case "depth_anything":
            from r2s2r.stages.lift.depths.measured import measure_depth_anything

            return measure_depth_anything(spec.depth_anything, footage.reference_frame(), source, loading)
        case "ground" | "auto":
            raise AssertionError("the ground needs no map, and `auto` is decided before a stage runs")
        case _:
            assert_never(spec.backend)
