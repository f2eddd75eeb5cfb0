"""Whether the driver that handed a batch over is no more."""

from r2s2r.artifacts.lease import Holder, Witness, holders, is_here
from r2s2r.artifacts.store import Store


def is_gone(store: Store, driver: Holder) -> bool:
    """Whether a driver is no more.

    One of this machine is judged by its process. One of another machine counts as alive while the lease of a run of its
    process is in the store: whether that lease still beats would take a minute to see.
    """
    if is_here(driver):
        return Witness().is_dead(driver)
    alive = (one for folder in store.run_leases().values() for one in holders(folder))
    return not any(_process(one) == _process(driver) for one in alive)


def _process(holder: Holder) -> tuple[str, int, str]:
    return holder.machine, holder.pid, holder.started
