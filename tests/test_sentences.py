"""The hash of a sentence: blind to how a copy is set, and to nothing else."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.sentences import RULE, clean, sentence_hash

WORD = st.from_regex(r"[A-Za-z0-9\u00e9\u03b1]{1,8}", fullmatch=True)
ENDS = st.sampled_from(["", ",", ".", ";", ":", "?", ")", "%", "'s"])
WORDS = st.lists(st.builds(str.__add__, WORD, ENDS), min_size=1, max_size=12)
# fmt: off
PIECES = (
    "a", "B", "-", "\u2014", "\u00ad", "\n", " ", "\t", "\u00a0", "*", "_", "`", "[", "]", "(", ")",
    "!", "<", ">", "<https://x.org>", "\uff0a", "\uff3f", "\u201c", "\u2033", "e\u0301", "\u0301",
    "\ufb01", "\u2026", "\\", "#",
)
# fmt: on
TRICKY = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
unhurried = settings(deadline=None)  # a busy machine is no failure


@pytest.mark.parametrize(
    ("sentence", "cleaned"),
    [
        ("Plain words.", "Plain words."),
        ("  two\n lines\t and\u00a0blanks ", "two lines and blanks"),
        ("[calf muscles](#) and [bone](https://x.org/a)", "calf muscles and bone"),
        ("![figure](a.png) shows", "figure shows"),
        ("<https://example.org/a> says", "https://example.org/a says"),
        ("*one* **two** ***three*** _four_ __five__ `six`", "one two three four five six"),
        ("snake_case_name", "snake_case_name"),
        ("bone-\n  tissue", "bonetissue"),
        ("paralysis-induced", "paralysis-induced"),
        ("20-\n30 mice", "20- 30 mice"),
        ("\u201cquoted\u201d \u2018too\u2019 \u201elow\u201a", "\"quoted\" 'too' \"low'"),
        ("1\u20132 \u2014 \u22121 a\u2010b\u2011c", "1-2 - -1 a-b-c"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ufb01bre \uff21\uff22 \u00b2", "fibre AB 2"),
        ("e\u0301", "\u00e9"),
        ("", ""),
    ],
)
def test_a_sentence_as_it_is_hashed(sentence: str, cleaned: str) -> None:
    assert clean(sentence) == cleaned


def test_the_hash_is_that_of_the_cleaned_text() -> None:
    expected = hashlib.sha256(b"Calf paralysis caused it.").hexdigest()
    assert sentence_hash("*Calf*  paralysis\ncaused it.") == expected


def test_a_golden_vector_keeps_the_rule_from_changing() -> None:
    """Hashes are published: another rule needs another name."""
    sentence = "The  *calf* \u201cmuscles\u201d [break](#) down bone-\n  tissue \u2014 slowly."
    golden = "3c274b346679534d561bbf4809697ee1e5b9cb1107db85f1764b22e0509b1526"
    assert (RULE, sentence_hash(sentence)) == ("sc-text-1", golden)


@unhurried
@given(TRICKY | st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@unhurried
@given(TRICKY)
def test_a_cleaned_text_is_one_trimmed_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())


@unhurried
@given(WORDS, st.lists(st.sampled_from([" ", "\n", "  ", "\n    ", "\t", "\r\n", "\u00a0"])))
def test_other_line_breaks_change_nothing(words: list[str], blanks: list[str]) -> None:
    blanks = (blanks + [" "] * len(words))[: len(words)]
    wrapped = "".join(blank + word for blank, word in zip(blanks, words, strict=True))
    assert sentence_hash(wrapped) == sentence_hash(" ".join(words))


@unhurried
@given(WORDS, st.lists(st.sampled_from(["", "*", "**", "***", "_", "__", "`"])))
def test_emphasis_changes_nothing(words: list[str], marks: list[str]) -> None:
    marks = (marks + [""] * len(words))[: len(words)]
    set_apart = " ".join(f"{mark}{word}{mark}" for mark, word in zip(marks, words, strict=True))
    assert sentence_hash(set_apart) == sentence_hash(" ".join(words))


@unhurried
@given(WORDS, st.integers(0, 11), st.sampled_from(["#", "https://example.org/a", ""]))
def test_links_change_nothing(words: list[str], place: int, target: str) -> None:
    place %= len(words)
    linked = [*words[:place], f"[{words[place]}]({target})", *words[place + 1 :]]
    assert sentence_hash(" ".join(linked)) == sentence_hash(" ".join(words))


@unhurried
@given(WORDS, st.integers(0, 11))
def test_typographic_quotes_and_dashes_change_nothing(words: list[str], place: int) -> None:
    place %= len(words)
    plain = [*words[:place], f"\"{words[place]}\" 'it' - 1-2", *words[place + 1 :]]
    curly = [
        *words[:place],
        f"\u201c{words[place]}\u201d \u2018it\u2019 \u2014 1\u20132",
        *words[place + 1 :],
    ]
    text = " ".join(curly).replace("'s", "\u2019s")
    assert sentence_hash(text) == sentence_hash(" ".join(plain))


@unhurried
@given(st.from_regex(r"[a-z]{2,6}", fullmatch=True), st.from_regex(r"[a-z]{2,6}", fullmatch=True))
def test_a_word_cut_at_a_line_end_is_whole_again(head: str, tail: str) -> None:
    assert sentence_hash(f"the {head}-\n  {tail} is") == sentence_hash(f"the {head}{tail} is")


@unhurried
@given(WORDS, st.integers(0, 11), WORD)
def test_another_word_is_another_hash(words: list[str], place: int, other: str) -> None:
    changed = [*words]
    changed[place % len(words)] = other
    same = clean(" ".join(changed)) == clean(" ".join(words))
    assert (sentence_hash(" ".join(changed)) == sentence_hash(" ".join(words))) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It may promote bone loss.", "It promotes bone loss."),
        ("It did promote it.", "It did not promote it."),
        ("Within 24 h.", "Within 42 h."),
        ("It rose.", "It rose"),
        ("BTxA caused it.", "btxa caused it."),
        ("A caused B.", "B caused A."),
        ("1.5 mm", "1.50 mm"),
    ],
)
def test_what_changes_the_meaning_changes_the_hash(one: str, other: str) -> None:
    assert sentence_hash(one) != sentence_hash(other)


def test_a_hash_is_written_as_a_record_writes_it() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", sentence_hash("any"))
