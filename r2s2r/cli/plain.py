"""Text that holds words of scenes and names of files, made safe for terminals."""

_LAYOUT = "\n\t"


def plain(text: str) -> str:
    """Return text with all that a terminal would obey or hide spelled out: escape codes, turned writing, odd bytes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in _LAYOUT else _named(character) for character in text
    )


def _named(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
