"""What an author should know of an animation before anything dear is started."""

from r2s2r.stages.edit.lint.findings import findings
from r2s2r.stages.edit.lint.staged import Staged

__all__ = ["Staged", "findings"]
