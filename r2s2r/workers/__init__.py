"""Scripts for environments that have a model's own package but no r2s2r: run by path, importing nothing of it.

docs/lift-workers.md says what they are given and what they answer.
"""
