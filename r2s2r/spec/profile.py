"""Profiles: what ``backend: auto`` means. Never what a machine happens to have."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from r2s2r.spec.base import Spec
from r2s2r.spec.depth import DepthBackend, DepthSpec
from r2s2r.spec.diffuse import DiffuseBackend, DiffuseSpec
from r2s2r.spec.lift import LiftBackend, LiftSpec
from r2s2r.spec.render import RenderBackend, RenderSpec
from r2s2r.spec.segment import SegmentBackend, SegmentSpec

AnySettings = TypeVar("AnySettings", SegmentSpec, DepthSpec, LiftSpec, RenderSpec, DiffuseSpec)


class ProfileSpec(Spec):
    """The backends that stand in for ``auto``. A backend that is named in a scene stays.

    Attributes:
        segment: How selections become masks.
        depth: Where the depth of the reference frame comes from.
        lift: How entities become meshes.
        render: How the passes are drawn.
        diffuse: How the frames are generated.

    Example:
        {lift: sam3d, render: kaolin}
    """

    segment: SegmentBackend = "grabcut"
    depth: DepthBackend = "ground"
    lift: LiftBackend = "inflate"
    render: RenderBackend = "cpu"
    diffuse: DiffuseBackend = "compositor"


BUILT_IN: Mapping[str, ProfileSpec] = MappingProxyType(
    {"draft": ProfileSpec(), "final": ProfileSpec(lift="sam3d", render="kaolin", diffuse="animate")}
)


def with_backend(settings: AnySettings, backend: str) -> AnySettings:
    """Return the settings with ``auto`` replaced by the profile's backend."""
    return settings.model_copy(update={"backend": backend}) if settings.backend == "auto" else settings
