"""The scene file."""

from typing import Annotated, Literal

from pydantic import Field

from r2s2r.spec.base import FileName, Name, Spec
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.entities import EntitySpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.shots import ShotSpec
from r2s2r.spec.source import SourceSpec


class SceneSpec(Spec):
    """A scene: one source, the entities lifted from it or added to it, and the shots made of them.

    Attributes:
        version: Of the scene language: 1.
        name: Results are found under it.
        source: The clip and how it was filmed.
        include: Files with more entities, relative to this file.
        entities: Name -> where it comes from.
        shots: Name -> what happens.
        segment: Settings for every entity; an entity's own win.
        depth: Where the depth of the reference frame comes from.
        lift: Settings for every entity; an entity's own win.
        render: Settings for every shot; a shot's own win.
        diffuse: Settings for every shot; a shot's own win.
        encode: Settings for every shot; a shot's own win.
        output: Settings for every shot; a shot's own win.

    Example:
        version: 1
        name: bunny
        source: {clip: media/meadow.mp4, frame: 66}
        entities:
          bunny: {select: {box_px: [160, 62, 618, 630]}}
        shots:
          orbit: {camera: [{type: orbit, around: bunny, degrees: 24}]}
    """

    version: Literal[1]
    name: Name
    source: SourceSpec
    include: tuple[FileName, ...] = ()
    entities: dict[Name, EntitySpec] = {}
    shots: Annotated[dict[Name, ShotSpec], Field(min_length=1)]
    segment: SegmentSpec = SegmentSpec()
    depth: DepthSpec = DepthSpec()
    lift: LiftSpec = LiftSpec()
    render: RenderSpec = RenderSpec()
    diffuse: DiffuseSpec = DiffuseSpec()
    encode: EncodeSpec = EncodeSpec()
    output: OutputSpec = OutputSpec()
