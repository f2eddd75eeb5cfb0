"""A sign of life on a terminal while somebody else is waited for."""

from collections.abc import Iterator
from contextlib import contextmanager

from r2s2r.cli.plain import plain


@contextmanager
def sign_of_life(what: str) -> Iterator[None]:
    """Show on stderr what is waited for, nobody knows how long; nothing where that is no terminal."""
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True, emoji=False).status(escape(plain(what))):
        yield
