"""``r2s2r lift``: make a scene's entities, and show them from all sides."""

import argparse
from pathlib import Path

from r2s2r.cli.run_plans import add_run_options, run_options, run_plans
from r2s2r.errors import SceneError

EXAMPLE = "example: r2s2r lift scenes/bunny.yaml --entity bunny"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "lift",
        help="make the entities alone, and show them from all sides",
        description="Make the entities of a scene: masks, meshes, motion. For each, turntable.mp4 and card.png go to "
        "out/<scene>/entities/<entity>/. Exit: 0 all done, 1 an entity failed (the others were finished), "
        "2 the input is wrong, 3 this machine lacks something.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scene", type=Path, metavar="SCENE", help="scene file")
    parser.add_argument(
        "--entity", action="append", default=[], metavar="NAME", help="only this entity (may be repeated)"
    )
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    add_run_options(parser)


def run(args: argparse.Namespace) -> int:
    """Lift the selected entities and report what became of each."""
    from pipelines.assets import wrong_files
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from pipelines.turntables import turntable_nodes
    from r2s2r.artifacts.remote_store import store_of
    from r2s2r.spec.load import load_scene
    from r2s2r.spec.project import find_project

    project = find_project(args.scene)
    store = store_of(project)
    scene = load_scene(args.scene, profile=args.profile)
    if findings := wrong_files(scene, args.scene):
        raise SceneError(findings)
    nodes = turntable_nodes(scene, args.entity)
    ledger = Ledger(store)
    return run_plans([plan_shot(nodes, ledger)], ledger, run_options(args, project), as_json=args.json)
