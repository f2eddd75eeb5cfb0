"""What a worker is asked and how it answers: `r2s2r lift-worker`, version 1, as in docs/lift-workers.md.

Runs in environments that have no r2s2r: needs Python 3.10, NumPy and Pillow.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PROTOCOL = "r2s2r lift-worker"
VERSION = 1

REQUEST, RESPONSE = "request.json", "response.json"
"""In the folder of the request, and in that of the response, where it is written last."""

MESH, POSE = "mesh.glb", "pose.npz"
"""What a lift of an object answers."""

FACES = "faces.npz"
"""What a lift of a body answers, beside one file for each frame (``frame_file``)."""

FAILED, MISSING = 1, 3
"""Exit codes of a worker that says why in response.json: it failed; its environment lacks something."""


class WorkerMissing(Exception):  # noqa: N818 - it is the environment that is at fault
    """The environment lacks something; the message says what, and how to get it."""


@dataclass(frozen=True)
class Frame:
    """One frame to look at: its number in the clip, and the files of its picture and of the entity's mask."""

    number: int
    image: Path
    mask: Path

    def picture(self) -> NDArray[np.uint8]:
        """Return the picture [H, W, 3], RGB."""
        return np.array(Image.open(self.image).convert("RGB"), dtype=np.uint8)

    def pixels(self) -> NDArray[np.bool_]:
        """Return the mask [H, W]."""
        return np.array(Image.open(self.mask).convert("L")) >= 128


@dataclass(frozen=True)
class Request:
    """What is asked.

    Attributes:
        model: The model that is to answer.
        seed: Of what is random.
        weights: Folder of the model's weights.
        intrinsics: K [3][3] in pixels.
        frames: In the order of the clip.
        pointmap: File with ``points`` [H, W, 3], or None.
    """

    model: str
    seed: int
    weights: Path
    intrinsics: list[list[float]]
    frames: list[Frame]
    pointmap: Path | None

    def points(self) -> NDArray[np.float32] | None:
        """Return the point map [H, W, 3] in PyTorch3D's camera frame (x left, y up, z forward), NaN where unknown."""
        if self.pointmap is None:
            return None
        with np.load(self.pointmap, allow_pickle=False) as arrays:
            points: NDArray[np.float32] = arrays["points"]
            return points


def frame_file(number: int) -> str:
    """Return the name, in a response, of what was found in a frame of the clip."""
    return f"frames/{number:06d}.npz"


def read_request(folder: Path) -> Request:
    """Read a request. Raises ValueError for another protocol or version than this file speaks."""
    said = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    if (said.get("protocol"), said.get("version")) != (PROTOCOL, VERSION):
        raise ValueError(f"this worker speaks {PROTOCOL} {VERSION}, asked was {said.get('protocol')} {said['version']}")
    frames = [Frame(one["frame"], folder / one["image"], folder / one["mask"]) for one in said["frames"]]
    pointmap = folder / said["pointmap"] if said["pointmap"] else None
    return Request(said["model"], said["seed"], Path(said["weights"]), said["intrinsics"], frames, pointmap)


def write_response(folder: Path, model: str, **facts: Any) -> None:  # noqa: ANN401 - JSON
    """Write response.json, last and at once: what is in the folder without it is not an answer."""
    said = {"protocol": PROTOCOL, "version": VERSION, "model": model, **facts}
    partial = folder / f".{RESPONSE}"
    partial.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, folder / RESPONSE)  # noqa: PTH105 - says that an older one goes


def serve(model: str, lift: Callable[[Request, Path], list[int]], *, colours: str = "linear") -> None:
    """Answer the request of the command line, ``REQUEST RESPONSE``, and end the process.

    Args:
        model: The model that this script is for.
        lift: Writes its results into the folder of the response; returns the numbers of the frames it found it in.
        colours: What the vertex colours of ``mesh.glb`` are: ``linear``, as glTF has it, or ``srgb``.
    """
    parser = argparse.ArgumentParser(description=f"A worker of r2s2r for {model}.")
    parser.add_argument("request", type=Path, help="folder to read")
    parser.add_argument("response", type=Path, help="empty folder to fill")
    folders = parser.parse_args()
    try:
        request = read_request(folders.request)
        if request.model != model:
            raise ValueError(f"this worker is for {model}, asked was {request.model}")
        found = lift(request, folders.response)
    except (WorkerMissing, ImportError) as error:
        write_response(folders.response, model, ok=False, error=_words(error))
        sys.exit(MISSING)
    except Exception as error:  # noqa: BLE001 - whatever the package meets is told, here and on stderr
        traceback.print_exc()
        write_response(folders.response, model, ok=False, error=_words(error))
        sys.exit(FAILED)
    write_response(folders.response, model, ok=True, frames=found, colours=colours)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, WorkerMissing) else str(error)
