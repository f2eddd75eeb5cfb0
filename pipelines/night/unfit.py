"""Unfit: what shots ask of the farm and it has not; found before a night begins, and no trouble of the other shots."""

from collections.abc import Iterable

from pipelines.farm.chosen import executor_for
from pipelines.farm.executor import Executor
from pipelines.farm.needs import Needs, needs_of
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from pipelines.run import RunOptions, handed_over
from r2s2r.errors import InputError


def unfit(plans: Iterable[ShotPlan], ledger: Ledger, options: RunOptions) -> dict[str, str]:
    """Return recipe -> why the farm cannot build that node.

    Raises MissingError when the farm cannot be asked now.
    """
    nodes = {node.recipe: node for plan in plans if not plan.is_fresh for node in handed_over(plan, ledger, options)}
    needs = {recipe: needs_of(node, options.project) for recipe, node in nodes.items()}
    if not needs:
        return {}
    executor = executor_for(options.executor, ledger.store, options.project.spec.farm)
    try:
        wrong = _wrong(set(needs.values()), executor)
    finally:
        executor.close()
    return {recipe: wrong[one] for recipe, one in needs.items() if one in wrong}


def _wrong(needs: set[Needs], executor: Executor) -> dict[Needs, str]:
    """Ask about all at once, and about each only where something is wrong."""
    try:
        executor.check(list(needs))
    except InputError:
        found = ((one, _why(one, executor)) for one in needs)
        return {one: why for one, why in found if why}
    return {}


def _why(needs: Needs, executor: Executor) -> str:
    try:
        executor.check([needs])
    except InputError as error:
        return str(error)
    return ""
