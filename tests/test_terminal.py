"""Text on its way to a terminal: nothing in it is obeyed, and nothing readable is lost."""

from __future__ import annotations

import unicodedata
from itertools import takewhile

import pytest
from hypothesis import given

from strategies import texts
from studyclaims.terminal import shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ausk et al., 2017: “é”", "Ausk et al., 2017: “é”"),
        ("  indented", "  indented"),
        ("a\nb\r\tc\u2028d\u2029e\x85f\u00a0g", "a b  c d e f g"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J\x7f\x00", "\\x9b2J\\x7f\\x00"),
        ("\u202egnp\u2066.\u200b\ufeff", "\\u202egnp\\u2066.\\u200b\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\x1c", " "),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, line: str) -> None:
    assert shown(text) == line


@given(texts())
def test_every_text_is_one_printable_line_and_is_shown_only_once(text: str) -> None:
    line = shown(text)
    assert line.isprintable()
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(sign) for sign in line}
    assert shown(line) == line
    assert line.startswith("".join(takewhile(str.isprintable, text)))
