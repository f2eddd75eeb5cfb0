"""What the source's camera is to be found by is there."""

from collections.abc import Iterator, Mapping

from r2s2r.spec.checks.references import unknown_entity
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.resolved import Entity
from r2s2r.spec.source import SourceCameraSpec

_WHERE: Loc = ("source", "camera")
_KNOWN = ("ground", "file")


def camera_problems(spec: SourceCameraSpec, depth: DepthSpec, entities: Mapping[str, Entity]) -> Iterator[Problem]:
    """Yield what is missing for ``solve`` and ``scale_from``.

    Args:
        spec: The source's camera.
        depth: The scene's depth; no ``auto`` left.
        entities: All entities, if nothing is wrong with any.
    """
    if spec.solve == "depth" and depth.backend != "depth_pro":
        message = f"depth sees no lens with depth.backend: {depth.backend}; set depth: {{backend: depth_pro}}"
        yield Problem((*_WHERE, "solve"), message)
    where = (*_WHERE, "scale_from")
    if spec.scale_from == "file" and spec.file is None:
        yield Problem(where, "there is no camera file; give source.camera.file, or `ground`, or an entity")
    if spec.scale_from in _KNOWN:
        return
    known = entities.get(spec.scale_from)
    if known is None:
        yield Problem(where, f"is neither `ground` nor `file`; {unknown_entity(spec.scale_from, entities)}")
    elif known.spec.select is None or known.spec.place.height_m is None:
        yield Problem(where, f"{known.name} has to be selected in the clip, and to have place.height_m")
