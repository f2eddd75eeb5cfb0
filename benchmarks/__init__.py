"""Measurements of what r2s2r promises, against peers where there are any. One file a subject, each with a ``main``."""
