"""Studies at a glance: what a name stands for, and what counts as how a study was done."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import Quad

from comparing.test_contested import INJECTED, LOSS, study
from samples import KEY, quads, small, store
from studyclaims.comparing.accounts import by_proposition
from studyclaims.comparing.glances import Glance, glance, study_key, study_named
from studyclaims.comparing.voices import read_entities, read_voices
from studyclaims.errors import QueryError
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from typing import Any

IRI: Final = f"https://w3id.org/studyclaims/study/{KEY}#study"


def seen(data: dict[str, Any] | None = None) -> Glance:
    """Return the small study at a glance, or a changed one."""
    graph = EmbeddedStore(quads(data)) if data else store()
    told = by_proposition(graph, read_voices(graph, read_entities(graph)))
    return glance(graph, IRI, [account for accounts in told.values() for account in accounts])


@pytest.mark.parametrize(
    "name",
    [
        KEY,
        IRI,
        IRI.removesuffix("#study"),
        "10.1234/small.1",
        "10.1234/SMALL.1",
        "https://doi.org/10.1234/small.1",
        "doi:10.1234/small.1",
    ],
)
def test_a_study_is_found_by_its_key_its_doi_and_its_iris(name: str) -> None:
    assert study_named(store(), name) == IRI
    assert study_key(IRI) == KEY


@cache
def three() -> EmbeddedStore:
    keys = ("able-2020", "able-2021", "zeta-1999")
    graphs = [study(key, (INJECTED, "cause", LOSS, "supports")) for key in keys]
    return EmbeddedStore(frozenset().union(*graphs))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("able-2002", "'able-2002'; did you mean able-2020 or able-2021?"),
        ("zeta", "'zeta'; did you mean zeta-1999?"),
        ("nobody", "'nobody'; write a study's key or its DOI"),
        ("10.1234/nobody", "'10.1234/nobody'; write a study's key or its DOI"),
        ("CHEBI:3160", "'CHEBI:3160'; write a study's key or its DOI"),
        ("able-2020/c1", "'able-2020/c1'; did you mean able-2020 or able-2021?"),
        ("\udcff", "; write a study's key or its DOI"),
    ],
)
def test_a_name_of_no_study_is_told_with_those_that_are_near(name: str, told: str) -> None:
    with pytest.raises(QueryError) as error:
        study_named(three(), name)
    assert str(error.value).startswith("the graph has no study ")
    assert str(error.value).endswith(told)


def test_a_doi_of_two_studies_is_no_name_of_one() -> None:
    other = "https://w3id.org/studyclaims/study/able-2020#study"
    again = [
        Quad(node(other), node("rdf:type"), node("sc:Study"), node("https://ex.org/g")),
        Quad(node(other), node("dct:source"), node("https://doi.org/10.1234/small.1"),
             node("https://ex.org/g")),
    ]  # fmt: skip
    with pytest.raises(QueryError, match=r"stands for 2 studies: able-2020, small-2020; write one"):
        study_named(EmbeddedStore([*quads(), *again]), "10.1234/small.1")


def test_the_fields_are_those_of_the_measured_claims() -> None:
    found = seen()
    assert (found.key, found.title) == (KEY, "Rest inflames bone marrow")
    assert (found.source, found.claims, found.measured) == (
        "https://doi.org/10.1234/small.1", 5, 4,
    )  # fmt: skip
    assert found.fields == {
        "status": ("checked",),
        "what was read": ("Rest may harm: body", "abstract; title"),
        "species": ("Mus musculus",),
        "strain": ("any", "black"),
        "sex": ("female",),
        "age": ("10 weeks",),
        "dose": ("2 units", "4 units"),
        "route": ("by mouth",),
        "comparator": ("sham",),
        "assay": ("histology",),
        "design": ("time course",),
        "time points": ("3 d",),
    }
    data = found.to_dict()
    assert (data["study"], data["claims"], data["measured"]) == (KEY, 5, 4)
    assert data["design"]["strain"] == ["any", "black"]


def test_what_is_said_of_other_work_is_no_part_of_the_design() -> None:
    data = small()
    first, news = data["propositions"][0]["claims"]
    news["context"] = {"shared": False, "species": "NCBITaxon:9606 Homo sapiens"}
    first["evidence"][0] |= {"measured": False, "design": "a guess"}
    first["evidence"][0]["measurements"] = []
    first["lag"]["time"] = "9 wk"
    found = seen(data)
    assert found.fields["species"] == ("Mus musculus",)
    assert found.fields["strain"] == ("any",)
    assert (found.fields["design"], found.fields["time points"]) == ((), ())
    assert found.measured == 3


def test_design_is_told_of_measured_evidence_alone() -> None:
    data = small()
    evidence = data["propositions"][0]["claims"][0]["evidence"]
    evidence.append({**evidence[0], "measured": False, "design": "a guess", "at": "abstract"})
    assert seen(data).fields["design"] == ("time course",)


def test_a_claim_that_does_not_say_a_field_has_no_value_in_it() -> None:
    data = small()
    data["propositions"][1]["claims"][0]["context"] = {"shared": False, "strain": "white"}
    assert seen(data).fields["strain"] == ("any", "black", "white")
    assert seen(data).fields["sex"] == ("female",)


def test_what_the_graph_does_not_say_of_a_study_is_empty() -> None:
    silent = ("sc:recordStatus", "dct:source", "sc:partRead")
    bare = EmbeddedStore(q for q in quads() if q.predicate not in set(map(node, silent)))
    told = by_proposition(bare, read_voices(bare, read_entities(bare)))
    found = glance(bare, IRI, [account for accounts in told.values() for account in accounts])
    assert (found.source, found.title) == ("", "")
    assert (found.fields["status"], found.fields["what was read"]) == ((), ())


def test_comparators_of_measurements_count_too() -> None:
    data = small()
    first = data["propositions"][0]["claims"][0]
    first["evidence"][0]["measurements"][0]["compared_with"] = "the other limb"
    first["evidence"][0]["measurements"].append({"value": "1"})
    assert seen(data).fields["comparator"] == ("sham", "the other limb")


@pytest.mark.parametrize(
    ("lag", "times", "expected"),
    [
        ("4 wk", ["28 d", "72 h"], ("3 d", "4 wk")),
        ("90 min", ["2 d", "10 h"], ("90 min", "10 h", "2 d")),
        ("1.5 h", ["36 h", "1.5 d"], ("1.5 h", "1 d 12 h")),
        ("0 h", ["0.5 d"], ("0 h", "12 h")),
        ("1 min", ["0.5 min", "0.25 min"], ("15 s", "30 s", "1 min")),
    ],
)
def test_time_points_are_sorted_by_length_and_each_stands_once(
    lag: str, times: list[str], expected: tuple[str, ...]
) -> None:
    data = small()
    first = data["propositions"][0]["claims"][0]
    first["lag"]["time"] = lag
    measurement = first["evidence"][0]["measurements"][0]
    first["evidence"][0]["measurements"] = [{**measurement, "time": time} for time in times]
    assert seen(data).fields["time points"] == expected


def test_a_study_without_a_header_has_empty_fields() -> None:
    found = glance(EmbeddedStore(), IRI, [])
    assert (found.title, found.source, found.claims) == ("", "", 0)
    assert not any(found.fields.values())
