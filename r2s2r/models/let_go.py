"""Letting go of components that have done their work, so that their memory is free for the rest."""

import gc

import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline


def let_go(pipeline: DiffusionPipeline, *names: str) -> None:
    """Drop components from a pipeline, wherever they lie; a name without a component is passed over."""
    dropped = [getattr(pipeline, name, None) for name in names]
    for component in pipeline.components.values():
        # Where components take turns on the GPU, each one's hook holds the one before it, to move it away.
        hook = getattr(component, "_hf_hook", None)
        before = getattr(hook, "prev_module_hook", None)
        if hook is not None and before is not None and any(before.model is one for one in dropped):
            hook.prev_module_hook = None
    for name in names:
        setattr(pipeline, name, None)
    dropped.clear()
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
