"""Entities: from a mask, a file or another entity to one closed, textured, placed mesh."""
