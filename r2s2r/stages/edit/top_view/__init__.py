"""The shot from above, as a picture."""

from r2s2r.stages.edit.top_view.plan import write_plan

__all__ = ["write_plan"]
