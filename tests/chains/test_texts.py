"""Explanations in words: what a text says, and that Markdown and flowcharts hold any label."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given

from chains.test_explanations import (
    CHAIN,
    FRAGILE,
    HEDGED,
    NULL,
    OWN,
    PARALYSED,
    STATED,
    explained,
    told,
)
from chains.test_pages import path, shown
from chains.test_steps import DENIAL, FLAT, GUESS, OPEN, saying
from chains.test_steps import HEDGED as SUGGESTED
from chains.test_steps import NULL as NONE_FOUND
from chains.test_steps import OWN as TESTED
from comparing.test_contested import FOCAL_LOSS, INJECTED, LOSS
from strategies import texts
from studyclaims.chains.joins import Join
from studyclaims.chains.pages import Explanation, Hints, ShownJoin, ShownStep
from studyclaims.chains.steps import Step, Strength
from studyclaims.chains.texts import (
    chart_label,
    explanation_markdown,
    explanation_text,
    flowchart,
)
from studyclaims.terminal import shown as line
from studyclaims.terms import SC

BOX: Final = re.compile(r'  e(\d+)\["([^"]+)"\]')
ARROW: Final = re.compile(r'  e(\d+) (\S+)\|"([^"]+)"\| e(\d+)')


def test_a_text_tells_the_path_step_by_step() -> None:
    lines = str(explained([CHAIN])).splitlines()
    assert lines[:3] == [
        "From Botulinum toxin type A (CHEBI:3160) to Osteopenia (HP:0000938)",
        "",
        "Path 1: 2 steps, 0 joins, 1 paper; weakest: suggested",
    ]
    assert lines[3].startswith("  begins: injection of Botulinum toxin type A is stated to cause")
    assert lines[4].startswith("  1. triceps surae paralysed by Botulinum toxin type A causes inc")
    assert lines[4].endswith("[asserted, by its own test]")
    assert lines[5].startswith("       able-2020/c2: The paper asserts that triceps surae")
    assert lines[-2:] == [
        "  Weakest link (suggested): step 2, paper (10.1234/able-2020) suggests it, “may”.",
        "  Nobody claims this path as a whole.",
    ]


def test_a_step_that_is_disputed_shows_both_sides_once() -> None:
    null = told("baker-2021", (INJECTED, "cause", FRAGILE, NULL))
    mine = told("able-2020", (INJECTED, "cause", FRAGILE, OWN))
    text = str(explained([mine, null]))
    assert "[asserted, by its own test; contested]" in text
    assert text.count("baker-2021/c1: The paper tested") == 2
    assert "       against: baker-2021/c1: The paper tested and found no sign" in text
    assert "Nobody claims" not in text


def test_what_only_denies_is_told_and_not_as_being_against() -> None:
    text = str(explained([told("able-2020", (INJECTED, "cause", FRAGILE, NULL))]))
    assert "is not found to cause Osteopenia [broken: tested or denied, and no support s" in text
    assert "       able-2020/c1: The paper tested and found no sign" in text
    assert "against: " not in text


def test_direct_claims_and_the_end_of_a_path_are_told() -> None:
    lines = ((INJECTED, "cause", LOSS, OWN), (LOSS, "prevent", FRAGILE, OWN))
    text = str(explained([told("able-2020", *lines, (INJECTED, "cause", FRAGILE, STATED))]))
    assert "[asserted, by its own test; nothing follows from it]" in text
    first, last = (part.splitlines() for part in text.split("\n\n")[1:])
    assert first[-3:] == [
        "  Nobody claims this path as a whole.",
        "  Of its two ends it is said directly: injection of Botulinum toxin type A is stated to "
        "cause Osteopenia [stated]: able-2020/c3, paper (10.1234/able-2020) states it, “inflames”.",
        "  Against the path as a whole: able-2020/c3, paper (10.1234/able-2020) states it, "
        "“inflames”.",
    ]
    assert "two ends" not in " ".join(last)
    assert "as a whole" not in " ".join(last)


def test_who_denies_the_link_itself_is_told_before_any_path() -> None:
    null = told("baker-2021", (PARALYSED, "cause", FRAGILE, NULL))
    found = explained([CHAIN, null], limit=1)
    lines = str(found).splitlines()
    assert lines[1] == (
        "A direct link of the two is denied, or was tested and not found, by 1 claim:"
    )
    assert lines[2].startswith("  baker-2021/c1: The paper tested and found no sign that triceps")
    assert lines[4].startswith("Path 1: 2 steps")
    assert lines[-1] == (
        "  Against the path as a whole: baker-2021/c1, paper (10.1234/baker-2021) finds "
        "no sign of it, “inflames”."
    )
    page = found.to_markdown().splitlines()
    assert page[2] == (
        "**A direct link of the two is denied, or was tested and not found, by 1 claim:** "
        "[baker-2021/c1](<https://doi.org/10.1234/baker-2021>) finds no sign of it, “inflames”"
    )
    assert "denied, or was" not in f"{explained([CHAIN])}{explained([CHAIN]).to_markdown()}"


def test_where_only_denied_paths_are_left_the_text_says_so_first() -> None:
    found = explained([told("able-2020", (INJECTED, "cause", FRAGILE, NULL))])
    assert str(found).splitlines()[3].startswith("No path leads from the one to the other by steps")
    assert "Path 1: 1 step" in str(found)
    assert "by steps that all have support" in found.to_markdown()
    none = explained([told("able-2020", (FRAGILE, "cause", INJECTED, OWN))])
    assert str(none).splitlines()[1] == "No path of claims leads from the one to the other."


def test_many_direct_claims_are_counted_and_not_all_named() -> None:
    rows: tuple[dict[str, Any], ...] = tuple({"key": f"k{n}", "who": "w"} for n in range(8))
    held = replace(path(shown("ab"), shown("bc")), against=rows)
    ready = [replace(m, claims=tuple(r | {"sentence": "s"} for r in m.claims)) for m in held.steps]
    text = explanation_text(
        Explanation("a", "c", (replace(held, moves=tuple(ready)),), complete=True)
    )
    assert (
        "Against the path as a whole: k0, w; k1, w; k2, w; k3, w; k4, w; k5, w; and 2 more."
    ) in text
    assert "k6" not in text


def test_the_claims_on_a_step_are_listed_once() -> None:
    one, two = path(shown("ab"), shown("bc")), path(shown("ab"), shown("bd"))
    rows = ({"key": "k", "who": "w", "context": {}, "sentence": "It says so."},)
    held = [
        replace(each, number=number, moves=tuple(replace(m, claims=rows) for m in each.steps))
        for number, each in enumerate((one, two), start=1)
    ]
    text = explanation_text(Explanation("a", "d", tuple(held), complete=True))
    assert text.count("k: It says so.") == 3
    assert "claims: see path 1, step 1" in text


def test_many_claims_are_counted_and_not_all_shown() -> None:
    sayings = [saying(paper=f"p{number}") for number in range(9)]
    many = shown("ab", *sayings)
    rows: tuple[dict[str, Any], ...] = tuple(
        row | {"sentence": "s", "source": "https://ex.org/a"} for row in many.claims
    )
    found = Explanation("a", "b", (path(replace(many, claims=rows)),), complete=True)
    assert "       3 more; --format json has them all" in explanation_text(found)
    assert "and 3 more |" in explanation_markdown(found)


def test_joins_contexts_and_ties_are_told() -> None:
    join = ShownJoin(Join("b", (("narrower", "c"),)), "b", (("narrower", "c"),))
    mouse, rat = ({"species": name} for name in ("mouse", "rat"))
    first, last = shown("ab", context=mouse), shown("cd", context=rat)
    rows = [tuple(row | {"sentence": "s"} for row in each.claims) for each in (first, last)]
    held = path(replace(first, claims=rows[0]), join, replace(last, claims=rows[1]))
    lines = explanation_text(Explanation("a", "d", (held,), complete=False)).splitlines()
    assert (
        "     join, claimed by nobody: b → c (more specific, and whether it is of this"
        in "".join(line[:83] for line in lines)
    )
    assert lines[2] == (
        "Path 1: 2 steps, 1 join, 1 paper; weakest: a join, claimed by nobody; of its steps: stated"
    )
    assert (
        "  Weakest link (a join, claimed by nobody): b → c (more specific, and whether it is of "
        "this kind is open)."
    ) in lines
    assert "  Weakest steps (stated): step 1, who 0; step 2, who 0." in lines
    assert "  species not the same in all steps: step 1 mouse; step 2 rat." in lines
    assert lines[-1] == "The search was cut short: there may be other paths."


HINTS: Final = Hints(("b",), (), longer=True, beside=True, turned=True, absent=("no a",))


def test_hints_say_what_to_ask_next() -> None:
    text = explanation_text(Explanation("a", "z", (), complete=True, hints=HINTS))
    assert text.splitlines() == [
        "From a to z",
        "No path of claims leads from the one to the other.",
        "Reached from a by claims and unclaimed joins:",
        "  b",
        "One claim or unclaimed join from z:",
        "  nothing that is claimed",
        "Only its absence is there, which is another thing; to start at that, name it:",
        "  no a",
        "With more steps there is a path: use a larger --max-steps.",
        "With timing, association and description there is a path: use --all-relations.",
        "The other way round there is a path.",
    ]
    bare = explanation_text(Explanation("a", "z", (), complete=True, hints=Hints()))
    assert "there is a path" not in bare
    assert "absence" not in bare


def test_hints_are_a_list_in_markdown() -> None:
    text = explanation_markdown(Explanation("a|b", "z", (), complete=False, hints=HINTS))
    assert text.startswith("# From a\\|b to z\n")
    assert "\n- b\n" in text
    assert "\n\nNo path of claims leads from the one to the other.\n\n" in text
    assert "\n- nothing that is claimed\n" in text
    assert text.endswith("\n\nThe search was cut short: there may be other paths.\n")


def test_a_markdown_table_has_a_row_a_move() -> None:
    graph = told("able-2020", (INJECTED, "cause", LOSS, OWN), (LOSS, "cause", FRAGILE, HEDGED))
    null = told("baker-2021", (LOSS, "cause", FRAGILE, NULL))
    text = explained([graph, null]).to_markdown()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.split(r"(?<!\\)\|", row)) for row in rows] == [8] * 4
    assert rows[3] == (
        "| 2 | decreased tissue amount of bone tissue is suggested to cause Osteopenia "
        "|  | suggested; contested "
        "| [able-2020/c2](<https://doi.org/10.1234/able-2020>) suggests it, “may” "
        "| [baker-2021/c1](<https://doi.org/10.1234/baker-2021>) finds no sign of it, “inflames” |"
    )
    assert "## Path 1: 2 steps, 0 joins, 1 paper" in text
    assert "\nNobody claims this path as a whole.\n" in text
    assert "Thick arrow: asserted" in text


def test_a_join_is_a_row_without_a_number() -> None:
    graph = told("able-2020", (INJECTED, "cause", FOCAL_LOSS, OWN), (LOSS, "cause", FRAGILE, OWN))
    text = explained([graph]).to_markdown()
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    assert [row[:5] for row in rows] == ["| 1 |", "|  | ", "| 2 |"]
    assert rows[1].endswith(
        " (less specific) |  | a join, claimed by nobody, to what is less specific |  |  |"
    )
    assert "\nWeakest link (a join, claimed by nobody, to what is less specific): decreased" in text
    assert "cut short" not in text
    boxes = [label for _, label in BOX.findall(text)]
    assert [label.split()[0] for label in boxes] == [
        "injection",
        "decreased",
        "decreased",
        "Osteopenia",
    ]


@pytest.mark.parametrize("number", [6, 7])
def test_six_claims_are_shown(number: int) -> None:
    many = shown("ab", *(saying(paper=f"p{n}") for n in range(number)))
    rows = tuple(row | {"sentence": "s", "source": "https://ex.org/a"} for row in many.claims)
    found = Explanation("a", "b", (path(replace(many, claims=rows)),), complete=True)
    assert ("more" in explanation_text(found)) is (number == 7)
    assert ("more" in explanation_markdown(found)) is (number == 7)


@pytest.mark.parametrize(
    ("sayings", "arrow"),
    [
        ((TESTED,), "==>"),
        ((FLAT,), "-->"),
        ((SUGGESTED,), "-.->"),
        ((GUESS,), "-.->"),
        ((saying("speculated"),), "-.->"),
        ((OPEN,), "-.-x"),
        ((NONE_FOUND,), "--x"),
        ((DENIAL,), "--x"),
    ],
)
def test_each_strength_has_an_arrow(sayings: tuple[Any, ...], arrow: str) -> None:
    (found,) = ARROW.findall(flowchart(path(shown("ab", *sayings))))
    assert (found[0], found[1], found[3]) == ("0", arrow, "1")


def test_what_is_not_causal_has_a_line_and_a_turned_step_starts_at_its_outcome() -> None:
    step = Step("ab", "a", "associate", "b", (FLAT,), turned=True)
    chart = flowchart(path(ShownStep(step, "a", "b", ({"who": "w"},), ())))
    assert BOX.findall(chart) == [("0", "b"), ("1", "a")]
    assert ARROW.findall(chart) == [("0", "---", "(1) is said to be associated with", "1")]
    assert step.strength is Strength.BESIDE


def test_a_chart_shows_joins_and_disputes() -> None:
    first = ShownJoin(
        Join("a", (("wider", "b"), ("itself", "c"))), "a", (("wider", "b"), ("itself", "c"))
    )
    disputed = replace(shown("cd"), against=({"key": "k"},))
    chart = flowchart(path(first, disputed))
    assert chart.splitlines()[0] == "flowchart LR"
    assert BOX.findall(chart) == [("0", "a"), ("1", "c"), ("2", "d")]
    assert ARROW.findall(chart) == [
        ("0", "-.-o", "join, claimed by nobody", "1"),
        ("1", "-->", "(1) is stated to cause, contested", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('a "quoted" [x] {y}', "a #34;quoted#34; #91;x#93; #123;y#125;"),
        ("end", "end"),
        ("two\nlines\tand  more", "two lines and more"),
        ("#quot; `md` %%{init}%%", "#35;quot#59; #96;md#96; #37;#37;#123;init#125;#37;#37;"),
        ("lifestyle: x; <b>", "lifestyle#58; x#59; #60;b#62;"),
        ("a|b & c", "a#124;b #38; c"),
        ("", " "),
        ("1. a", "1#46; a"),
        ("12) a 1. b", "12#41; a 1. b"),
        ("- a - b", "#45; a - b"),
        ("+ a", "#43; a"),
        ("\x1b[2J\u202e", "#92;x1b#91;2J#92;u202e"),
    ],
)
def test_a_label_has_no_syntax_of_charts(text: str, label: str) -> None:
    assert chart_label(text) == label


@given(texts())
def test_any_text_can_be_read_back_from_its_label(text: str) -> None:
    label = chart_label(text)
    assert not set('"[]{}|<>`\\\n\r%:') & set(label)
    assert all(re.fullmatch(r"#\d+;.*", label[m.start() :]) for m in re.finditer("#", label))
    read = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)
    assert read.split() == line(text).split()


HOSTILE: Final = "\x1b[2Jbone\u202e\nPath 9: FAKE\x9b"


def test_no_label_reaches_a_terminal_as_a_command_or_as_a_line_of_its_own() -> None:
    odd = shown("ab")
    rows = tuple(
        row | {"source": HOSTILE, "key": HOSTILE, "says": HOSTILE, "sentence": HOSTILE}
        for row in odd.claims
    )
    held = path(replace(odd, about=HOSTILE, outcome=HOSTILE, claims=rows))
    for found in (
        Explanation(HOSTILE, HOSTILE, (held,), complete=True, denied=rows),
        Explanation(
            HOSTILE, HOSTILE, (), complete=True, hints=Hints((HOSTILE,), absent=(HOSTILE,))
        ),
    ):
        for text in (explanation_text(found), explanation_markdown(found)):
            assert all(each.isprintable() for each in text.splitlines())
            assert not re.search(r"(?m)^(#+ )?Path 9", text)
            assert "x1b" in text


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("https://doi.org/10.1/a", "[k](<https://doi.org/10.1/a>) x"),
        ("HTTP://ex.org/a b>|", "[k](<HTTP://ex.org/a%20b%3E%7C>) x"),
        ("https://ex.org/\u202e\x1b", "[k](<https://ex.org/%E2%80%AE%1B>) x"),
        ("doi:10.1/a", "[k](<https://doi.org/10.1/a>) x"),
        ("doi:a", "k x"),
        ("javascript:alert(1)", "k x"),
        ("javascript://ex.org/%0aalert(1)", "k x"),
        ("data:text/html,x", "k x"),
        ("urn:isbn:1", "k x"),
        ("_:b0", "k x"),
    ],
)
def test_only_pages_of_the_web_become_links(source: str, link: str) -> None:
    rows = ({"key": "k", "who": "w", "says": "x", "source": source, "context": {}},)
    found = Explanation("a", "b", (path(replace(shown("ab"), claims=rows)),), complete=True)
    assert f"| stated | {link} |  |" in explanation_markdown(found)


@given(texts())
def test_any_label_stays_in_its_cell_and_its_block(text: str) -> None:
    odd = shown("ab")
    rows = tuple(
        row | {"source": f"https://ex.org/{text}", "key": text, "says": text} for row in odd.claims
    )
    held = replace(odd, about=text, outcome=text, claims=rows)
    found = explanation_markdown(Explanation(text, text, (path(held),), complete=True))
    lines = found.split("\n")
    assert sum(line.startswith("#") for line in lines) == 2
    assert [len(re.split(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines if line[:2] == "| "] == [
        8,
        8,
    ]
    assert sum("```" in line for line in lines) == 2


def test_markdown_tells_how_a_path_begins() -> None:
    lines = explained([CHAIN]).to_markdown().splitlines()
    at = lines.index("| | step | species, site, time | how firmly | who says so | against |")
    assert lines[at - 2].startswith(
        "begins: injection of Botulinum toxin type A is stated to cause"
    )
    assert lines[at - 2].endswith("states it, “inflames”")
    exact = explained([CHAIN]).paths[0].chain.start
    assert "begins:" not in explained([CHAIN], source=exact).to_markdown()


def test_a_markdown_step_has_its_species_site_and_time() -> None:
    mouse = {"species": "mouse", "site": "tibia"}
    lag = {"lag": "16 wk", "bound": f"{SC}at", "startReading": "rest"}
    held = path(shown("ab", FLAT, OPEN, context=mouse), shown("bc"))
    first, last = held.steps
    rows = (
        {**first.claims[0], **lag, "source": "urn:x:s"},
        {**first.claims[1], "context": {"site": "femur"}, "source": "urn:x:s"},
    )
    moves = (
        replace(first, claims=rows),
        replace(last, claims=tuple(r | {"source": "urn:x:s"} for r in last.claims)),
    )
    said = explanation_markdown(Explanation("a", "c", (replace(held, moves=moves),), complete=True))
    assert "species mouse; site tibia; time at 16 wk after rest | stated |" in said
    assert "to cause c |  | stated |" in said
    assert "femur" not in said.partition("```")[0]
