"""What a report says of a node that failed."""

import pytest

from r2s2r.report.content import FailureReport
from tests.report.conftest import Night, shot_of


def failed(night: Night, *, message: str = "NaN", log: str | bytes | None = None, **more: str) -> FailureReport:
    night.shots = [shot_of("bunny", "hop")]
    night.tell(night.shots[0], "diffuse", "failed", 5, message=message, **more)
    if log is not None:
        night.log(night.shots[0], "diffuse", log)
    (failure,) = night.report().failures
    return failure


def test_the_last_lines_of_its_log_are_there(night: Night):
    failure = failed(
        night, log="".join(f"line {number}\n" for number in range(1000)), cause="unexpected", where="GPU 1"
    )
    assert failure.log[-1] == "line 999"
    assert len(failure.log) == 15
    assert (failure.label, failure.node, failure.cause, failure.where) == (
        "bunny/hop",
        "diffuse",
        "unexpected",
        "GPU 1",
    )


def test_progress_bars_and_colours_are_as_a_terminal_leaves_them(night: Night):
    assert failed(night, log="step 1\rstep 2\rstep 3\r\n\x1b[31mred\x1b[0m\n\n").log == ("step 3", "red")


def test_a_log_that_is_no_text_or_one_endless_line_is_shortened(night: Night):
    (line,) = failed(night, log=b"\xff\x00" * 100_000).log
    assert len(line) < 400


@pytest.mark.parametrize("key", ["", "../../secrets", "f" * 64])
def test_without_a_log_it_has_none(night: Night, key: str):
    assert failed(night, key=key).log == ()


def test_a_very_long_message_keeps_its_beginning_and_its_end(night: Night):
    failure = failed(night, message="cause " + "x" * 1_000_000 + " advice")
    assert failure.message.startswith("cause ")
    assert failure.message.endswith(" advice")
    assert len(failure.message) < 5000
