"""A turntable: the entity turns once, textured and as normals; and a card that says what it is."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.turntable import CARD, TURNTABLE, TurntableFacts
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.topology import is_closed, volume_m3
from r2s2r.media.h264 import H264Writer
from r2s2r.stages.render.turntable.card import draw_card
from r2s2r.stages.render.turntable.inputs import TurntableInputs
from r2s2r.stages.render.turntable.studio import Studio

_SIDE_PX = 480
_FRAMES, _FPS = 96, Fraction(24)
_CRF = 18


def write_turntable(inputs: TurntableInputs, out: Path, progress: Progress) -> None:
    """Write the ``Turntable`` artefact."""
    mesh = _upright(inputs)
    studio = Studio(mesh, side_px=_SIDE_PX)
    with H264Writer(out / TURNTABLE, height=_SIDE_PX, width=2 * _SIDE_PX, fps=_FPS, crf=_CRF) as video:
        for frame in range(_FRAMES):
            taken = studio.photograph(360.0 * frame / _FRAMES)
            video.write(np.hstack([taken.lit, taken.normals]))
            progress(frame + 1, _FRAMES + 1)
    facts = _facts(mesh, inputs)
    draw_card(inputs, facts, studio, out / CARD)
    write_facts(out, facts)
    progress(_FRAMES + 1, _FRAMES + 1)


def _upright(inputs: TurntableInputs) -> Mesh:
    """Return the mesh in metres along its own axes: what its placement scales is scaled, what it turns is not."""
    scale = np.float32(np.cbrt(abs(np.linalg.det(inputs.entity.world_from_entity[:3, :3]))))
    mesh = inputs.entity.mesh()
    return replace(mesh, vertices=mesh.vertices * scale)


def _facts(mesh: Mesh, inputs: TurntableInputs) -> TurntableFacts:
    width, height, depth = (round(float(extent), 6) for extent in np.ptp(mesh.vertices.astype(np.float64), axis=0))
    return TurntableFacts(
        size_m=(width, height, depth),
        faces=len(mesh.faces),
        volume_m3=float(f"{volume_m3(mesh.vertices, mesh.faces):.6g}") if is_closed(mesh.faces) else None,
        silhouette_iou=inputs.entity.facts.silhouette_iou,
    )
