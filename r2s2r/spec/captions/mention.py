"""Mention: whether a prompt speaks of the camera."""

import re

# Also in the languages that Wan's text encoder is often spoken to in.
_CAMERA = re.compile(
    r"\b(cam[eé]r\w*|c[aáâ]m[ae]ra\w*|kamera\w*|камер\w*|camcorder|shots?|viewpoints?|views?|perspective|orbit(s|ing|ed)?"
    r"|pans?|panning|panned|tilt(s|ing|ed)?|doll(y|ies|ied|ying)|zoom(s|ing|ed)?|static|tracking|crane|handheld|hand-held"
    r"|close-?ups?|lens)\b|镜头|鏡頭|相机|相機|摄像|摄影|攝影|机位|视角|运镜|運鏡|カメラ|카메라",
    re.IGNORECASE,
)


def speaks_of_camera(text: str) -> bool:
    """Tell whether a prompt says what the camera does, or that it does nothing."""
    return _CAMERA.search(text) is not None
