"""Wan2.2-Animate with Real2SAM2Real's soft injection: transformer, adapter, pipeline, and how they are loaded."""
