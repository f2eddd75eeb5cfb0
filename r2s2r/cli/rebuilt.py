"""What a run rebuilt, drawn: a line for each node of a shot, with a bar as long as it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from pipelines.results import ShotResult

_BAR = 24


def rebuilt(result: ShotResult) -> Table:
    """Return the nodes of a shot in the order of the data: made, fresh, failed, or not reached."""
    shot = result.plan.shot
    table = Table(
        f"{escape(shot.scene.name)}/{escape(shot.shot.name)}", "", "seconds", "", box=None, header_style="bold"
    )
    longest = max(result.seconds.values(), default=0.0) or 1.0
    failed = {failure.node.name for failure in result.failures}
    for planned in result.plan.nodes:
        name = planned.node.name
        if name in failed:
            table.add_row(escape(name), "[red]failed[/]", "", "")
        elif name in result.seconds:
            took = result.seconds[name]
            bar = "━" * max(1, round(_BAR * took / longest))
            table.add_row(escape(name), "[green]made[/]", f"{took:.1f}", f"[green]{bar}[/]")
        elif planned.state == "fresh":
            table.add_row(f"[bright_black]{escape(name)}[/]", "[bright_black]fresh[/]", "", "")
        else:
            table.add_row(escape(name), "[yellow]not reached[/]", "", "")
    return table
