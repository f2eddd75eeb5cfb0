"""The second level of the store: an object store that several sites share."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from r2s2r.spec.base import Spec
from r2s2r.spec.farm import SlurmName
from r2s2r.spec.night import URL_PATTERN

BUCKET_PATTERN = r"^s3://[A-Za-z0-9][A-Za-z0-9.-]*(/[^\s]*)?$"


def _without_keys(address: str) -> str:
    parts = urlsplit(address)
    if parts.port == 0:  # says what is wrong with another
        raise ValueError("port 0 is none")
    if "@" in parts.netloc or parts.query:
        raise ValueError("keys do not belong into a project file; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    return address


class RemoteSpec(Spec):
    """An S3-compatible object store behind the store's folder. Credentials come from the environment, never from here.

    Attributes:
        url: ``s3://bucket/prefix``.
        endpoint_url: Of a server that is not Amazon's.
        profile: Of the credentials' file; null: as boto finds them.
        timeout_s: After so long without an answer it counts as unreachable.

    Example:
        {url: "s3://film-cache/bunny", endpoint_url: "https://minio.studio:9000"}
    """

    url: Annotated[str, Field(pattern=BUCKET_PATTERN, max_length=1000)]
    endpoint_url: Annotated[str, Field(pattern=URL_PATTERN, max_length=1000), AfterValidator(_without_keys)] | None = (
        None
    )
    profile: SlurmName | None = None
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 10.0
