"""Text on its way to a terminal, which takes some characters for commands and not for letters."""

from __future__ import annotations


def shown(text: str) -> str:
    r"""Return a text on one line, with whatever no reader sees, or a terminal obeys, written out.

    Such are control characters, and those that turn the direction of what follows. White space of
    any kind becomes a blank; how a text is indented stays.

    >>> shown("  bone\nloss \x1b[2J\u202e")
    '  bone loss \\x1b[2J\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(" " if sign.isspace() else visible(sign) for sign in text)


def visible(text: str) -> str:
    r"""Return a text on one line, whatever a terminal would take for a command written out.

    White space other than a blank is written out too: `shown` makes blanks of it.

    >>> visible("a\x1b[2Jb\tc")
    'a\\x1b[2Jb\\tc'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
