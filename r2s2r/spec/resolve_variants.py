"""From the values a shot shall try to its variants."""

from collections.abc import Iterator
from typing import Any

from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.resolved import Variant
from r2s2r.spec.shots import ShotSpec


def resolve_variants(spec: ShotSpec) -> Iterator[Variant]:
    """Yield every combination, each with its settings of the shot's video model."""
    for values in spec.variants.combinations():
        label = ",".join(f"{name}={_shown(value)}" for name, value in values.items())
        settings = {name: value for name, value in values.items() if name != "seed"}
        yield Variant(label, values.get("seed", spec.seed), _with_model(spec, settings))


def _shown(value: float) -> str:
    """Return a number as short as it can be without being taken for another one: labels are names of nodes."""
    short = f"{value:g}"
    return short if float(short) == value else str(value)


def _with_model(spec: ShotSpec, settings: dict[str, Any]) -> DiffuseSpec:
    model = spec.diffuse.model
    assert model is not None, "only video models have variants"
    return spec.diffuse.model_copy(update={spec.diffuse.backend: model.model_copy(update=settings)})
