"""JSON files of cameras: read once, into a type that says what they hold."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from r2s2r.errors import MediaError

_MOST_BYTES = 500_000_000
_Model = TypeVar("_Model", bound=BaseModel)


def json_of(path: Path) -> object:
    """Return what a JSON file holds. Raises MediaError, naming the file and the line."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MediaError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB")
        parsed: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise MediaError(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of thousands of digits, nested too deep
        raise MediaError(f"{path}: not JSON") from error
    return parsed


def parsed_json(path: Path, model: type[_Model], called: str) -> _Model:
    """Return what a JSON file holds, as ``model``. Raises MediaError, naming the place in the file."""
    try:
        return model.model_validate(json_of(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise MediaError(f"{path}: {place}: {first['msg']}; expected {called}") from error
