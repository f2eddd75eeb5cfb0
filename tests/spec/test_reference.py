"""The reference of the scene language: complete, up to date, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from r2s2r.spec.docstrings import docstring
from r2s2r.spec.reference import reference_text, write_reference
from r2s2r.spec.reference.kinds import kinds

CHECKED_IN = Path(__file__).resolve().parents[2] / "docs" / "scene-reference.md"
KINDS = kinds()
TEXT = reference_text()


def _part(title):
    """The reference's text of one kind."""
    return re.split(r"^##+ ", TEXT.split(f"\n### {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def _row(title, field):
    """The cells of a field's row."""
    line = next(line for line in _part(title).splitlines() if line.startswith(f"| `{field}` |"))
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_checked_in_reference_is_the_generated_one():
    assert CHECKED_IN.read_text(encoding="utf-8") == TEXT, "run `make schemas`"


def test_it_is_written_into_a_folder(tmp_path):
    assert write_reference(tmp_path / "new").read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_part_with_all_its_fields_and_an_example(name):
    kind = KINDS[name]
    part = _part(kind.title)
    fields = [field for field in kind.schema["properties"] if field != "type"]
    assert sorted(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == sorted(fields)
    assert re.search(r"```yaml\n\S", part), f"{kind.spec.__name__} has no Example: in its docstring"


def test_every_link_leads_to_a_heading():
    headings = [
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^##+ (.+)$", TEXT, re.M)
    ]
    assert len(set(headings)) == len(headings), "two headings share an anchor"
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= set(headings)


def test_the_links_to_other_files_lead_somewhere():
    for file in re.findall(r"\]\(([^#)]+)\)", TEXT):
        assert (CHECKED_IN.parent / file).exists(), file


@pytest.mark.parametrize(
    ("title", "field", "value", "unit", "default"),
    [
        ("camera: orbit", "degrees", "number", "degrees", "**required**"),
        ("camera: orbit", "around", "[target](#values)", "", "**required**"),
        ("camera: orbit", "from", "[time](#values)", "", ""),
        ("camera: orbit", "ease", "`linear`, `in`, `out` or `in_out`", "", "`in_out`"),
        ("edit: spin", "ease", "`linear`, `in`, `out` or `in_out`", "", "`linear`"),
        ("camera: spiral", "radius", "[multiple](#values)", "", "`1x`"),
        ("source.camera", "focal_mm", "number (above 0)", "millimetres", ""),
        ("edit: bounce", "height", "[multiple](#values)", "", ""),
        ("edit: deform", "squash", "number (0.05 or more, at most 20)", "", "`1`"),
        ("edit: drop", "gravity_m_s2", "number (above 0, at most 1000)", "m/s²", "`9.81`"),
        ("shots.NAME", "edits", "[names](#values) → list of [edits](#edits)", "", ""),
        ("output", "width", "whole number (64 or more, at most 8192, a multiple of 2)", "pixels", "`832`"),
        ("The project file, r2s2r.yaml", "pins", "text → text", "", ""),
        ("entities.NAME.place", "move_m", "3 numbers (-10000 or more, at most 10000)", "metres", "`[0, 0, 0]`"),
    ],
)  # fmt: skip
def test_a_row_says_value_unit_and_default(title, field, value, unit, default):
    assert _row(title, field)[1:4] == [value, unit, default]


def test_own_fields_come_before_shared_ones():
    fields = re.findall(r"^\| `(\w+)` \|", _part("camera: dolly"), re.MULTILINE)
    assert fields.index("towards") == 0
    assert fields.index("from") > 0


def test_parts_of_a_kind_follow_it():
    titles = re.findall(r"^### (.+)$", TEXT, re.MULTILINE)
    assert titles[titles.index("camera: keyframes") + 1] == "camera: keyframes.keys[]"


def test_an_example_is_no_part_of_a_description():
    for kind in KINDS.values():
        for text in (docstring(kind.spec).summary, *docstring(kind.spec).attributes.values()):
            assert "Example" not in text
            assert "{type:" not in text
