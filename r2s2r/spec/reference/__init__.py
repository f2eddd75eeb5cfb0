"""The reference of the scene language, ``docs/scene-reference.md``: made of the schemas, and so of the specs."""

from r2s2r.spec.reference.page import reference_text, write_reference

__all__ = ["reference_text", "write_reference"]
