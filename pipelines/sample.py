"""The way of the data from a sample in the release's form: its two pictures are there already."""

from dataclasses import dataclass, replace

from pipelines.generation import frames_nodes
from pipelines.node import Node
from pipelines.parameters import read
from pipelines.shot import ShotNodes, video_node
from r2s2r.media.sample import FPS, Sample
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.conditioning import SampleSpec
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.generation import release_size
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.resolved import Scene, Shot
from r2s2r.spec.source import SourceSpec
from r2s2r.stages import diffuse

SCENE, PROFILE = "samples", "animate"


@dataclass(frozen=True)
class SampleOptions:
    """How samples are made.

    Attributes:
        model: Settings of the model.
        weights: ``weights``, ``adapter``, ``distillation`` -> absolute folder, or name on the hub.
        seed: Of the noise.
        most_frames: Frames that are made of a longer control video.
        encode: Rate and quality of the video.
    """

    model: AnimateSpec
    weights: dict[str, str]
    seed: int
    most_frames: int
    encode: EncodeSpec


def sample_nodes(sample: Sample, options: SampleOptions) -> ShotNodes:
    """Lay out a sample as a shot of a scene that has nothing else: (control, reference) -> diffuse -> encode.

    It is generated, and delivered, at the release's size.
    """
    width, height = release_size(area_side_px=options.model.area_side_px, width=sample.width, height=sample.height)
    shot = _shot(sample, options, OutputSpec(width=width, height=height, fps=FPS))
    scene = _scene(sample)
    taken = SampleSpec(width=width, height=height, most_frames=options.most_frames)
    control = Node(
        "control", "control", diffuse.CONTROL_VERSION, "sample", read(taken), files={"video": sample.control}
    )
    reference = Node(
        "reference",
        "reference",
        diffuse.REFERENCE_VERSION,
        "sample",
        {},
        (control,),
        files={"picture": sample.picture},
    )
    # Errors of theirs are of no place in a scene file.
    frames = tuple(replace(node, blame="") for node in frames_nodes(scene, shot, (control, reference)))
    video = replace(video_node(shot, frames, control=control), blame="")
    return ShotNodes(scene, shot, (control, reference, *frames, video))


def _shot(sample: Sample, options: SampleOptions, output: OutputSpec) -> Shot:
    return Shot(
        name=sample.folder.name,
        enabled=True,
        priority=0,
        tags=(),
        prompt=sample.text,
        seed=options.seed,
        edit=EditSpec(frames=min(sample.frames, options.most_frames), camera=(), edits={}, output=output),
        output=output,
        render=RenderSpec(),
        diffuse=DiffuseSpec(backend="animate", animate=options.model),
        encode=options.encode,
        files=options.weights,
    )


def _scene(sample: Sample) -> Scene:
    clip = sample.control
    return Scene(
        name=SCENE,
        path=sample.folder,
        profile=PROFILE,
        source=SourceSpec(clip=clip.name),
        depth=DepthSpec(backend="ground"),
        files={"clip": clip},
        weights={},
        entities={},
        shots={},
    )
