"""How a clip's coded pictures are to be understood: colours, pixel shape, which way is up."""

from dataclasses import dataclass

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import Type
from av.video.reformatter import Colorspace, ColorPrimaries, ColorRange, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
