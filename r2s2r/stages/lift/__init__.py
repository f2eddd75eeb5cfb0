"""Lift: from a clip to footage, masks, closed textured entities and a clean plate."""
