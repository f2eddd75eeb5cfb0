"""Entities over a shot: each a path that the edits of its list take to a new one."""
