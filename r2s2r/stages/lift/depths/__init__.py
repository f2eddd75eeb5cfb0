"""Depths: how far away what the reference frame shows is, given or measured; one for all entities of a source."""
