"""Caption: what a video model is told of a shot; drafted from the scene where the author writes ``auto``.

In the style of the captions that the release's samples come with: some eighty words of plain sentences in the present
tense on what is there, where, what moves and how, what stays still, and the camera. The last two matter: the control
shows no background, so that with one entity an orbiting camera and a turning entity look the same, and only the words
tell them apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from r2s2r.spec.captions.cast import Cast, cast
from r2s2r.spec.captions.nouns import Noun
from r2s2r.spec.captions.story import Story
from r2s2r.spec.captions.subjects import Subject, Terms
from r2s2r.spec.captions.words import Clause, listed, moment, sentence
from r2s2r.spec.resolved import Scene, Shot

AUTO = "auto"
LONGEST = 120  # words
# Also in the languages that Wan's text encoder is often spoken to in.
_CAMERA = re.compile(
    r"\b(cam[eé]r\w*|c[aáâ]m[ae]ra\w*|kamera\w*|камер\w*|camcorder|shots?|viewpoints?|views?|perspective|orbit(s|ing|ed)?"
    r"|pans?|panning|panned|tilt(s|ing|ed)?|doll(y|ies|ied|ying)|zoom(s|ing|ed)?|static|tracking|crane|handheld|hand-held"
    r"|close-?ups?|lens)\b|镜头|鏡頭|相机|相機|摄像|摄影|攝影|机位|视角|运镜|運鏡|カメラ|카메라",
    re.IGNORECASE,
)
# More of them are not named again one by one.
_MANY_STILL = 2


@dataclass(frozen=True)
class Detail:
    """How much is told.

    Attributes:
        named: Entities that are named in a list before it says "others".
        actors: Entities whose clauses are told.
        phases: Clauses of one entity, or the camera, that are told one after the other.
        at_once: Clauses that are told of each such moment.
        amounts: Whether it says how far.
        full: Whether descriptions are given in full.
    """

    named: int
    actors: int
    phases: int
    at_once: int
    amounts: bool
    full: bool


DETAILS = (
    Detail(named=6, actors=6, phases=5, at_once=4, amounts=True, full=True),
    Detail(named=5, actors=4, phases=3, at_once=3, amounts=True, full=True),
    Detail(named=4, actors=3, phases=2, at_once=2, amounts=False, full=True),
    Detail(named=3, actors=2, phases=2, at_once=1, amounts=False, full=False),
)


def caption(scene: Scene, shot: Shot) -> str:
    """Return a shot's prompt: as written, or a draft of 30 to 120 words (more only if descriptions are long)."""
    if shot.prompt != AUTO:
        return shot.prompt
    for detail in DETAILS[:-1]:
        text = draft(scene, shot, detail)
        if len(text.split()) <= LONGEST:
            return text
    return draft(scene, shot, DETAILS[-1])


def speaks_of_camera(text: str) -> bool:
    """Tell whether a prompt says what the camera does, or that it does nothing."""
    return _CAMERA.search(text) is not None


def draft(scene: Scene, shot: Shot, detail: Detail) -> str:
    """Return the caption of a shot in as much detail as asked."""
    acting = cast(scene, shot, amounts=detail.amounts)
    return " ".join(
        sentence(text)
        for text in (
            *_opening(scene, list(acting.terms.seen.values()), detail),
            *_actors(shot, acting, detail),
            _camera(acting.camera, detail),
            _stillness(shot, acting.terms, bool(acting.camera.phases), detail),
            "it is one continuous shot without cuts, and the light does not change",
        )
    )


def _opening(scene: Scene, seen: list[Subject], detail: Detail) -> Iterator[str]:
    """Say what is there at the start, and where."""
    there = [_mention(subject, detail) for subject in seen if subject.shown[0].first == 0]
    setting = scene.source.description
    if there:
        yield f"the video shows {_few(there, detail)}"
    elif setting is None or seen:
        yield "the video shows a place"
    if setting is not None:
        noun = Noun.from_description(setting)
        yield f"the setting {'are' if noun.many else 'is'} {noun.full if detail.full else noun.short}"


def _mention(subject: Subject, detail: Detail) -> str:
    first = subject.first if detail.full else subject.short
    return f"{first} {subject.where}".strip()


def _actors(shot: Shot, acting: Cast, detail: Detail) -> Iterator[str]:
    """Say what each does that moves, comes or goes."""
    last = shot.edit.frames - 1
    acts = {name: _with_entrances(subject, acting.stories[name], last) for name, subject in acting.terms.seen.items()}
    told = [name for name, act in acts.items() if act.phases]
    for name in told[: detail.actors]:
        subject = acting.terms.seen[name]
        who = subject.later if subject.shown[0].first == 0 else _mention(subject, detail)
        yield acts[name].told(who, many=subject.many, at_most=detail.phases, at_once=detail.at_once)
    if len(told) > detail.actors:
        yield "other things move as well"


def _with_entrances(subject: Subject, act: Story, last: int) -> Story:
    """Add where an entity appears and disappears."""
    shown = subject.shown
    phases = list(act.phases)
    if shown[0].first > 0:
        phases.insert(0, (Clause("appear", moment(shown[0].first / last)),))
    if len(shown) == 2 and not act.phases:
        phases += [(Clause("disappear", moment(shown[0].last / last)),), (Clause("come", "back"),)]
    elif len(shown) > 1:
        phases.append((Clause("come", "and go" if subject.many else "and goes"),))
    if shown[-1].last < last:
        phases.append((Clause("disappear", moment(shown[-1].last / last)),))
    return Story(tuple(phases), act.beside)


def _camera(camera: Story, detail: Detail) -> str:
    if not camera.phases:
        return "the camera is static and neither moves nor turns"
    return camera.told("the camera", many=False, at_most=detail.phases, at_once=detail.at_once)


def _stillness(shot: Shot, terms: Terms, camera_moves: bool, detail: Detail) -> str:
    """Say what stays still, and what alone moves; nothing of entities that a file may move."""
    actors = [subject for name, subject in terms.seen.items() if name in terms.moving]
    still = [subject.later for name, subject in terms.seen.items() if name not in terms.moving]
    if shot.edit.animation is not None and shot.edit.animation.entities:
        return f"{'the surroundings' if camera_moves else 'the background'} stay{'' if camera_moves else 's'} in place"
    untold = len(actors) > detail.actors
    if len(still) > _MANY_STILL or (still and untold):
        still = ["everything else" if untold else "all the others" if actors else "all of them"]
    background = "the surroundings" if camera_moves else "the background"
    stays = f"stay{'' if still or camera_moves else 's'} {'in place' if camera_moves else 'perfectly still'}"
    turning = ", neither moving nor turning" if still else ""
    movers = [actor.later for actor in actors] + (["the camera"] if camera_moves else [])
    if untold or not movers:
        return f"{listed([*still, background])} {stays} throughout{turning}"
    many = len(movers) > 1 or any(actor.many for actor in actors)
    return f"{listed([*still, background])} {stays}{turning}; only {listed(movers)} move{'' if many else 's'}"


def _few(items: list[str], detail: Detail) -> str:
    return listed(items if len(items) <= detail.named else [*items[: detail.named - 1], "others"])
