"""Cameras: how the clip was filmed."""
