"""As much of Hydra as the worker calls."""
