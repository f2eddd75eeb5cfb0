"""Every example of a move and an edit in the reference is made by the edit stage, and does something."""

from argparse import Namespace

import numpy as np
import pytest
import yaml

from pipelines.node import Ledger
from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.store import Store
from r2s2r.cli.select import selected_shots
from r2s2r.spec.docstrings import docstring
from r2s2r.spec.reference.kinds import NAME, kinds

KINDS = kinds()
MOVES = [name for name, kind in KINDS.items() if kind.places[0].startswith(f"shots.{NAME}.camera[") and kind.type]
EDITS = [name for name, kind in KINDS.items() if kind.places[0].startswith(f"shots.{NAME}.edits.") and kind.type]
# A camera that stays, the motion of a clip that was filmed from a tripod, an entity shown that nothing hid, and another
# mesh in the same place.
_STAYS = {"StaticMove", "SourceMove", "ShowEdit", "ReplaceEdit"}
# Whose example speaks of something that only this entity has; the others are tried on the crate.
_ON = {"AnimateEdit": "puppet"}
_SOURCE = {"clip": "assets/meadow.mp4", "frame": 12, "camera": {"fov_deg": 45}, "ground": {"camera_height_m": 1.2}}
_STILL = "still"
# In every shot, so that there is something to follow.
_STROLL = {"type": "transform", "keys": [{"at": 0}, {"at": "100%", "move_m": [0.3, 0, 0]}]}


def _scene():
    """A shot for each example, in which nothing else happens but that the bunny strolls."""
    shots: dict[str, dict[str, object]] = {_STILL: {}, "orbit": {}}
    for name in MOVES:
        shots[name] = {"camera": [docstring(KINDS[name].spec).example_data]}
    for name in EDITS:
        shots[name] = {"edits": {_ON.get(name, "crate"): [docstring(KINDS[name].spec).example_data]}}
    shots["AnimationFileSpec"] = {"animation": docstring(KINDS["AnimationFileSpec"].spec).example_data}
    place = {"position_m": [0.7, 0.4, -4.4], "height_m": 0.5}
    return {
        "version": 1,
        "name": "reference",
        "source": _SOURCE,
        "include": ["assets/bunny.yaml"],
        "entities": {
            "crate": {"asset": "assets/crate.glb", "place": place},
            "puppet": {"asset": "assets/walker.glb", "place": place | {"position_m": [-0.9, 0, -4]}},
        },
        "shots": {name: _shot(name, **shot) for name, shot in shots.items()},
        "output": {"width": 64, "height": 64, "fps": 16},
    }


def _shot(name, *, edits=None, **fields):
    frames = 17 if name == "AnimationFileSpec" else 49  # as many as its file has
    return {"frames": frames, "edits": {"bunny": [_STROLL], **(edits or {})}, **fields}


@pytest.fixture(scope="module")
def animations(studio):
    """Shot -> its animation, all made by one command."""
    scene = studio.folder / "examples" / "reference.yml"
    scene.write_text(yaml.safe_dump(_scene()), encoding="utf-8")
    ended = studio.r2s2r("run", "examples/reference.yml", "--until", "edit")
    assert ended.code == 0, ended.said
    asked = Namespace(scenes=[scene], shot=[], tag=[], profile=None)
    project, planned = selected_shots(asked)
    ledger = Ledger(Store(project.store))
    actions = {plan.shot.name: ledger.action(plan["edit"]) for plan in planned}
    return {name: Animation.load(ledger.store.object(action.result)) for name, action in actions.items() if action}


def _seen(animation):
    """All that a shot says, as one list of numbers for each frame."""
    frames = animation.facts.frames
    parts = [animation.world_from_camera, animation.intrinsics, *animation.world_from_entity.values()]
    parts += [animation.vertices(name) for name in animation.facts.deforming]
    shown = np.stack([animation.visible[name] for name in animation.facts.entities], axis=1)
    return np.concatenate([np.reshape(part, (frames, -1)) for part in (*parts, shown)], axis=1)


@pytest.mark.parametrize("name", [*MOVES, *EDITS, "AnimationFileSpec"])
def test_an_example_is_made_and_does_something(name, animations):
    made, still = _seen(animations[name]), _seen(animations[_STILL])
    assert np.isfinite(made).all()
    same = made.shape == still.shape and np.allclose(made, still, atol=1e-9)
    assert same == (name in _STAYS)
