"""Retractions in words."""

from __future__ import annotations

from dataclasses import replace

from chains.test_steps import FLAT, NULL, OWN, step
from studyclaims.chains.retraction import Broken, Fate, Freed, Retraction, Written
from studyclaims.chains.retractiontexts import retraction_text

GONE = Fate(step(OWN), None, "a causes b", ("able/c1",), ())
KEPT = Fate(step(OWN), step(FLAT), "c causes d", ("able/c2",), ("paper (10.1/b) states it",))
DENIED = Fate(step(NULL), None, "e is not found to cause f", ("able/c3",), ())


def made(
    *fates: Fate, unplaced: tuple[str, ...] = (), complete: bool = True, pairs: int = 1
) -> Retraction:
    return Retraction(
        source="https://doi.org/10.1/a",
        title="Rest",
        claims={"https://doi.org/10.1/a": ("able/c1", "able/c2"), "https://ex.org/n": ("able/c3",)},
        records={"able": (3, 3), "baker": (1, 7)},
        fates=fates,
        freed=(
            Freed("p", "g causes h", ("able/c1",), ()),
            Freed("q", "i causes j", ("x",), ("y",)),
        ),
        triples=(
            Written(("a", "b", "c"), "a | b | c", ()),
            Written(("d", "e", "f"), "d | e | f", ("k",)),
        ),
        broken=tuple(Broken("a", "b", 4, ("rest", f"loss {n}")) for n in range(pairs)),
        unplaced=unplaced,
        complete=complete,
    )


def test_each_part_has_its_count_and_its_lines() -> None:
    assert retraction_text(made(GONE, KEPT, DENIED)).splitlines() == [
        "If this fell: Rest <https://doi.org/10.1/a>",
        "",
        "3 claims would fall",
        "  2 of https://doi.org/10.1/a",
        "  1 of https://ex.org/n, which reports on it",
        "  record able: 3 of its 3 claims",
        "  record baker: 1 of its 7 claims",
        "",
        "1 proposition without any support left",
        "  a causes b [asserted, by its own test → nobody speaks of it]",
        "",
        "1 proposition still supported",
        "  c causes d [asserted, by its own test → stated; left: paper (10.1/b) states it]",
        "",
        "1 proposition that had no support, only a denial or an open question",
        "  e is not found to cause f [broken: tested or denied, and no support stands → "
        "nobody speaks of it]",
        "",
        "2 supported propositions losing a word against it",
        "  g causes h (lost: able/c1; left: none)",
        "  i causes j (lost: x; left: y)",
        "",
        "1 direct triple that nobody else writes",
        "  a | b | c",
        "",
        "1 direct triple that others write too",
        "  d | e | f (by k)",
        "",
        "1 pair of entities no longer connected by steps and joins, the longest chain first",
        "  rest … loss 0 (4 steps)",
        "",
        "Nothing was changed: this only says what would fall.",
    ]


def test_long_lists_are_cut_and_counted() -> None:
    text = retraction_text(made(pairs=13))
    assert "13 pairs of entities" in text
    assert "  rest … loss 9 (4 steps)\n  and 3 more; --format json has them all\n" in text
    assert "loss 10" not in text
    assert "more" not in retraction_text(made(pairs=10))


def test_a_search_that_stopped_says_at_least() -> None:
    assert "\nat least 1 pair of entities" in retraction_text(made(complete=False))
    assert "at least" not in retraction_text(made())


def test_claims_without_context_are_told_only_where_there_are_some() -> None:
    told = retraction_text(made(unplaced=("able/c9",)))
    assert "1 claim would stay, and no source left states in what species and setting\n" in told
    assert "  able/c9\n" in told
    assert "would stay" not in retraction_text(made())


def test_no_label_reaches_a_terminal_as_a_command_or_as_a_line_of_its_own() -> None:
    odd = "\x1b[2J\u202e\n9 claims would fall"
    gone = replace(made(replace(GONE, says=odd), unplaced=(odd,)), title=odd, source=odd)
    lines = retraction_text(gone).splitlines()
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("9 claims") for line in lines)
    assert sum("\\x1b[2J\\u202e 9 claims" in line for line in lines) == 3
