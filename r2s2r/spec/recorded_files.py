"""The files a shot's moves and edits read: where they were written decides what they are relative to."""

from collections.abc import Iterator
from pathlib import Path

from r2s2r.spec.camera import FileMove
from r2s2r.spec.checks.edited import edited
from r2s2r.spec.edits import EntityEdit, MotionEdit, ReplaceEdit
from r2s2r.spec.merge import Merged
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.resolved import Donor, Replacement
from r2s2r.spec.scene_files import SceneFiles, value_at
from r2s2r.spec.shots import ShotSpec


class RecordedFiles:
    """Finds the files of one shot; what cannot be used is a finding at the place that names it."""

    def __init__(self, files: SceneFiles, merged: Merged, spec: ShotSpec, entities: list[str]) -> None:
        self._files, self._merged, self._spec, self._entities = files, merged, spec, entities
        self._found: dict[Loc, Path | None] = {}

    def of_camera(self) -> dict[str, Path]:
        """Return ``animation`` and ``camera[0]``, each -> absolute path."""
        named: dict[str, Loc] = {} if self._spec.animation is None else {"animation": ("animation", "file")}
        for index, move in enumerate(self._spec.camera):
            if isinstance(move, FileMove):
                named[f"camera[{index}]"] = ("camera", index, "file")
        found = {role: self._find(loc) for role, loc in named.items()}
        return {role: path for role, path in found.items() if path is not None}

    def replacements(self) -> dict[str, Replacement]:
        """Return entity -> another mesh for it."""
        found: dict[str, Replacement] = {}
        for name, loc, edit in self._edits():
            if isinstance(edit, ReplaceEdit) and (path := self._find((*loc, "asset"))) is not None:
                found[name] = Replacement(edit, path)
        return found

    def donors(self) -> dict[str, Donor]:
        """Return entity -> the shot that its motion comes from."""
        found: dict[str, Donor] = {}
        for name, loc, edit in self._edits():
            if isinstance(edit, MotionEdit) and edit.shot is not None and edit.of is not None:
                scene = None if edit.scene is None else self._find((*loc, "scene"))
                found[name] = Donor(scene, edit.shot, edit.of)
        return found

    def _edits(self) -> Iterator[tuple[str, Loc, EntityEdit]]:
        for name, edits in edited(self._spec, self._entities).items():
            for loc, edit in edits:
                yield name, loc, edit

    def _find(self, loc: Loc) -> Path | None:
        """Return the file that the nearest layer names; lists and an entity's edits come from one layer as a whole."""
        if loc not in self._found:
            head = loc[:2] if loc[0] == "edits" else loc[:1]
            layer = next(layer for layer in self._merged.layers if value_at(layer.data, head) is not None)
            self._found[loc] = self._files.find_file(layer.document, (*layer.loc, *loc))
        return self._found[loc]
