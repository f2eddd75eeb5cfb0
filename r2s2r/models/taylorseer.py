"""Which denoising steps TaylorSeer (arXiv 2503.06923) computes, and which it predicts. Imports no torch."""

INTERVAL, WARM_UP = 5, 3
"""Diffusers' defaults: every fifth step is computed, and so are the first three."""


def computed_steps(steps: int) -> int:
    """Return how many of ``steps`` are computed, as diffusers' hook decides it: 0 1 2, 4, 9, 14, ..."""
    return sum(step < WARM_UP or (step - WARM_UP - 1) % INTERVAL == 0 for step in range(steps))
