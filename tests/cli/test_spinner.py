"""The sign of life while somebody else is waited for."""

import pytest

from r2s2r.cli.spinner import sign_of_life


def test_a_terminal_shows_what_is_waited_for_without_what_terminals_obey(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with sign_of_life("asking node3\x1b[31m [bold]"):
        pass
    captured = capsys.readouterr()
    assert "asking node3\\x1b[31m [bold]" in captured.err
    assert captured.out == ""


def test_where_there_is_no_terminal_nothing_shows(capsys: pytest.CaptureFixture[str]) -> None:
    with sign_of_life("asking"):
        pass
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
