"""Masking: which pixels are an entity, at the reference frame and over the clip."""
