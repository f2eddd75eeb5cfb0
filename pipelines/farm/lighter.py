"""Another try with less memory, where a job was killed for the host's memory and its spec allows a fallback."""

from pydantic import ValidationError

from pipelines.build import asked
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError
from r2s2r.models.fallback import fall_back
from r2s2r.spec.diffuse import DiffuseSpec


def lighter(store: Store, key: str) -> str:
    """Switch on the next fallback of a request; return why it is worth another try, in words; empty: it is not."""
    try:
        request = asked(store, key)
        spec = DiffuseSpec.model_validate_json(canonical_json(request.parameters.get("diffuse"))).model
    except (StoreError, ValidationError):
        return ""  # it runs no video model
    taken = None if spec is None else fall_back(store.checkpoints(key), spec)
    return "" if taken is None else f"the host's memory did not suffice; again with {taken}, as allow_fallback says"
