"""Room for one loaded model, so that requests that need the same one load it once. Imports no torch by itself."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeVar

from r2s2r.spec.video_model import VideoModelSpec

Model = TypeVar("Model")

# Everything else is read by who loads the weights, pulls the levers or places the parts.
_OF_THE_SHOT = frozenset({
    "reference", "negative_prompt", "size", "area_side_px", "segment_frames", "overlap_frames", "steps", "guidance",
    "injection_scale", "injection_schedule", "conditioning_scale", "normal_convention", "soften_px", "mode",
    "colour_match", "allow_fallback",
})  # fmt: skip


def settings_of_loading(spec: VideoModelSpec) -> dict[str, Any]:
    """Return those of a model's settings that decide what is loaded, as JSON; those of the shot are left out."""
    return spec.model_dump(mode="json", exclude=set(_OF_THE_SHOT))


class Loading(Protocol):
    """Gives a model for the length of a block: one that ``load`` makes, or one that was made so before."""

    def __call__(self, load: Callable[[], Model]) -> AbstractContextManager[Model]:
        """Open the block."""


def anew(load: Callable[[], Model]) -> AbstractContextManager[Model]:
    """Load a model for this block alone."""
    return nullcontext(load())


class KeptModel:
    """Holds no more than one model, on the host and on the GPU, for what a process makes one after another.

    What a shot leaves behind in a video model is reset where the next one's segments begin, as between segments; models
    that look at the source remember nothing.
    """

    def __init__(self) -> None:
        self._name = ""
        self._model: Any = None

    @contextmanager
    def use(self, name: str, load: Callable[[], Model]) -> Iterator[Model]:
        """Yield the model of a name: the one that is here, or one that is loaded now, after the other was dropped.

        It stays here when the block ends well. After an error nobody knows what lies where: nothing is kept.
        """
        if name != self._name:
            self.drop()
        model: Any = self._model
        self._name, self._model = "", None
        if model is None:
            model = load()
        yield model
        self._name, self._model = name, model

    def drop(self) -> None:
        """Let go of the model, and give its memory back."""
        self._name, self._model = "", None
        gc.collect()  # also after an error: parts of a pipeline refer to each other
        torch: Any = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.empty_cache()
