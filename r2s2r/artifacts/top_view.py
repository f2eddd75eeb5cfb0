"""Top view: a shot from above, beside its animation. A file of its own, for who delivers it has no need of numpy."""

PLAN = "plan.png"
