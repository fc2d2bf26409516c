"""Units: what UCUM knows is taken, nothing else is, and a hint names what was likely meant."""

from __future__ import annotations

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.units import METRIC, NEVER_MEANT, OTHERS, PREFIXES, check_unit

SYMBOLS = st.sampled_from(METRIC + OTHERS) | st.builds(
    str.__add__, st.sampled_from(PREFIXES), st.sampled_from(METRIC)
)
NOTES = st.from_regex(r"\{[!-z|~]{1,6}\}", fullmatch=True)
FACTORS = st.from_regex(r"[1-9][0-9]{0,3}", fullmatch=True)
POWERS = st.builds(str.__add__, SYMBOLS, st.from_regex(r"[+-]?[0-9]{1,2}", fullmatch=True))
SIMPLE = st.builds(str.__add__, SYMBOLS | FACTORS | POWERS, st.just("") | NOTES)
UNITS = st.recursive(
    SIMPLE | NOTES,
    lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
        lambda parts: st.sampled_from([".".join(parts), "/".join(parts), f"({'.'.join(parts)})"])
    ),
    max_leaves=5,
)
PIECES = st.sampled_from([*"mgLhd%1230*^[]{}()./+-' µ", "10*", "[iU]", "mol", "hours", "cells"])
NEARLY = st.lists(PIECES, max_size=12).map("".join)


def said(text: str) -> str:
    """Return the hint where a text is refused, else nothing."""
    try:
        assert check_unit(text) == text
    except ValueError as problem:
        return str(problem)
    return ""


def hint(text: str) -> str:
    found = said(text)
    assert found, "it is taken"
    return found


@pytest.mark.parametrize("symbol", [s for s in METRIC + OTHERS if s not in NEVER_MEANT])
def test_each_atom_is_a_unit(symbol: str) -> None:
    assert check_unit(symbol) == symbol


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefix_stands_before_a_metric_atom_and_nowhere_else(prefix: str) -> None:
    assert check_unit(f"{prefix}mol") == f"{prefix}mol"
    for text in (prefix + "wk", prefix + "%", prefix * 2 + "mol", prefix + "(mol)"):
        assert hint(text)


def test_no_atom_and_no_prefix_is_listed_twice() -> None:
    atoms = METRIC + OTHERS
    assert len(set(atoms)) == len(atoms)
    assert len(set(PREFIXES)) == len(PREFIXES)


@pytest.mark.parametrize(
    "text",
    [
        "1", "%", "mm", "mm3", "ug/mL", "ug/ml", "/h", "mm.s-1", "10*3", "10*-9", "10^3/uL",
        "10*3{cells}/uL", "{cells}", "{cells}/mm2", "{a(b}", "%{vol}", "1{cells}", "mg/(kg.d)",
        "((m))", "(m/s)/(kg/(m.s))", "[iU]/mL", "m[iU]", "mm[Hg]", "cm[H2O]", "kcal", "Cel", "mo",
        "m+2", "g%", "[m/s2/Hz^(1/2)]", "cal_[15]", "B[10.nV]", "''", "[in_i'H2O]", "KiBy", "dam",
    ],
)  # fmt: skip
def test_what_ucum_knows_is_taken(text: str) -> None:
    assert check_unit(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "m ", "m m", "m//s", "m.", ".m", "m/", "//m", "/", "()", "(m", "m)", ")m(", "(m)2",
        "(m){x}", "m(s)", "m()", "m).(m", "2m", "0", "01", "1.5e3", "m2.", "{}", "{a b}", "{a{b}}",
        "{a", "a}", "{x}m", "{µ}", "µm", "mm^3", "mm³", "m²", "10*{", "x", "[", "]", "[]", "[iU",
        "[IX]", "M", "KG", "wkm", "kmin", "m\n", "m٣",
    ],
)  # fmt: skip
def test_what_ucum_does_not_know_is_refused_with_a_hint(text: str) -> None:
    assert hint(text)


@given(UNITS)
def test_what_the_grammar_makes_is_taken(text: str) -> None:
    assert text in NEVER_MEANT or check_unit(text) == text
    assert check_unit(f"/{text}") == f"/{text}"


