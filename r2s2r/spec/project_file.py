"""What may stand in the project file, ``r2s2r.yaml``."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from r2s2r.spec.base import FileName, Name, Spec
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.farm import FarmSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.spec.night import NightSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.profile import BUILT_IN, ProfileSpec
from r2s2r.spec.remote import RemoteSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.segment import SegmentSpec
from r2s2r.spec.workers import WorkersSpec


def _no_tilde(folder: str) -> str:
    if folder.startswith("~"):
        raise ValueError("~ is not expanded here: write the whole path, or one relative to this file")
    return folder


SHA256_PATTERN = r"^[0-9a-f]{64}$"
Sha256: TypeAlias = Annotated[str, Field(pattern=SHA256_PATTERN)]
Folder: TypeAlias = Annotated[FileName, AfterValidator(_no_tilde)]


class ProjectSpec(Spec):
    """A project: its scenes are the ones in the folder of this file and below. Paths are relative to this file.

    Attributes:
        version: Of the scene language: 1.
        store: Folder of the cache; R2S2R_STORE wins.
        out: Folder of the videos; R2S2R_OUT wins.
        media_roots: Folders outside of the scenes' own that media may be read from.
        profiles: Name -> backends for ``backend: auto``, beside the built-in ``draft`` and ``final``;
            one of these names changes the built-in one where it says so.
        profile: The one used when none is named.
        workers: Programs in environments of their own, for ``lift: {backend: sam3d}``.
        farm: Where stages run, and what each needs there.
        night: What a night may take, and who is told of its end.
        remote: An object store behind the store's folder; null: none.
        pins: Weights, as a scene names them -> SHA-256 of their contents; ``doctor --pin`` writes them.
        segment: Defaults for every scene.
        depth: Defaults for every scene.
        lift: Defaults for every scene.
        render: Defaults for every scene.
        diffuse: Defaults for every scene.
        encode: Defaults for every scene.
        output: Defaults for every scene.

    Example:
        version: 1
        media_roots: [../footage]
        profiles: {sketch: {render: torch}}
        output: {width: 1280, height: 720}
    """

    version: Literal[1]
    store: Folder = ".r2s2r"
    out: Folder = "out"
    media_roots: tuple[Folder, ...] = ()
    profiles: dict[Name, ProfileSpec] = {}
    profile: Name = "draft"
    workers: WorkersSpec = WorkersSpec()
    farm: FarmSpec = FarmSpec()
    night: NightSpec = NightSpec()
    remote: RemoteSpec | None = None
    pins: dict[
        Annotated[str, Field(min_length=1, max_length=1024)], Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    ] = {}
    segment: SegmentSpec = SegmentSpec()
    depth: DepthSpec = DepthSpec()
    lift: LiftSpec = LiftSpec()
    render: RenderSpec = RenderSpec()
    diffuse: DiffuseSpec = DiffuseSpec()
    encode: EncodeSpec = EncodeSpec()
    output: OutputSpec = OutputSpec()

    def all_profiles(self) -> dict[str, ProfileSpec]:
        """Return the built-in profiles and the project's own; one of a built-in name changes that where it says so."""
        own = {
            name: BUILT_IN.get(name, ProfileSpec()).model_copy(update=profile.model_dump(exclude_unset=True))
            for name, profile in self.profiles.items()
        }
        return {**BUILT_IN, **own}
