"""Soft Spatial-Aligned Injection: the one place where the control enters the model, and how strong it is."""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, cat

from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.video_model import InjectionKey


def soft_injection(hidden: Tensor, control: Tensor, *, strength: float) -> Tensor:
    """Add the control to the video's hidden states; leave the prepended reference picture's as they are.

    Source: Real2SAM2Real (arXiv 2606.00299), section "Soft Spatial-Aligned Injection":
    ``hidden[:, :, 1:] += conv(z_normal)``. The appearance enters by other ways: this latent, and the image's features.

    Args:
        hidden: Patches [B, C, 1 + T, H, W]; slot 0 is the reference picture.
        control: Patches of the control video [B, C, T, H, W], out of the pose patch embedding.
        strength: Factor on the control; the published model was trained with 1.
    """
    return cat([hidden[:, :, :1], hidden[:, :, 1:] + strength * control], dim=2)


@dataclass(frozen=True)
class InjectionSchedule:
    """Strength of the injection over the denoising steps.

    Attributes:
        scale: Strength where no key says otherwise.
        keys: Factors on the scale, by the share of steps done; linear between keys, constant before and after them.
    """

    scale: float = 1.0
    keys: tuple[InjectionKey, ...] = ()

    @classmethod
    def from_spec(cls, spec: AnimateSpec) -> "InjectionSchedule":
        """Return the schedule a spec asks for."""
        return cls(spec.injection_scale, spec.injection_schedule)

    def strength(self, step: int, steps: int) -> float:
        """Return the strength at a step, of 0 to ``steps - 1``; the first lies at share 0, the last at share 1."""
        return self.scale * self._factor(step / max(1, steps - 1))

    def _factor(self, share: float) -> float:
        if not self.keys:
            return 1.0
        if share <= self.keys[0].at:
            return self.keys[0].strength
        for before, after in pairwise(self.keys):
            if share <= after.at:
                done = (share - before.at) / (after.at - before.at)
                return before.strength + done * (after.strength - before.strength)
        return self.keys[-1].strength
