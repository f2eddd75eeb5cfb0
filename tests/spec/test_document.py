"""Reading a YAML file: what cannot be read says where and why."""

import pytest

from r2s2r.errors import InputError, SceneError
from r2s2r.spec.reading.document import MOST_BYTES, read_document
from r2s2r.spec.reading.findings import Findings, field_name
from r2s2r.spec.reading.nodes import Mark


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(data):
        path = tmp_path / "a.yaml"
        path.write_bytes(data)
        findings = Findings()
        document = read_document(path.relative_to(tmp_path), findings)
        findings.raise_if_any()
        return document

    return read


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"", "1:1", "is empty"),
        (b"# nothing\n", "1:1", "is empty"),
        (b"a: 1\nb: caf\xe9\n", "2:7", "save it as UTF-8"),
        ("a: 1\n".encode("utf-16"), "1:1", "save it as UTF-8"),
        (b"a: 1\nb: x\x07y\n", "2:5", "U+0007"),
        (b"a: 1\n\tb: 2\n", "2:1", "tabs cannot indent YAML"),
        (b"a: 1\n b: 2\n", "2:3", "check the indentation"),
        (b"a: [1, 2\n", "2:1", "is not YAML"),
        (b"a: @home\n", "1:4", "put text that starts with @ in quotes"),
        (b"a: %1\n", "1:4", "put text that starts with % in quotes"),
        (b"a: 'x\n", "2:1", "is not YAML"),
        (b"a: 1\n---\nb: 2\n", "2:1", "a second YAML document"),
        (b"a: " + b"[" * 100, "1:35", "nested more than 32 deep"),
        (b"a: " + b"x" * MOST_BYTES, "1:1", "larger than 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_strict_yaml_says_where_and_why(read, data, where, what):
    with pytest.raises(SceneError) as caught:
        read(data)
    (finding,) = caught.value.findings
    assert str(finding).startswith(f"a.yaml:{where}: ")
    assert what in finding.message


def test_a_byte_order_mark_and_windows_line_ends_are_fine(read):
    assert read(b"\xef\xbb\xbfa: 1\r\nb: caf\xc3\xa9\r\n").data == {"a": 1, "b": "café"}


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "bunny.yaml").touch()
    with pytest.raises(InputError, match=r"buny.yaml: file not found; nearest: .*/bunny.yaml"):
        read_document(tmp_path / "buny.yaml", Findings())


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_document(tmp_path, Findings())


def test_a_mark_is_that_of_a_plain_value_or_else_of_the_key(read):
    document = read(b"a:\n  b: [1, 2]\n  c: {d: 5}\nlist:\n  - {e: 1}\n")
    assert document.mark(("a", "c", "d")) == (3, 10)
    assert document.mark(("a", "b", 1)) == (2, 10)
    assert document.mark(("a", "b")) == (2, 3)
    assert document.mark(("list", 0)) == (5, 5)
    assert document.key_mark(("a", "c", "d")) == (3, 7)


def test_the_mark_of_something_missing_is_that_of_what_should_hold_it(read):
    document = read(b"a:\n  b: {c: 1}\nlist:\n  - {e: 1}\n")
    assert document.mark(("a", "b", "x")) == (2, 3)
    assert document.mark(("list", 0, "x", "y")) == (4, 5)
    assert document.mark(("x",)) == (1, 1)


def test_fields_are_named_with_dots_and_brackets():
    assert field_name(("shots", "orbit", "camera", 0, "degrees")) == "shots.orbit.camera[0].degrees"
    assert field_name(()) == ""


def test_findings_come_in_the_order_of_the_file_each_once(tmp_path):
    findings = Findings()
    for line, message in ((5, "late"), (1, "early"), (5, "late"), (3, "middle")):
        findings.add(tmp_path, Mark(line, 1), ("x",), message)
    with pytest.raises(SceneError) as caught:
        findings.raise_if_any()
    assert [finding.message for finding in caught.value.findings] == ["early", "middle", "late"]
