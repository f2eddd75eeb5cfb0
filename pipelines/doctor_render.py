"""Doctor for the render stage: the packages that draw on a GPU, and how to get the ones that fit each other."""

from collections.abc import Iterator

from pipelines.doctor import Check, State
from r2s2r.spec.render import KaolinRenderSpec
from r2s2r.spec.resolved import Scene
from r2s2r.stages.render.kaolin.environment import (
    NVDIFFRAST,
    advice,
    cuda_version,
    missing_package,
    version,
)
from r2s2r.stages.render.missing import missing_to_draw


def check_render(scenes: list[Scene]) -> Iterator[Check]:
    """Yield the versions of what draws on a GPU, and what the scenes' shots lack of it."""
    specs = [shot.render for scene in scenes for shot in scene.shots.values()]
    yield from _kaolin([spec.kaolin for spec in specs if spec.backend == "kaolin"])
    for scene in scenes:
        for shot in scene.shots.values():
            for lacking in missing_to_draw(shot.render):
                yield Check("machine", f"{scene.name}/{shot.name} render", "missing", lacking)


def _kaolin(wanted: list[KaolinRenderSpec]) -> Iterator[Check]:
    torch, cuda = version("torch"), cuda_version()
    absent: State = "missing" if wanted else "warning"
    if cuda is None:
        said = "no torch is installed" if torch is None else f"torch {torch} was built for the CPU only"
        yield Check("packages", "CUDA", absent, f"{said}; Kaolin needs one that was built for CUDA")
    else:
        yield Check("packages", "CUDA", "ok", f"{cuda}, which torch {torch} was built with")
    lacking = missing_package()
    if lacking:
        yield Check("packages", "kaolin", absent, f"to draw on a GPU: {lacking}")
    else:
        yield Check("packages", "kaolin", "ok", f"{version('kaolin')}; to install it again: {advice()}")
    if version("nvdiffrast"):
        yield Check("packages", "nvdiffrast", "ok", f"{version('nvdiffrast')}; its licence allows research only")
    elif any(spec.rasteriser == "nvdiffrast" for spec in wanted):
        yield Check("packages", "nvdiffrast", "missing", f"not installed: {NVDIFFRAST}")
