"""What of a text a video model does not read."""

import textwrap
from typing import Any

from diffusers.pipelines.wan.pipeline_wan_animate import prompt_clean

from r2s2r.models.size import TEXT_TOKENS

_SHOWN = 300


def cut_finding(tokenizer: Any, text: str, *, field: str) -> tuple[str, ...]:  # noqa: ANN401 - any of transformers'
    """Say how long a text is and which words are cut; nothing where all of it is read.

    Args:
        tokenizer: The text encoder's.
        text: As it was written.
        field: What the text is: ``prompt``, ``negative_prompt``.
    """
    clean = prompt_clean(text)  # type: ignore[no-untyped-call]
    tokens = list(tokenizer(clean, add_special_tokens=True, truncation=False, verbose=False)["input_ids"])
    if len(tokens) <= TEXT_TOKENS:
        return ()
    words = tokenizer.decode(tokens[TEXT_TOKENS - 1 :], skip_special_tokens=True)
    shown = textwrap.shorten(words, _SHOWN, placeholder=" ...")
    return (f'{field}: has {len(tokens)} tokens, of which the model reads {TEXT_TOKENS}; cut: "{shown}"',)
