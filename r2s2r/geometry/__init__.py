"""Transforms, cameras, framing, curves and meshes: numpy and scipy only."""
