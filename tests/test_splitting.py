"""Sentence ends: the hard cases, one a line; ``|`` stands where a sentence ends."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.splitting import ends_a_sentence, sentences


@pytest.mark.parametrize(
    "marked",
    [
        "It rained.|Then it stopped.",
        "It rained|",
        "Bones, e.g. the tibia, fell.|Muscle, i.e. the calf, too.",
        "Ausk et al. showed it.|Others, as Smith et al. (2017), did not.",
        "By Brandon J Ausk et al. Muscle Paralysis Induces Inflammation.|We agree.",
        "This follows Ausk et al.|The mice were old.",
        "See Fig. 2 and Figs. 3 and 4.|Then read on.",
        "Treated vs. Control mice differed.|So did p < 0.05.",
        "It rose 1.5-fold (p = 0.003).|It fell to 0.5.|Then it rose.",
        "J. A. Smith and B. J. Ausk wrote it.|They agreed.",
        "S. aureus and E. coli grew.|None died.",
        "We gave botulinum toxin A. The calf was weak.".replace("A. The", "A.|The"),
        "Mice lacked vitamin D.|Growth slowed.",
        "In the U.S. Department of Health it was read.|In the U.S.|The rest was not.",
        "Mice (five per group. See above.) were old.|All lived.",
        "An open (bracket. Ends here.".replace("bracket. ", "bracket.|"),
        '"It has potential to reveal," the authors wrote.|"It may."|So it goes.',
        '"Why?" he asked.|Nobody knew!|Really?|Yes.',
        "Levels rose.|mRNA fell.|pH stayed.|p53 was lost.|siRNA helped.",
        "It was given i.p. daily.|Mice were given it i.p.|Controls got none.",
        "It was shown.[12]|Later, too.[3,4]|Not now.",
        "It was shown.12|Later it was not.3,4|Again.",
        "Wait... there is more.|Done...|Next.",
        "No. 5 was read.|Was it?|No.|It was not.",
        "Cells, bones, etc. were seen.|Cells, bones, etc.|These were not.",
        "DOI: 10.1152/ajpcell.00363.2016|",
        "Dr. Gross and Prof. Bain (St. Louis) wrote.|They agreed.",
        "It took approx. 24 h, cf. Table 1.|All ran.",
        "In 2017.|In 2018 again.",
        "|",
    ],
)
def test_a_sentence_ends_where_it_ends(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|") if part.strip()]
    assert list(sentences(" ".join(expected))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains.", True),
        ("It rains?", True),
        ('"It rains."', True),
        ("It rains.[12]", True),
        ("It rains.12", True),
        ("December 15 2017", False),
        ("By J Ausk et al.", False),
        ("See Fig.", False),
        ("", False),
    ],
)
def test_a_text_ends_as_a_sentence_or_not(text: str, expected: bool) -> None:
    assert ends_a_sentence(text) is expected


@given(st.text(alphabet="ab AB.!?()[]'\"1,-", max_size=80))
def test_no_character_is_lost_or_moved(text: str) -> None:
    found = list(sentences(text))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(found)


@pytest.mark.parametrize(
    "text",
    [
        "." * 200_000,
        ".'" * 100_000,
        "(" * 200_000,
        "(" * 100_000 + ")" * 100_000,
        "A. " * 60_000,
        "a.1,1" + ",1" * 100_000,
        ".[1" + ",1" * 100_000,
        "a" * 200_000 + ". B",
    ],
    ids=["points", "quotes", "open", "nested", "initials", "numbers", "references", "word"],
)
def test_a_hostile_paragraph_costs_little(text: str) -> None:
    started = time.process_time()
    assert list(sentences(text))
    assert time.process_time() - started < 3
