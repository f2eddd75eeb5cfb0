"""diffusers' pipeline of Wan2.1-VACE, with the noise schedule of upstream."""

from typing import Any

from diffusers.pipelines.wan.pipeline_wan_vace import WanVACEPipeline
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler


class VacePipeline(WanVACEPipeline):
    """Holds the components; ``condition`` and ``Generation`` run them. diffusers types none of them.

    Attributes:
        keeps_encoders: Whether other shots follow, which need the text encoder again.
    """

    keeps_encoders = False

    text_encoder: Any
    tokenizer: Any
    transformer: Any
    vae: Any
    scheduler: Any


def flow_scheduler(shift: float) -> UniPCMultistepScheduler:
    """Return the noise schedule and solver of upstream: ``sample_solver="unipc"`` in Wan2.1's ``WanVace.generate``.

    Published folders say the same, except for the shift, which is to be chosen by the size.
    """
    scheduler: UniPCMultistepScheduler = UniPCMultistepScheduler(
        num_train_timesteps=1000, prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift
    )
    return scheduler
