"""Turntables: what was lifted, from all sides, for people to look at before they go on."""
