"""Segmentation models: find an entity in a picture, follow it through a clip."""
