"""Sentence hashes: anyone who has a source's text can check what a record points at.

A record holds no sentence of a source, only where it stands, a few cue words and the hash of the
sentence after a fixed cleaning (`RULE`), so that line breaks, typographic quotes or Markdown marks
of one copy do not matter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

RULE: Final = "sc-text-1"
"""The version of the cleaning rule, written beside every hash."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_AUTOLINK = re.compile(r"<(https?://[^>\s]*)>")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|`+)")
_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])-\s*\n\s*(?=[^\W\d_])")
_BLANKS = re.compile(r"\s+")
_ASCII: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u00ad": "",
    }
)


def clean(sentence: str) -> str:
    r"""Return the sentence as it is hashed.

    In this order: Markdown links become their text, emphasis marks go, NFKC, quotes and dashes
    become ASCII, hyphens at line ends join their word, white space becomes one blank, ends trimmed;
    and again while that changes anything, so that what is clean stays as it is.

    >>> clean("The  *calf* \u201cmuscles\u201d [break](#) down bone-\n  tissue.")
    'The calf "muscles" break down bonetissue.'
    """
    text = _cleaned(sentence)
    while text != sentence:
        sentence, text = text, _cleaned(text)
    return text


def _cleaned(sentence: str) -> str:
    """Return the sentence after one round of cleaning."""
    text = _LINK.sub(r"\1", sentence)
    text = _AUTOLINK.sub(r"\1", text)
    text = _EMPHASIS.sub("", text)
    text = unicodedata.normalize("NFKC", text).translate(_ASCII)
    text = _LINE_END_HYPHEN.sub("", text)
    return _BLANKS.sub(" ", text).strip()


def sentence_hash(sentence: str) -> str:
    r"""Return the SHA-256 of the cleaned sentence, as 64 hexadecimal digits.

    >>> sentence_hash("Calf  paralysis.") == sentence_hash("*Calf*\nparalysis.")
    True
    """
    return hashlib.sha256(clean(sentence).encode("utf-8")).hexdigest()
