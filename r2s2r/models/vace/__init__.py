"""Wan2.1-VACE, 1.3B and 14B: diffusers' pipeline, run segment by segment."""
