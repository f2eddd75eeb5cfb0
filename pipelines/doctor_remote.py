"""Doctor of the bucket: whether it can be listed, written, read and cleaned from here."""

import uuid
from collections.abc import Iterator

from pipelines.doctor import Check
from r2s2r.artifacts.remote import Bucket, RemoteError
from r2s2r.errors import MissingError
from r2s2r.spec.project import Project

_PROBE = b"r2s2r doctor was here; this may be removed\n"


def check_remote(project: Project) -> Iterator[Check]:
    """Yield what a run would find of the project's ``remote``; nothing where there is none."""
    spec = project.spec.remote
    if spec is None:
        return
    try:
        bucket = Bucket(spec)
        count = len(bucket.names("actions"))
        yield Check("remote", spec.url, "ok", f"can be listed; it has {count} results")
        _try_out(bucket)
        yield Check("remote", spec.url, "ok", "can be written, read and cleaned")
    except (RemoteError, MissingError) as error:
        yield Check("remote", spec.url, "missing", str(error).removeprefix(f"{spec.url.rstrip('/')}: "))


def _try_out(bucket: Bucket) -> None:
    name = f"probes/{uuid.uuid4().hex}"
    with bucket.writing(name) as out:
        out.write(_PROBE)
    with bucket.reading(name) as file:
        if file.read(len(_PROBE)) != _PROBE:
            raise RemoteError(f"{bucket.url}: gives back other bytes than were written")
    bucket.remove(name)
