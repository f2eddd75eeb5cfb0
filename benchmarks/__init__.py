"""Measurements of what r2s2r promises, against peers where there are any. One file per subject, each with a ``main``."""