@given(UNITS | NEARLY | st.text())
def test_what_is_taken_is_ascii_without_blanks_and_balanced(text: str) -> None:
    if said(text):
        return
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text
    # What stands in brackets and braces is a name, whatever it is made of.
    bare = re.sub(r"\[[^\[\]]*\]|\{[^{}]*\}", "", text)
    assert not re.search(r"[\[\]{}]", bare)
    depths = list(accumulate((char == "(") - (char == ")") for char in bare))
    assert min(depths, default=0) == 0
    assert depths[-1:] in ([], [0])


@given(NEARLY | st.text(max_size=60))
def test_a_hint_never_names_what_is_refused(text: str) -> None:
    named = re.fullmatch(r"write (\S+), if that is meant", said(text))
    assert named is None or check_unit(named[1])
    assert "\n" not in said(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("hours", "h"), ("hr", "h"), ("days", "d"), ("weeks", "wk"), ("months", "mo"), ("min.", ""),
        ("µm", "um"), ("μm", "um"), ("microns", "um"), ("micrometers", "um"), ("kilodaltons", "ku"),
        ("mm^3", "mm3"), ("mm**3", "mm3"), ("mm³", "mm3"), ("mm 3", "mm3"), ("percent", "%"),
        ("Percent", "%"), ("µg/ml", "ug/mL"), ("ug / mL", "ug/mL"), ("ng per ml", "ng/mL"),
        ("mg/kg/day", "mg/kg/d"), ("mg kg-1 day-1", "mg.kg-1.d-1"), ("s⁻¹", "s-1"), ("°C", "Cel"),
        ("N·m", "N.m"), ("mM", "mmol/L"), ("µM", "umol/L"), ("M", "mol/L"), ("mmHg", "mm[Hg]"),
        ("micromolar", "umol/L"), ("IU/mL", "[iU]/mL"), ("cfu", "[CFU]"), ("Kg", "kg"),
        ("KG", "kg"), ("khz", "kHz"), ("Mpa", "MPa"), ("mpA", "mPa"), ("cells/uL", "{cells}/uL"),
        ("10^6 cells/mL", "10^6.{cells}/mL"), ("fold", "1"), ("bpm", "/min"), ("per day", "/d"),
        ("a.u.", "[arb'U]"), ("houres", "h"), ("mcg{wet}", "ug{wet}"), ("MIN", "min"),
        ("mg HA/cm3", "mg{HA}/cm3"), ("mgHA/cm3", "mg{HA}/cm3"), ("mgHA/cm\u00b3", "mg{HA}/cm3"),
        ("Nm", "N.m"), ("N mm", "N.mm"), ("mNm/deg", "mN.m/deg"), ("microstrain", "um/m"),
        ("\u00b5\u03b5", "um/m"), ("% change", "%{change}"), ("%change", "%{change}"),
        ("fold change", "{fold}"), ("Fold-change", "{fold}"), ("Ct", "{Ct}"), ("Cq", "{Cq}"),
        ("mg P/L", "mg{P}/L"), ("mg/kg body weight", "mg/kg{body_weight}"),
        ("number of cells", "{number_of_cells}"), ("mg HA cm-3", "mg{HA}.cm-3"),
        ("kG/mm^3", "kG/mm3"), ("gm", "g"),
    ],
)  # fmt: skip
def test_a_usual_mistake_is_put_right(text: str, unit: str) -> None:
    assert hint(text) == (f"write {unit}, if that is meant" if unit else hint("??"))


@pytest.mark.parametrize(
    "text", ["??", "L/min/1.73 m2", "xyz", "OD", "mmm", "((", "%%", "m m", "ng h/mL", "MM", "mgH"]
)
def test_where_nothing_is_near_the_hint_shows_how_units_are_written(text: str) -> None:
    """To UCUM 1.73 is 1 times 73, so nothing that holds a fraction is put right."""
    assert hint(text).startswith("write it as in mm, ug/mL, 10*3/uL")


@pytest.mark.parametrize(("text", "told"), [("AU", "write {AU}"), ("N/A", "leave unit out")])
def test_a_unit_that_nobody_means_is_refused_alone(text: str, told: str) -> None:
    assert hint(text).startswith(told)
    assert check_unit(f"{text}/m") == f"{text}/m"
