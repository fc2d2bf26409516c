"""The record's types: frozen, closed, and written out and read back without loss."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import samples
from studyclaims.model import (
    SCHEMA_VERSION,
    Block,
    Claim,
    Context,
    Curation,
    Drafter,
    Entity,
    Measurement,
    Source,
    Study,
    Withdrawal,
    check_digit,
)
from studyclaims.paths import studies_dir
from studyclaims.predicates import RELATIONS, Basis, Certainty, Role, Stance
from studyclaims.records import parse_record, read_record
from studyclaims.terms import Term, prefixes


def blocks(kind: type[Block] = Block) -> list[type[Block]]:
    """Return every kind of block, however deep below another."""
    return [each for below in kind.__subclasses__() for each in (below, *blocks(below))]


every_block = pytest.mark.parametrize("kind", blocks(), ids=lambda kind: kind.__name__)


def faults(kind: type[Block], data: dict[str, Any]) -> set[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(data)
    return {(error["type"], error["loc"]) for error in caught.value.errors()}


def dumped(study: Study) -> dict[str, Any]:
    return study.model_dump(mode="json")


@every_block
def test_an_unknown_key_is_refused(kind: type[Block]) -> None:
    assert ("extra_forbidden", ("no-such-key",)) in faults(kind, {"no-such-key": 1})


@every_block
def test_a_key_cannot_be_set_again(kind: type[Block]) -> None:
    made = kind.model_construct()
    for name in kind.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(made, name, None)


@every_block
def test_a_block_says_what_it_is_in_one_line(kind: type[Block]) -> None:
    first = (kind.__doc__ or "").splitlines()[0]
    assert first.endswith((".", "..."))
    assert first[0].isupper()


@every_block
def test_what_is_said_of_a_key_is_short_and_no_sentence(kind: type[Block]) -> None:
    for name, field in kind.model_fields.items():
        said = field.description
        if said is not None:
            assert said == said.strip(" .\n"), name
            assert 0 < len(said) <= 90, name
            assert "\n" not in said, name


@every_block
def test_no_key_is_called_by_two_names(kind: type[Block]) -> None:
    for name, field in kind.model_fields.items():
        assert field.alias is None
        assert name == name.lower()


@pytest.mark.parametrize("path", sorted(studies_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_a_record_of_the_corpus_comes_back_equal(path: Any) -> None:  # noqa: ANN401 - pathlib's
    study = read_record(path).study
    assert Study.model_validate(dumped(study)) == study
    assert Study.model_validate(json.loads(study.model_dump_json())) == study


def test_the_record_that_fills_every_key_comes_back_equal() -> None:
    study = samples.record().study
    assert Study.model_validate(dumped(study)) == study


def test_the_small_record_fills_every_key_somewhere() -> None:
    """So what is tested with it is tested for every key; two kinds of context are one."""
    every = {f"{kind.__name__}.{name}" for kind in blocks() for name in kind.model_fields}
    some = filled(samples.record().study)
    some += [name.replace("Context", "ClaimContext") for name in some]
    assert every - set(some) == set()


def filled(value: object) -> list[str]:
    """Return ``Block.key`` of each key that is filled in a study."""
    if isinstance(value, Block):
        own = [f"{type(value).__name__}.{name}" for name, item in value if item not in (None, ())]
        return own + [name for _, item in value for name in filled(item)]
    if isinstance(value, dict):
        return [name for item in value.values() for name in filled(item)]
    if isinstance(value, tuple):
        return [name for item in value for name in filled(item)]
    return []


NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=30
).filter(lambda text: text == text.strip() and not text.startswith("TODO"))
CURIES = st.builds(
    lambda prefix, number: f"{prefix}:{number:07}",
    st.sampled_from(sorted(prefixes())),
    st.integers(0, 9_999_999),
)
TERMS = st.builds(lambda curie, label: f"{curie} {label}", CURIES, TEXTS)
TIMES = st.builds(
    lambda number, unit: f"{number} {unit}",
    st.from_regex(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(["min", "h", "d", "wk"]),
)
DAYS = st.dates().map(dt.date.isoformat)
NUMBERS = st.from_regex(r"[+-]?[0-9]{1,4}(\.[0-9]{1,4})?", fullmatch=True)


def maybe(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for a mapping that has any of these keys."""
    return st.fixed_dictionaries({}, optional=values)


