"""Captions: what a video model is told of a shot, in the words of its scene."""

from r2s2r.spec.captions.caption import caption
from r2s2r.spec.captions.mention import speaks_of_camera

__all__ = ["caption", "speaks_of_camera"]
