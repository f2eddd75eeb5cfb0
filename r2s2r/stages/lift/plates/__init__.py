"""Plates: the background without the entities."""
