"""The store of a project, with its second level where the project has one."""

from r2s2r.artifacts.store import Store
from r2s2r.spec.project import Project


def store_of(project: Project) -> Store:
    """Return a project's store. For who plans and runs; who builds, or only looks, needs no second level.

    Raises MissingError when the project has a bucket, but what talks to it is not installed.
    """
    if project.spec.remote is None:
        return Store(project.store)
    from r2s2r.artifacts.remote import Bucket
    from r2s2r.artifacts.remote_level import SecondLevel

    return Store(project.store, SecondLevel(Bucket(project.spec.remote)))
