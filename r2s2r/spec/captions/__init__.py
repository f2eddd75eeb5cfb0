"""Captions: what a video model is told of a shot, in the words of its scene."""

from r2s2r.spec.captions.caption import AUTO, caption, speaks_of_camera

__all__ = ["AUTO", "caption", "speaks_of_camera"]
