"""The page: whole, safe, and of one piece."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.report.conftest import Night, large_night, shot_of

_EMPTY = frozenset({"meta", "input", "img", "br", "link"})
NAMES = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "</title></style></script><b>",
    "{{ 7 * 7 }}{% raw %}",
    "مشهد \u202egnp.exe",
    "🐻‍❄️ & ünïcode `code`",
    "javascript:alert(1)",
    "\x07\x1b[31m",
    "b\udcfcnny",
]


class Page(HTMLParser):
    """What a page has, as the standard library reads it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {"style": "", "script": "", "": ""}
        self._open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts[self._open[-1] if self._open and self._open[-1] in self.texts else ""] += data

    @property
    def text(self) -> str:
        return " ".join(self.texts[""].split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def rows(self) -> list[str]:
        """Return the states of the shots, in order."""
        return [str(one["class"]).split()[1] for one in self.of("li") if "shot " in str(one.get("class"))]


def test_every_shot_is_there_and_what_needs_somebody_is_first(night: Night):
    large_night(night, 40, 3)
    report = night.report()
    rows = Page(night.page).rows()
    assert len(rows) == 120
    assert {state: rows.count(state) for state in rows} == {s: n for s, n in report.totals.shots.items() if n}
    assert rows == sorted(rows, key=list(report.totals.shots).index)


def test_five_seconds_tell_how_many_are_ready_and_what_failed(night: Night):
    night.shots = [shot_of(f"scene{number}", "hop") for number in range(4)]
    night.refused = (("/films/fox.yaml", "unknown key"),)
    for shot in night.shots[:2]:
        night.make_all(shot)
    night.tell(night.shots[2], "edit", "failed", 5, message="no route")
    night.shots[3] = replace(night.shots[3], put_off="no time")
    night.report()
    text = Page(night.page).text
    start = text[text.index("Night of") :][:400]
    for words in ("2 of 4 shots are ready", "1 ✕ failed", "1 ⊘ refused", "1 ❙❙ put off", "2 ✓ done"):
        assert words in start


@pytest.mark.parametrize("name", NAMES)
def test_whatever_things_are_called_the_page_shows_it_and_obeys_none_of_it(night: Night, name: str):
    plain = shot_of("bunny", "hop")
    night.shots = [
        replace(plain, scene=name, shot=name, profile=name, path=name),
        shot_of("fox", "still", put_off=name),
    ]
    night.tell(plain, "diffuse", "retried", 3, where=name, message=name, seconds=1.0)
    night.tell(plain, "diffuse", "failed", 5, where=name, message=name, cause=name, seconds=1.0)
    night.log(plain, "diffuse", name)
    night.refused = ((name, name),)
    night.report()
    page = Page(night.page)
    known = Page(_harmless(night))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in known.tags] or "`" in name
    assert not any(key.startswith("on") or key == "style" for _, attributes in page.tags for key in attributes)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]", page.texts[""])
    spelled = (
        name.replace("\u202e", r"\u202e")
        .replace("\udcfc", r"\udcfc")
        .replace("\x07\x1b", r"\u0007\u001b")
        .replace("`", "")
    )
    assert spelled in page.text.replace("`", "")


def _harmless(night: Night) -> Path:
    """Write the same report with a name that means nothing; return its page."""
    other = replace(night, folder=night.folder / "other", shots=[], told=[])
    plain = shot_of("bunny", "hop")
    other.shots = [replace(plain, scene="a", shot="a", profile="a", path="a"), shot_of("fox", "still", put_off="a")]
    other.told = [replace(event, message="a", where="a", cause="a" if event.cause else "") for event in night.told]
    other.log(plain, "diffuse", "a")
    other.refused = (("a", "a"),)
    other.report()
    return other.page


def test_the_policy_lets_in_our_own_style_and_script_and_nothing_else(night: Night):
    night.report()
    page = Page(night.page)
    (policy,) = (one["content"] for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.texts[tag].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_is_asked_of_any_other_place_and_all_links_lead_somewhere(night: Night):
    large_night(night, 4, 3)
    for shot in night.shots:
        night.deliver(shot)
    night.report()
    page = Page(night.page)
    links = [one[key] for tag, key in (("a", "href"), ("img", "src")) for one in page.of(tag) if key in one]
    assert len(links) > 20
    for link in links:
        assert link is not None
        assert not urlsplit(link).scheme
        assert not urlsplit(link).netloc
        assert (night.page.parent / unquote(link)).exists(), link
    assert "http" not in re.sub("http-equiv", "", night.page.read_text(encoding="utf-8").lower())


def test_links_hold_for_folders_with_odd_names(night: Night):
    night.shots = [replace(shot_of("bunny", "hop"), scene="50% #1? ü&b")]
    night.deliver(night.shots[0])
    night.report()
    (link,) = {one["href"] for one in Page(night.page).of("a") if "video" in str(one["href"])}
    assert (night.page.parent / unquote(urlsplit(str(link)).path)).exists()


def test_pictures_are_loaded_when_they_are_looked_at(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.deliver(night.shots[0])
    night.report()
    (picture,) = Page(night.page).of("img")
    assert (picture["loading"], picture["width"], picture["height"]) == ("lazy", "160", "90")


def test_an_unfinished_night_says_so(night: Night):
    night.shots = [shot_of("bunny", "hop")]
    night.report(is_killed=True)
    assert "No end: the driver has not said that it ended" in Page(night.page).text


def test_a_night_without_any_shot_has_a_page(night: Night):
    night.report()
    assert "0 of 0 shots are ready" in Page(night.page).text.replace("All 0 shots", "0 of 0 shots")
