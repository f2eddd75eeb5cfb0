"""From a document to a spec, with what is wrong as findings."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from r2s2r.spec.base import Spec
from r2s2r.spec.reading.document import Document
from r2s2r.spec.reading.explain import problems
from r2s2r.spec.reading.findings import Findings, Problem

AnySpec = TypeVar("AnySpec", bound=Spec)
Report: TypeAlias = Callable[[Problem], None]


def parse(document: Document, model: type[AnySpec], findings: Findings) -> AnySpec | None:
    """Return the whole document as a spec; None, with findings, where it is none."""
    return parse_data(document.data, model, lambda problem: document.report(findings, problem))


def parse_data(data: Any, model: type[AnySpec], report: Report) -> AnySpec | None:  # noqa: ANN401 - not yet checked
    """Return plain data as a spec; None where it is none, after ``report`` was given each problem.

    The data goes through JSON, for which pydantic's strict mode takes lists for tuples.
    """
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        for problem in problems(error, model):
            report(problem)
        return None
