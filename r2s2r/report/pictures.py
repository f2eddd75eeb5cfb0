"""Where the picture of a shot is: what was delivered, or else how far this night came."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts import control, footage, reference
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.artifacts.journal import JournalShot
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.video import CONTACT, VIDEO
from r2s2r.report.content import PictureKind
from r2s2r.report.work import Work

# Stage -> the file of its result that shows the shot, the best first.
_IN_STORE: tuple[tuple[str, str, PictureKind], ...] = (
    ("encode", VIDEO, "video"),
    ("control", control.FRAMES, "control"),
    ("reference", reference.PICTURE, "reference"),
    ("footage", footage.REFERENCE, "source"),
)


@dataclass(frozen=True)
class Delivered:
    """What lies where people look for a shot; None for what does not.

    Attributes:
        video: Its video.
        contact: Its contact sheet.
    """

    video: Path | None
    contact: Path | None


@dataclass(frozen=True)
class Picture:
    """A file that shows a shot.

    Attributes:
        path: The file.
        kind: What it shows.
        name: Of its thumbnail; another when the file is.
    """

    path: Path
    kind: PictureKind
    name: str


def delivered(shot: JournalShot, out: Path) -> Delivered:
    """Return what was delivered of a shot, this night or earlier."""
    names = (shot.scene, shot.shot, shot.profile)
    if any(name in ("", ".", "..") or "/" in name or "\0" in name for name in names):
        return Delivered(None, None)  # no scene has such a name
    folder = out.joinpath(*names)
    video, contact = folder / VIDEO, folder / CONTACT
    return Delivered(video if _is_file(video) else None, contact if _is_file(contact) else None)


def picture_of(shot: JournalShot, there: Delivered, work: Work, store: Store) -> Picture | None:
    """Return the best picture of a shot; None where there is none."""
    for path, kind in _candidates(shot, there, work, store):
        with suppress(OSError):
            stat = path.stat()
            return Picture(path, kind, f"{digest_value([str(path), stat.st_size, stat.st_mtime_ns])[:24]}.jpg")
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for a file
        return False


def _candidates(shot: JournalShot, there: Delivered, work: Work, store: Store) -> Iterator[tuple[Path, PictureKind]]:
    if there.video is not None:
        yield there.video, "video"
    if there.contact is not None:
        yield there.contact, "contact"
    done = {name.partition(":")[0]: work.nodes[recipe].key for name, recipe, _, _ in shot.nodes
            if recipe in work.nodes and work.nodes[recipe].last == "done"}  # fmt: skip
    for stage, file, kind in _IN_STORE:
        action = store.action(done[stage]) if stage in done else None
        if action is not None:
            yield store.object(action.result) / file, kind
