"""Variants of a shot: the same but for a seed or a strength, made side by side to choose from."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Any, TypeAlias

from pydantic import Field, model_validator

from r2s2r.spec.base import Spec
from r2s2r.spec.video_model import Guidance, Steps, Strength

Seed: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]
MOST = 64


class VariantsSpec(Spec):
    """Values to try; every combination of them is one variant.

    Attributes:
        seed: Seeds.
        guidance: Strengths of the prompt.
        steps: Numbers of denoising steps.
        adapter_scale: Strengths of the LoRA.
        injection_scale: Strengths of the control.

    Example:
        {seed: [1, 2, 3], guidance: [3.5, 4.5]}
    """

    seed: tuple[Seed, ...] = ()
    guidance: tuple[Guidance, ...] = ()
    steps: tuple[Steps, ...] = ()
    adapter_scale: tuple[Strength, ...] = ()
    injection_scale: tuple[Strength, ...] = ()

    @model_validator(mode="after")
    def _few(self) -> "VariantsSpec":
        count = len(list(self.combinations()))
        if count > MOST:
            raise ValueError(f"makes {count} variants; at most {MOST} fit on a sheet: leave some values out")
        for name, values in self._tried().items():
            if len(set(values)) < len(values):
                raise ValueError(f"{name} names a value twice")
        return self

    def combinations(self) -> Iterator[dict[str, Any]]:
        """Yield field -> value of each variant, the last field changing fastest; nothing when there are no variants."""
        tried = self._tried()
        if tried:
            for values in product(*tried.values()):
                yield dict(zip(tried, values, strict=True))

    def _tried(self) -> dict[str, tuple[Any, ...]]:
        return {name: values for name in type(self).model_fields if (values := getattr(self, name))}