def several(item: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(item, min_size=least, max_size=3)


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    """Return the data of a study whose names all resolve and whose claims can stand."""
    entity_names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    # What is prevented is no mere variable, which a bare term of these is.
    named = CURIES.filter(lambda curie: not curie.startswith(("GO:", "OBA:", "PATO:")))
    curies = draw(st.lists(named, min_size=5, max_size=5, unique=True))
    entities = {
        name: {"term": f"{curie} {draw(TEXTS)}"}
        for name, curie in zip(entity_names, curies, strict=False)
    }
    compound = {"variable": draw(TERMS), "bearer": draw(TERMS), "due_to": entity_names[0]}
    # A term that stands twice in one list is a finding (R028), so no study of a file has it.
    places = st.lists(TERMS, max_size=3, unique_by=lambda term: term.split()[0])
    slots = maybe(change=st.just("changed"), within_part=places, note=TEXTS)
    entities["compound"] = compound | draw(slots)
    source = {"kind": "article", "title": draw(TEXTS), "doi": "10.5555/x", "read": ["abstract"]}
    details = maybe(year=st.integers(1600, 2200), volume=NUMBERS, date=DAYS, journal=TEXTS)
    ids = iter(draw(st.lists(NAMES, min_size=9, max_size=9, unique=True)))
    pairs = draw(st.lists(st.permutations(entity_names), min_size=1, max_size=2, unique_by=str))
    links = draw(st.lists(st.sampled_from(sorted(RELATIONS)), min_size=2, max_size=2, unique=True))
    return {
        "schema_version": SCHEMA_VERSION,
        "key": "generated",
        "sources": {"paper": source | draw(details)},
        "curation": {
            "drafted_by": {"tool": draw(TEXTS), "version": draw(NUMBERS)},
            "agent_type": "automated_agent",
            "status": "draft",
            "date": draw(DAYS),
        },
        "context": draw(maybe(species=TERMS, age=TEXTS, sex=st.sampled_from(["female", "male"]))),
        "entities": entities,
        "propositions": [
            {
                "about": pair[0],
                "link": link,
                "outcome": pair[1],
                "claims": [
                    draw(claims(next(ids), pair[0])) for _ in range(draw(st.integers(1, 3)))
                ],
            }
            for pair, link in zip(pairs, links, strict=False)
        ],
        "withdrawn": [{"id": next(ids), "date": draw(DAYS), "reason": draw(TEXTS)}],
    }


def claims(name: str, start: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for claims of this id, whose lag counts from this entity's start."""
    measurement = maybe(
        value=NUMBERS,
        unit=st.sampled_from(["mm", "%", "1", "{cells}/mm2"]),
        n=st.integers(1, 10**6),
        p=st.from_regex(
            r"(([<>]=?|[=≤≥]) ?)?(0?\.[0-9]{0,4}[1-9]|[1-9]e-[1-9])|0|1\.0", fullmatch=True
        ),
        time=TIMES,
        coefficient=st.booleans(),
    )
    evidence = st.fixed_dictionaries(
        {"type": TERMS, "measured": st.just(True), "at": st.just("abstract, sentence 2")},
        optional={"measurements": several(measurement), "note": TEXTS},
    )
    lag = {"bound": st.sampled_from(["at", "by", "from", "atPeak"]), "time": TIMES}
    return st.fixed_dictionaries(
        {
            "id": st.just(name),
            "source": st.just("paper"),
            "stance": st.sampled_from(Stance).map(str),
            "certainty": st.sampled_from(Certainty).map(str),
            "cue": several(st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,5}", fullmatch=True), 1),
            "basis": st.sampled_from(Basis).map(str),
            "role": st.sampled_from([role.value for role in Role if role is not Role.HYPOTHESIS]),
            "evidence": several(evidence, 1),
        },
        optional={
            "lag": st.fixed_dictionaries({**lag, "after": st.just(start)}),
            "context": maybe(strain=TEXTS, dose=TEXTS, site=TERMS, shared=st.booleans()),
        },
    )


@settings(deadline=None, max_examples=30)  # a busy machine is no failure
@given(studies())
def test_a_study_comes_back_equal_from_data_and_from_a_file(data: dict[str, Any]) -> None:
    study = Study.model_validate(data)
    assert study.model_dump(mode="json", exclude_unset=True) == data, "a letter was changed"
    assert Study.model_validate(dumped(study)) == study
    written = json.dumps(dumped(study), ensure_ascii=False).encode("utf-8")
    assert parse_record(written, "generated.yaml").study == study


def test_every_neutral_relation_can_be_written_and_no_other() -> None:
    link = Study.model_json_schema()["$defs"]["Proposition"]["properties"]["link"]
    assert link["enum"] == list(RELATIONS)


def test_a_claim_knows_whether_its_study_tested_it_and_with_a_coefficient() -> None:
    claims_by_id = {c.id: c for p in samples.record().study.propositions for c in p.claims}
    assert (claims_by_id["title-inflames"].measured, claims_by_id["news-inflames"].measured) == (
        True,
        False,
    )
    assert claims_by_id["title-inflames"].coefficient
    assert not claims_by_id["abstract-null"].coefficient


def test_one_measured_item_is_enough() -> None:
    data = samples.small()["propositions"][0]["claims"][0]
    data["evidence"] = [data["evidence"][0] | {"measured": False}, data["evidence"][0]]
    assert Claim.model_validate(data).measured


def test_the_publication_is_the_source_that_reports_on_no_other() -> None:
    data = samples.small()
    data["sources"] = dict(reversed(data["sources"].items()))
    assert Study.model_validate(data).publication.title == "Rest inflames bone marrow"


def test_terms_and_times_are_values_and_not_text() -> None:
    study = samples.record().study
    assert study.context.species == Term("NCBITaxon:10090", "Mus musculus")
    lag = study.propositions[0].claims[0].lag
    assert lag is not None
    assert lag.time.hours == Decimal(72)


@pytest.mark.parametrize("value", [3, None, ["CL:0000092"], {"curie": "CL:0000092"}, True, 1.5])
def test_a_term_is_text(value: object) -> None:
    assert faults(Entity, {"variable": value, "term": 1}) >= {("value_error", ("term",))}


@pytest.mark.parametrize("value", ["2017", 2017.0, True, "MMXVII"])
def test_a_year_is_a_whole_number(value: object) -> None:
    data = {"kind": "news", "title": "X", "read": ["body"], "year": value}
    assert faults(Source, data) == {("int_type", ("year",))}


@pytest.mark.parametrize(
    ("orcid", "right"),
    [
        ("0000-0002-1825-0097", True),
        ("0000-0002-1694-233X", True),
        ("0000-0000-0000-0001", True),
        ("0000-0002-1825-009x", False),
        ("0000000218250097", False),
        ("https://orcid.org/0000-0002-1825-0097", False),
        ("0000-0002-1825-00977", False),
    ],
)
def test_an_orcid_is_written_in_four_groups(orcid: str, right: bool) -> None:
    if right:
        assert Drafter(orcid=orcid).orcid == orcid
        return
    assert faults(Drafter, {"orcid": orcid}) == {("string_pattern_mismatch", ("orcid",))}


@given(st.from_regex(r"[0-9]{15}", fullmatch=True), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_orcid_is_seen(digits: str, place: int, more: int) -> None:
    """As it is where two neighbours that differ have changed places."""
    right = digits + check_digit(digits)
    changed = str((int(digits[place]) + more) % 10)
    wrong = [right[:place] + changed + right[place + 1 :]]
    if right[place] != right[place + 1] and "X" not in right[place : place + 2]:
        wrong.append(right[:place] + right[place + 1] + right[place] + right[place + 2 :])
    assert Drafter(orcid=grouped(right)).orcid == grouped(right)
    for text in wrong:
        assert faults(Drafter, {"orcid": grouped(text)}) == {("value_error", ("orcid",))}


def grouped(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


@given(st.from_regex(r"[0-9-]{1,20}", fullmatch=True))
def test_the_remainder_of_digits_and_check_digit_is_one(digits: str) -> None:
    """The rule of ISO/IEC 7064 itself: weights are powers of two, the sum leaves 1 over 11."""
    bare = digits.replace("-", "")
    last = "0123456789X".index(check_digit(digits))
    values = [last, *(int(digit) for digit in reversed(bare))]
    assert sum(value * 2**power for power, value in enumerate(values)) % 11 == 1


def source(**more: object) -> dict[str, Any]:
    return {"kind": "article", "title": "X", "read": ["title"], **more}


@given(st.dates())
def test_a_day_is_written_year_month_day(day: dt.date) -> None:
    assert Source.model_validate(source(date=day.isoformat())).date == day
    assert Source.model_validate(source(date=day)).date == day


@pytest.mark.parametrize(
    "value",
    [
        "2020", "2020-02", "2020-2-9", "20200209", "2020-02-09T00:00:00", "2020-02-09 ", "0",
        "2020-02-09T00:00:00Z", "1581206400", "2020-W07-7", "2020-040", "٢٠٢٠-02-09", "09-02-2020",
        "2020-02-09\n", "", "2020/02/09", "+2020-02-09", "12020-02-09", "2020-02-30", "2021-02-29",
        "2020-13-01", "2020-00-01", "0000-01-01",
    ],
)  # fmt: skip
def test_no_other_text_is_a_day(value: str) -> None:
    assert faults(Source, source(date=value)) == {("value_error", ("date",))}


@pytest.mark.parametrize(
    "value",
    [
        0, 20200209, 1581206400, 1581206400.0, True, [2020, 2, 9], {"year": 2020}, b"2020-02-09",
        dt.datetime(2020, 2, 9, tzinfo=dt.UTC), dt.datetime(2020, 2, 9), dt.time(0),
    ],
)  # fmt: skip
def test_nothing_but_text_is_a_day(value: object) -> None:
    assert faults(Source, source(date=value)) == {("date_type", ("date",))}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Source, source(date=0)),
        (Drafter, {"date": 0}),
        (Curation, {"drafted_by": {}, "agent_type": "manual_agent", "status": "draft", "date": 0}),
        (Withdrawal, {"id": "a", "date": 0, "reason": "R"}),
    ],
)
def test_every_date_of_a_record_is_a_day(kind: type[Block], data: dict[str, Any]) -> None:
    assert faults(kind, data) == {("date_type", ("date",))}


def test_every_kind_of_block_with_a_date_is_tried() -> None:
    dated = {kind for kind in blocks() if "date" in kind.model_fields}
    assert dated == {Source, Drafter, Curation, Withdrawal}
    fields = [field for kind in blocks() for field in kind.model_fields.items()]
    assert {name for name, field in fields if "date" in str(field.annotation)} == {"date"}


@pytest.mark.parametrize(
    "doi",
    [
        "10.5555/x", "10.5555/a.b", "10.5555/a;b,c:d", "10.5555/(a)", "10.5555/a(b(c))d",
        "10.5555/a(", "10.5555/)(", "10.5555/a)b", "10.5555/a-", "10.5555/é", "10.5555/a[b]",
    ],
)  # fmt: skip
def test_a_doi_is_kept_as_it_is(doi: str) -> None:
    assert Source.model_validate(source(doi=doi)).doi == doi


@pytest.mark.parametrize("end", [".", ",", ";", ":", ")", ").", "))", ",)", "(a))"])
def test_what_ends_the_sentence_around_a_doi_is_no_part_of_it(end: str) -> None:
    found = faults(Source, source(doi=f"10.5555/x{end}"))
    assert found == {("value_error", ("doi",))}


@pytest.mark.parametrize(
    "p",
    [
        "0.03", ".03", "<0.001", "< 0.05", "1.0", "1e-5", "0", "1", "0.000", "=0.5", "<= 0.05",
        ">=.5", "≤0.05", "≥ 0.05", "> 0.05", "1.5E-10", "2e+0", "1.2", "100",
    ],
)  # fmt: skip
def test_p_is_a_number_with_or_without_a_sign(p: str) -> None:
    """Whether it can be a probability is a check of its own."""
    assert Measurement(p=p).p == p


@pytest.mark.parametrize(
    "p",
    [
        "", "<", "n.s.", "ns", "<<0.05", "=<0.05", "0.05<", "< <0.05", "<  0.05", "-0.05", "+0.05",
        "0,05", "5 %", "0.", ".", "e-5", "1e", "1e-5.0", "1e-1000", "p<0.05", "0.05*", " 0.05",
        "0.05 ", "0.05\n", "<\t0.05", "\u0660.\u0660\u0665", "1 e-5", "0.01-0.05", "≪0.05",
    ],
)  # fmt: skip
def test_p_is_nothing_else(p: str) -> None:
    assert faults(Measurement, {"p": p}) == {("string_pattern_mismatch", ("p",))}


def test_a_context_that_says_nothing_is_empty() -> None:
    assert Context().model_dump(exclude_defaults=True) == {}
