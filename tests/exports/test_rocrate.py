"""The crate names every file, and says of each what is so."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

from exports.releases import crate_of, small_release
from studyclaims.exports.citation import Author, Citation
from studyclaims.exports.items import CC0, MIT, Item
from studyclaims.exports.rocrate import crate
from studyclaims.release import DATE, VERSION

OUTSIDE: Final = {"https://w3id.org/ro/crate/1.2"}
"""What the crate points at and does not describe."""


@cache
def things() -> dict[str, dict[str, Any]]:
    return crate_of(small_release())


def ids(links: Any) -> list[str]:  # noqa: ANN401 - one link, or a list of them
    return [link["@id"] for link in (links if isinstance(links, list) else [links])]


def test_every_file_is_named_but_the_crate_itself() -> None:
    assert {name for name, thing in things().items() if thing["@type"] == "File"} == (
        set(small_release()) - {"ro-crate-metadata.json"}
    )


def test_every_file_is_reached_from_the_root() -> None:
    reached, ahead = set(), ["./"]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead += ids(things()[name]["hasPart"]) if "hasPart" in things()[name] else []
    wanted = {name for name, thing in things().items() if thing["@type"] in {"File", "Dataset"}}
    assert reached == wanted


def test_things_stand_in_one_order() -> None:
    names = list(things())[2:]
    for kind in ("Dataset", "File", "CreativeWork"):
        own = [name for name in names if things()[name]["@type"] == kind]
        assert own == sorted(own)
        assert own == names[: len(own)]
        names = names[len(own) :]
    assert names == ["#author-1", "#making", "#tool"]
    for thing in things().values():
        for name in ("hasPart", "license"):
            assert ids(thing.get(name, [])) == sorted(ids(thing.get(name, [])))


def test_what_is_said_of_a_file_is_so() -> None:
    for name, data in small_release().items():
        if name == "ro-crate-metadata.json":
            continue
        thing = things()[name]
        assert int(thing["contentSize"]) == len(data)
        # That of the list of sums depends on the sum of this very description.
        wanted = None if name == "SHA256SUMS" else hashlib.sha256(data).hexdigest()
        assert thing.get("sha256") == wanted
        assert thing["description"].endswith(".")
        assert all(things()[licence]["name"] for licence in ids(thing["license"]))


def test_everything_that_is_linked_is_described() -> None:
    def linked(value: Any) -> set[str]:  # noqa: ANN401 - any part of the crate
        if isinstance(value, list):
            return {name for item in value for name in linked(item)}
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else linked(list(value.values()))
        return set()

    assert linked(list(things().values())) - OUTSIDE <= set(things())


def test_the_root_says_version_date_author_and_licences_and_no_publisher() -> None:
    assert (things()["./"]["version"], things()["./"]["datePublished"]) == (VERSION, DATE)
    assert things()["./"]["name"] == f"studyclaims {VERSION}"
    (author,) = ids(things()["./"]["author"])
    assert things()[author] == {
        "@id": "#author-1", "@type": "Organization", "name": "The studyclaims developers",
    }  # fmt: skip
    assert "publisher" not in things()["./"]
    licences = {licence for thing in things().values() for licence in ids(thing.get("license", []))}
    assert set(ids(things()["./"]["license"])) == licences


def test_a_folder_holds_what_lies_directly_in_it() -> None:
    terms = ids(things()["ontology/terms/"]["hasPart"])
    assert all(name.startswith("ontology/terms/") for name in terms)
    assert "ontology/terms/" in ids(things()["ontology/"]["hasPart"])
    assert "ontology/" in ids(things()["./"]["hasPart"])
    assert not [name for name in ids(things()["./"]["hasPart"]) if "/" in name.rstrip("/")]
    assert things()["queries/answers/"]["description"] == "The answers."


def test_the_release_was_made_by_this_program_from_the_records() -> None:
    making = things()[things()["./"]["mentions"]["@id"]]
    assert things()[making["instrument"]["@id"]]["version"] == VERSION
    assert ids(making["object"]) == ["records/"]
    assert ids(making["result"]) == [
        f"studyclaims-{VERSION}.nq.gz",
        f"studyclaims-{VERSION}.ttl.gz",
    ]


def test_a_packed_file_is_said_to_be_packed() -> None:
    assert things()[f"studyclaims-{VERSION}.nq.gz"]["encodingFormat"] == "application/gzip"
    assert things()["claims.csv"]["encodingFormat"] == "text/csv"


def test_persons_are_persons_with_their_own_names() -> None:
    authors = (Author("A B", True, "https://orcid.org/0000-0000-0000-0001"), Author("C", True))
    items = [Item("b", b"1", "B", (CC0,)), Item("a", b"", "A", (CC0, MIT))]
    text = crate(items, Citation("T", "A", authors), "D")
    found = crate_of({"ro-crate-metadata.json": text.encode()})
    root = found["./"]
    assert ids(root["author"]) == ["https://orcid.org/0000-0000-0000-0001", "#author-2"]
    assert found["#author-2"]["@type"] == "Person"
    assert (ids(root["hasPart"]), root["description"]) == (["a", "b"], "D")
    assert found["a"]["license"] == [{"@id": CC0}, {"@id": MIT}]
    assert found["b"]["license"] == {"@id": CC0}
