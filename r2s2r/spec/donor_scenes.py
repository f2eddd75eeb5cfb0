"""The other scenes that a scene takes motions from."""

from collections.abc import Callable, Mapping
from pathlib import Path

from r2s2r.errors import InputError, SceneError
from r2s2r.spec.chains import way_back
from r2s2r.spec.edited_names import matching, parts
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.suggest import did_you_mean
from r2s2r.spec.resolved import Scene, Shot
from r2s2r.spec.scene_files import SceneFiles, mapping, value_at


def donor_scenes(files: SceneFiles, shots: Mapping[str, Shot], load: Callable[[Path], Scene]) -> dict[Path, Scene]:
    """Load the scenes that motions are taken from; one that cannot be used is a finding at the edit that names it.

    Args:
        files: The scene being read.
        shots: Its shots.
        load: Loads a scene; raises SceneError or InputError.
    """
    scenes: dict[Path, Scene] = {}
    for shot in shots.values():
        for entity, donor in shot.donors.items():
            if donor.scene is None or donor.scene in scenes:
                continue
            try:
                scenes[donor.scene] = load(donor.scene)
            except (SceneError, InputError) as error:
                first = str(error).splitlines()[0]
                files.scene.report(files.findings, Problem(_loc(files, shot.name, entity, "scene"), f"there: {first}"))
    return scenes


def check_donors(
    files: SceneFiles, shots: Mapping[str, Shot], entities: Mapping[str, object], others: Mapping[Path, Scene]
) -> None:
    """Note motions of shots or entities that are not there, and shots that take motions from each other in a circle."""
    for shot in shots.values():
        for entity, donor in shot.donors.items():
            other = None if donor.scene is None else others.get(donor.scene)
            if donor.scene is not None and other is None:
                continue  # it could not be loaded, which is a finding already
            there_shots = shots if other is None else other.shots
            there = entities if other is None else other.entities
            if donor.shot not in there_shots:
                if other is not None or donor.shot not in mapping(value_at(files.scene.data, ("shots",))):
                    message = f"there is no shot {donor.shot!r}{did_you_mean(donor.shot, there_shots)}"
                    files.scene.report(files.findings, Problem(_loc(files, shot.name, entity, "shot"), message))
            elif donor.entity not in there:
                message = f"there is no entity {donor.entity!r}{did_you_mean(donor.entity, there)}"
                files.scene.report(files.findings, Problem(_loc(files, shot.name, entity, "of"), message))
            elif (circle := way_back(shot.name, lambda name: _within(shots.get(name)))) is not None:
                message = f"shots take motions from each other in a circle, {' -> '.join(circle)}"
                files.scene.report(files.findings, Problem(_loc(files, shot.name, entity, "shot"), message))


def _within(shot: Shot | None) -> list[str]:
    """Return the shots of the same scene that a shot takes motions from."""
    return [] if shot is None else [donor.shot for donor in shot.donors.values() if donor.scene is None]


def _loc(files: SceneFiles, shot: str, entity: str, field: str) -> Loc:
    """Return where the motion edit of an entity stands; where it is inherited, the shot."""
    edits = mapping(value_at(files.scene.data, ("shots", shot, "edits")))
    for names, listed in edits.items():
        if not any(matching(part, [entity]) for part in parts(names)) or not isinstance(listed, list):
            continue
        for index, edit in enumerate(listed):
            if mapping(edit).get("type") == "motion" and "shot" in edit:
                return ("shots", shot, "edits", names, index, field)
    return ("shots", shot)
