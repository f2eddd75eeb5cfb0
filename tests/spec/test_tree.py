"""The tree of a YAML text: data, positions, and what is refused in it."""

import pytest
import yaml

from r2s2r.spec.reading import tree
from r2s2r.spec.reading.tree import UnreadableError, build_tree


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def parser(request, monkeypatch):
    """Every test runs with libyaml's parser and with the pure one that stands in for it."""
    monkeypatch.setattr(tree, "_Parser", getattr(yaml, request.param))


def _complaints(text):
    return [(complaint.loc, tuple(complaint.mark), complaint.message) for complaint in build_tree(text)[1]]


def test_data_is_plain_and_every_part_has_its_position():
    root, complaints = build_tree("a: 1\nb:\n  - {c: x, d: [2.5, true]}\n  - 'on'\n")
    assert root is not None
    assert (root.data, complaints) == ({"a": 1, "b": [{"c": "x", "d": [2.5, True]}, "on"]}, [])
    assert root.entries["b"].key == (2, 1)
    item = root.entries["b"].node.items[0]
    assert (item.mark, item.entries["d"].key, item.entries["d"].node.items[1].mark) == ((3, 5), (3, 12), (3, 21))


def test_quoted_words_are_text():
    root, complaints = build_tree("{a: 'on', b: \"012\", c: '', d: \"~\"}")
    assert root is not None
    assert (root.data, complaints) == ({"a": "on", "b": "012", "c": "", "d": "~"}, [])


def test_a_key_given_twice_is_refused_where_it_is_repeated():
    root, _ = build_tree("a: 1\nb: 2\na: 3\n")
    assert root is not None
    assert root.data == {"a": 1, "b": 2}
    assert _complaints("a: 1\nb: 2\na: 3\n") == [(("a",), (3, 1), "is given twice; the first is in line 1: remove one")]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!str", "!mine"])
def test_tags_are_refused(tag):
    ((loc, mark, message),) = _complaints(f"a:\n  b: {tag} x\n")
    assert (loc, mark) == (("a", "b"), (2, 6))
    assert "tags are not part of the language" in message


def test_a_tag_on_a_mapping_or_a_key_is_refused_too():
    assert len(_complaints("a: !!map {b: 1}\n!!str c: 2\n")) == 2


@pytest.mark.parametrize("key", ["on", "no", "012", "~", "1", "1.5", "true", "2026-11-22", "<<"])
def test_a_key_that_is_no_plain_word_is_refused(key):
    ((_, mark, _message),) = _complaints(f"a: 1\n{key}: 2\n")
    assert mark == (2, 1)


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "? {a: b}\n: 1\n", "{[a]: 1}", "{a: &k v, ? *k : 1}"])
def test_a_key_that_is_a_collection_or_an_alias_is_refused(text):
    ((_, _, message),) = _complaints(text)
    assert "a key is one word" in message


def test_a_key_without_a_value_is_refused():
    ((loc, mark, message),) = _complaints("a:\nb: 1\n")
    assert (loc, mark[0]) == (("a",), 1)
    assert "has no value" in message


def test_an_alias_stands_for_what_its_anchor_names():
    root, complaints = build_tree("a: &x [1, {b: 2}]\nc: *x\n")
    assert root is not None
    assert (root.data["c"], complaints) == ([1, {"b": 2}], [])


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
    with pytest.raises(UnreadableError, match="10000 values"):
        build_tree(bomb)


@pytest.mark.parametrize("text", ["a: *nowhere", "&a [*a]", "a: &x {b: *x}"])
def test_an_alias_of_nothing_or_of_itself_is_refused(text):
    with pytest.raises(UnreadableError, match="stands for nothing"):
        build_tree(text)


@pytest.mark.parametrize("nest", ["[", "- ", "{a: ", "? ", "a: &a [", "[{a: "])
def test_deep_nesting_is_refused_and_crashes_nothing(nest):
    with pytest.raises((UnreadableError, yaml.YAMLError)):
        build_tree(nest * 20_000)


def test_aliases_do_not_get_round_the_limit_of_depth():
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [[[[*a{i - 1}]]]]\n" for i in range(1, 20))
    with pytest.raises(UnreadableError):
        build_tree(text)


def test_a_second_document_is_refused_where_it_starts():
    with pytest.raises(UnreadableError, match="second YAML document") as caught:
        build_tree("a: 1\n---\nb: 2\n")
    assert caught.value.mark == (2, 1)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_a_text_without_a_document_has_no_tree(text):
    assert build_tree(text) == (None, [])
