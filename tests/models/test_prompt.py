"""Texts that are longer than a model reads."""

import pytest

from r2s2r.models.components import load_tokenizer
from r2s2r.models.prompt import cut_finding


@pytest.fixture(scope="session")
def tokenizer(tiny_animate):
    return load_tokenizer(tiny_animate / "base")


def text_of(tokenizer, tokens):
    """Return a text of so many tokens, its end included."""
    text = "the box " * ((tokens - 1) // 2) + "the" * ((tokens - 1) % 2)
    assert len(tokenizer(text.strip())["input_ids"]) == tokens
    return text.strip()


@pytest.mark.parametrize("tokens", [1, 11, 512])
def test_a_text_that_is_read_whole_gives_no_finding(tokenizer, tokens):
    assert cut_finding(tokenizer, text_of(tokenizer, tokens), field="prompt") == ()


def test_a_longer_one_says_how_long_it_is_and_what_is_cut(tokenizer):
    text = text_of(tokenizer, 511) + " turns left"
    tokens = len(tokenizer(text)["input_ids"])
    (said,) = cut_finding(tokenizer, text, field="prompt")
    assert tokens > 512
    assert said.startswith(f"prompt: has {tokens} tokens, of which the model reads 512; cut: ")
    assert said.endswith('left"')
    assert "box" not in said


def test_much_that_is_cut_is_shortened(tokenizer):
    (said,) = cut_finding(tokenizer, text_of(tokenizer, 3001), field="negative_prompt")
    assert said.startswith("negative_prompt: has 3001 tokens")
    assert len(said) < 400
    assert said.endswith(' ..."')
