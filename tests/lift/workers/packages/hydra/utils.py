"""Makes what a configuration names."""

from sam3d_objects import Pipeline  # type: ignore[import-not-found]


def instantiate(config):
    assert config._target_ == "sam3d_objects.Pipeline"
    return Pipeline(config)
