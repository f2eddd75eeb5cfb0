"""What a night is to make: the scenes that are meant, without those that are wrong, and what is wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Protocol, TypeVar

from pipelines.assets import wrong_files
from pipelines.node import Ledger
from pipelines.plan import ShotPlan, plan_shot
from pipelines.shot import ShotNodes, shot_nodes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.remote_store import store_of
from r2s2r.errors import InputError, R2S2RError, SceneError
from r2s2r.spec.load import load_scene
from r2s2r.spec.project import PROJECT_FILE, Project, find_project
from r2s2r.spec.resolved import Scene, Shot

T = TypeVar("T")


class Bars(Protocol):
    """Shows how far what takes a while is. A seam, so that this file knows no terminal."""

    def bar(self, what: str) -> AbstractContextManager[Progress]:
        """Open a bar."""


def counted(things: Sequence[T], progress: Progress) -> Iterator[T]:
    """Yield things, and tell how many were."""
    for index, thing in enumerate(things):
        yield thing
        progress(index + 1, len(things))


@dataclass(frozen=True)
class Wish:
    """What somebody asked for.

    Attributes:
        scenes: Files, or patterns of such (``scenes/*.yaml``), which are looked up anew each night.
        profile: Its name; None for the project's.
        shots: Names; none for all that are enabled.
        tags: Only shots with one of these; none for all.
    """

    scenes: tuple[str, ...]
    profile: str | None = None
    shots: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def means(self, shot: Shot) -> bool:
        """Whether a shot is meant."""
        named = shot.name in self.shots or (shot.enabled and not self.shots)
        return named and (not self.tags or bool(set(self.tags) & set(shot.tags)))


@dataclass(frozen=True)
class Refused:
    """What cannot be taken: a scene file (its absolute path), or what was written in its place, and all its faults."""

    path: str
    message: str


@dataclass(frozen=True)
class Found:
    """What there is to make.

    Attributes:
        project: Of all the scenes.
        plans: Of the shots that are meant.
        refused: What could not be taken.
    """

    project: Project
    plans: tuple[ShotPlan, ...]
    refused: tuple[Refused, ...]


class Reader:
    """Reads the scenes of a wish, one by one; what is wrong with one is noted, and the others go on."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._refused: list[Refused] = []
        self._scenes: list[Scene] = []
        self._project: Project | None = None

    def read(self, bars: Bars) -> Found:
        """Return what there is to make.

        Raises InputError when no scene's project can be read, or none of the shots is meant.
        """
        paths = tuple(self._paths())
        with bars.bar("reading scenes") as progress:
            shots = [shot for path in counted(paths, progress) for shot in self._shots(path)]
        self._note_unknown_shots()
        if self._project is None or not (shots or self._refused):
            raise InputError(self._nothing())
        ledger = Ledger(store_of(self._project))
        with bars.bar("planning shots") as progress:
            plans = tuple(plan for shot in counted(shots, progress) for plan in self._plan(shot, ledger))
        return Found(self._project, plans, tuple(self._refused))

    def _paths(self) -> Iterator[Path]:
        seen = set[Path]()
        for word in self._wish.scenes:
            for path in self._matching(word):
                if path.resolve() not in seen:  # patterns may overlap
                    seen.add(path.resolve())
                    yield path

    def _matching(self, word: str) -> Iterable[Path]:
        if not has_magic(word) or Path(word).exists():
            return (Path(word),)
        names = sorted(glob(word, recursive=True))  # noqa: PTH207 - a pattern may be absolute, which pathlib refuses
        found = [Path(name) for name in names if Path(name).name != PROJECT_FILE]
        if not found:
            self._refuse(word, f"{word}: no file matches this pattern")
        return found

    def _shots(self, path: Path) -> Iterator[ShotNodes]:
        """Yield the shots of a scene that are meant; none where anything is wrong with it."""
        try:
            self._check_project(path)
            scene = load_scene(path, profile=self._wish.profile)
            if findings := wrong_files(scene, path):
                raise SceneError(findings)
            self._check_name(scene)
            laid_out = [shot_nodes(scene, shot) for shot in scene.shots.values() if self._wish.means(shot)]
        except (R2S2RError, OSError) as error:
            self._refuse(path, str(error))
            return
        self._scenes.append(scene)
        yield from laid_out

    def _check_project(self, path: Path) -> None:
        project = find_project(path)
        self._project = self._project or project
        if (project.store, project.out) != (self._project.store, self._project.out):
            raise InputError(
                f"{path}: belongs to another project ({project.root}) than the scenes before it "
                f"({self._project.root}); give each project a night of its own"
            )

    def _check_name(self, scene: Scene) -> None:
        """Raises InputError when a scene before it has its name, or one that many disks confuse with it."""
        for one in self._scenes:
            if one.name.casefold() == scene.name.casefold():
                raise InputError(
                    f"{scene.path}: name: is called {scene.name}, and {one.path} was before it: rename one of the two"
                )

    def _plan(self, shot: ShotNodes, ledger: Ledger) -> Iterator[ShotPlan]:
        try:
            yield plan_shot(shot, ledger).until(["encode"])
        except (R2S2RError, OSError) as error:
            self._refuse(shot.scene.path, f"{shot.scene.path}: shots.{shot.shot.name}: {error}")

    def _note_unknown_shots(self) -> None:
        known = {name for scene in self._scenes for name in scene.shots}
        for name in self._wish.shots:
            if name not in known:
                self._refuse(f"--shot {name}", f"--shot {name}: no such shot; there are {', '.join(sorted(known))}")

    def _refuse(self, path: Path | str, message: str) -> None:
        # A shot that is taken later in the night names its file so: then it is not refused any more.
        self._refused.append(Refused(str(path.absolute()) if isinstance(path, Path) else path, message))

    def _nothing(self) -> str:
        if self._refused:
            return "\n".join(one.message for one in self._refused)
        return "no shot is selected: all are disabled, or none has the tag asked for"
