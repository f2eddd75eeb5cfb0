"""Caption: what a video model is told of a shot; drafted from the scene where the author writes ``auto``.

In the style of the captions that the release's samples come with: some eighty words of plain sentences in the present
tense on what is there, where, what moves and how, what stays still, and the camera. The last two matter: the control
shows no background, so that with one entity an orbiting camera and a turning entity look the same, and only the words
tell them apart.
"""

from r2s2r.spec.captions.draft import DETAILS, draft
from r2s2r.spec.resolved import Scene, Shot

AUTO = "auto"
LONGEST = 120  # words


def caption(scene: Scene, shot: Shot) -> str:
    """Return a shot's prompt: as written, or a draft of 30 to 120 words (more only if descriptions are long)."""
    if shot.prompt != AUTO:
        return shot.prompt
    for detail in DETAILS[:-1]:
        text = draft(scene, shot, detail)
        if len(text.split()) <= LONGEST:
            return text
    return draft(scene, shot, DETAILS[-1])
