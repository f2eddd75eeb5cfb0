"""``r2s2r preview``: a shot at once, small and composited, whatever will make it in the end."""

import argparse

from r2s2r.cli.run_plans import add_run_options, run_options, run_plans
from r2s2r.cli.select import add_selection, selected_shots

EXAMPLE = "example: r2s2r preview scenes/bunny.yaml --shot hop"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "preview",
        help="see a shot at once, small and without a video model",
        description="Make a shot at 480 pixels with the compositor, and its normals, whatever its profile makes it "
        "with: video.mp4, control.mp4, contact.png and plan.png (the shot from above) go to "
        "out/<scene>/<shot>/preview/. "
        "Entities are lifted as the profile says, once for both. Exit codes as for run.",
        epilog=EXAMPLE,
    )
    add_selection(parser)
    add_run_options(parser)


def run(args: argparse.Namespace) -> int:
    """Preview the selected shots."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from pipelines.preview import preview_nodes
    from r2s2r.artifacts.remote_store import store_of

    project, shots = selected_shots(args, preview_nodes)
    store = store_of(project)
    ledger = Ledger(store)
    return run_plans([plan_shot(shot, ledger) for shot in shots], ledger, run_options(args, project), as_json=args.json)
