"""Converting: the same in another form, whatever the form; and what no form can hold."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse

import strategies
import studyclaims.converting
from samples import KEY, SMALL, changed, index, quads, record, small
from studyclaims.converting import (
    FORMS,
    convert,
    find,
    form_and_packing,
    graph_text,
    packed,
    record_in,
    record_json,
    record_yaml,
    verify,
)
from studyclaims.errors import RecordError, StudyclaimsError, TermError
from studyclaims.formats import FORMATS, serialize
from studyclaims.outside import canonical
from studyclaims.paths import studies_dir
from studyclaims.style import lint
from studyclaims.yamltree import SIZE_LIMIT

if TYPE_CHECKING:
    from studyclaims.converting import Converted
    from studyclaims.model import Study

BLANK: Final = b"""
_:x <urn:a:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:a:g> .
_:x <urn:a:q> _:y <urn:a:g> .
_:y <urn:a:p> "y"@en <urn:a:g> .
"""
AGAIN: Final = b"\n".join(
    reversed(BLANK.replace(b"_:x", b"_:new").replace(b"_:y", b"_:x").splitlines())
)
TERMS: Final = b"<urn:a:s> <urn:a:p> <<( <urn:a:s> <urn:a:p> <urn:a:o> )>> ."
BY_THIS_PROCESS: Final = ("trig", "nq", "ttl", "nt")


def converted(data: bytes | str, form: str, to: str, name: str = "a") -> Converted:
    """Return what data becomes; a child needs a file that is one."""
    with tempfile.TemporaryFile() as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.seek(0)
        return convert(file, f"{name}.{form}", form, to)


def study_in(data: bytes, form: str) -> Study:
    return record_in(data, f"a.{form}", form).study


def refused(data: bytes | str, form: str, to: str) -> tuple[str, int]:
    with pytest.raises(StudyclaimsError) as caught:
        converted(data, form, to)
    return str(caught.value), caught.value.exit_status


def union(some: Any) -> set[Quad]:  # noqa: ANN401 - any quads
    return {Quad(*quad.triple) for quad in some}


@pytest.mark.parametrize("to", BY_THIS_PROCESS)
@settings(max_examples=10)
@given(some=st.frozensets(strategies.quads(plain=True), max_size=5))
def test_quads_are_the_same_in_every_form(to: str, some: frozenset[Quad]) -> None:
    there = converted(serialize(some, "nq", {}), "nq", to)
    back = converted(there.data, to, "nq")
    assert there.quads == some
    assert set(back.quads) == (set(some) if FORMATS[to].holds_graphs else union(some))


@pytest.mark.parametrize("to", ["jsonld", "rdf"])
def test_quads_are_the_same_in_the_forms_that_a_child_reads(to: str) -> None:
    there = converted(serialize(quads(), "nq", {}), "nq", to)
    back = converted(there.data, to, "nq")
    assert set(back.quads) == (set(quads()) if to == "jsonld" else union(quads()))


LINES: Final = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"]),
    min_size=1,
    max_size=40,
).map(str.strip)
TEXTS: Final = (
    "sources.paper.note",
    "sources.paper.volume",
    "curation.note",
    "entities.inflammation.note",
    "propositions.0.claims.0.note",
    "propositions.0.claims.0.context.strain",
    "propositions.0.claims.0.evidence.0.design",
    "withdrawn.0.reason",
)


@settings(max_examples=5)
@given(st.sampled_from(TEXTS), LINES.filter(lambda text: text and "TODO" not in text))
def test_a_record_is_the_same_study_as_json_and_as_yaml(path: str, text: str) -> None:
    made = record(changed(path, text))
    as_json = record_json(made)
    as_yaml = converted(as_json, "json", "yaml").data
    assert study_in(as_yaml, "yaml") == made.study
    assert lint(as_yaml, "a.yaml") == []
    assert converted(as_yaml, "yaml", "json").data == as_json


def test_records_of_the_corpus_are_the_same_studies_in_either_form() -> None:
    path = studies_dir() / "ausk-2017.yaml"
    as_json = converted(path.read_bytes(), "yaml", "json")
    assert study_in(as_json.data, "json") == study_in(path.read_bytes(), "yaml")
    as_yaml = converted(as_json.data, "json", "yaml")
    assert study_in(as_yaml.data, "yaml") == study_in(path.read_bytes(), "yaml")
    assert (
        "\n        lag: {bound: by, time: 24 h, after: calf-paralysis}\n" in as_yaml.data.decode()
    )
    kept = set(path.read_text().splitlines()) & set(as_yaml.data.decode().splitlines())
    assert len(kept) > 0.97 * len(set(path.read_text().splitlines()))


def test_what_a_claim_sets_to_nothing_stays_set() -> None:
    data = changed("propositions.0.claims.0.context", {"strain": None, "shared": False})
    there = record_json(record(data))
    context = study_in(there, "json").propositions[0].claims[0].context
    assert context is not None
    assert context.model_fields_set == {"strain", "shared"}
    again = study_in(record_yaml(record(data)), "yaml").propositions[0].claims[0].context
    assert again == context
    assert again is not None
    assert again.model_fields_set == context.model_fields_set


def test_json_is_over_lines_in_the_order_of_the_model() -> None:
    text = record_json(record()).decode()
    assert text.startswith('{\n  "schema_version": 1,\n  "key": "small-2020",\n  "sources": {')
    assert text.endswith("}\n")
    assert json.loads(text) == small() | {"schema_version": 1}


def test_a_record_becomes_the_graph_that_is_built_of_it() -> None:
    found = converted(SMALL, "yaml", "nq")
    tool = "https://w3id.org/studyclaims/vocab/builtWith"
    wanted = quads()
    assert {q for q in found.quads if q.predicate.value != tool} < wanted
    assert found.data == serialize(found.quads, "nq", {})
    assert found.to_dict() == {
        "file": "a.yaml",
        "from": "yaml",
        "to": "nq",
        "quads": len(wanted),
        "graphs": 1,
    }


def test_a_record_that_cannot_be_built_becomes_no_graph() -> None:
    text = SMALL.replace("CL:0000092 osteoclast", "CL:0000092 other")
    assert refused(text, "yaml", "nq")[1] == 1
    assert "CL:0000092 other" in converted(text, "yaml", "json").data.decode()


def test_a_record_stays_yaml_with_its_comments_in_the_style() -> None:
    found = converted(f"# kept\n{SMALL}", "yaml", "yaml")
    assert b"# kept\n" in found.data
    assert lint(found.data, "a.yaml") == []
    assert found.to_dict()["quads"] is found.to_dict()["graphs"] is None


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (SMALL, ()),
        (f"# yaml-language-server: $schema=x\n{SMALL}", ()),
        (f"# lost\n{SMALL}", ("its comments are left out: JSON has none",)),
    ],
)
def test_comments_that_json_loses_are_told(text: str, notes: tuple[str, ...]) -> None:
    assert converted(text, "yaml", "json").notes == notes


def test_json_may_write_a_character_in_two_halves() -> None:
    text = json.dumps(changed("curation.note", "bone \U0001f9b4 \\ud83e\\uddb4 \\"))
    assert "\\ud83e\\uddb4" in text
    assert study_in(text.encode(), "json").curation.note == "bone \U0001f9b4 \\ud83e\\uddb4 \\"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"key": 1,', "a.json:1:11: Y003 not well-formed JSON: expecting property name"),
        ("[1, 2]", "a.json:0:0: Y004 JSON that is no record"),
        ('{"@context": {}}', "a.json:0:0: Y004 JSON that is no record"),
        ("key: x", "a.json:1:1: Y003 not well-formed JSON: expecting value"),
        ('{"key": "a-2020"}', "a.json:1:2: R002 the key 'curation' is missing"),
        (b"\x00\xff", "a.json:1:2: Y002 "),
        ("[" * 100_000, "a.json:1:51: Y005 "),
        (" " * (SIZE_LIMIT + 1), "a.json:0:0: Y001 "),
        ('{"key": 1' + "0" * 5000 + "}", "a.json:1:"),
    ],
    ids=["cut", "list", "linked", "yaml", "empty", "bytes", "deep", "large", "long"],
)
def test_json_that_is_no_record_is_refused(data: bytes | str, said: str) -> None:
    message, status = refused(data, "json", "yaml")
    assert message.startswith(said)
    assert status == 1


def test_no_graph_becomes_a_record() -> None:
    message, status = refused(BLANK, "nq", "json")
    assert message.startswith("'a.nq': holds a graph, of which no record can be made; convert it")
    assert status == 2


@cache
def named(some: frozenset[Quad]) -> tuple[Quad, ...]:
    return tuple(canonical(some, "a"))


@pytest.mark.parametrize("to", FORMATS)
def test_blank_nodes_get_the_same_names_whatever_they_had(
    to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.converting, "canonical", lambda some, _: named(some))
    one, other = (converted(data, "nq", to) for data in (BLANK, AGAIN))
    assert one.data == other.data
    assert b"c14n0" in one.data
    kept = set(parse(one.data, format=RdfFormat.from_media_type(FORMATS[to].media_type)))
    assert len(kept) == 3
    verify(one)


def test_a_carriage_return_is_no_line_end_in_xml() -> None:
    data = converted("_:a <urn:a:p> 'x\\ry' .", "ttl", "rdf").data
    assert b"x&#13;y" in data
    assert b"\r" not in data


def test_prefixes_are_those_that_are_used() -> None:
    text = converted(BLANK, "nq", "ttl").data.decode()
    assert [line for line in text.splitlines() if line.startswith("@prefix")] == [
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    ]
    assert converted(BLANK, "nq", "nt").data.count(b"\n") == 3


def test_triple_terms_stay_where_a_form_holds_them() -> None:
    assert converted(TERMS, "nq", "trig").quads == converted(TERMS, "nq", "nq").quads
    message, status = refused(TERMS, "nq", "jsonld")
    assert message.startswith("'a.nq': cannot be written as jsonld: JSON-LD does not support")
    assert status == 2


@pytest.mark.parametrize(
    "text",
    [
        "<urn:a:s> <urn:a:1> 'no name of XML' .",
        "<urn:a:s> <urn:a:p> '\\u0001' .",
        "_:a <urn:a:1> 'no name of XML' .",
        "_:a <urn:a:p> '\\u0001' .",
    ],
)
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    message, status = refused(text, "ttl", "rdf")
    assert message.startswith("'a.ttl': cannot be written as rdf: ")
    assert (status, message.count("\n")) == (2, 0)


def test_what_is_not_read_back_the_same_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.converting, "parse", lambda *_, **__: iter(()))
    assert "it is not read back the same" in refused(BLANK, "nq", "ttl")[0]


def test_a_form_without_a_writer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = FORMATS["ttl"]._replace(media_type="text/none")
    monkeypatch.setattr(studyclaims.converting, "FORMATS", {"ttl": unknown})
    with pytest.raises(TermError, match="no writer for ttl"):
        graph_text(list(parse(BLANK, format=RdfFormat.N_QUADS)), "a", "ttl")


@pytest.mark.parametrize(
    ("data", "to", "notes"),
    [
        (b"", "trig", ("a.nq holds no statement",)),
        (b"<urn:a:s> <urn:a:p> 'o' .", "ttl", ()),
        (b"<urn:a:s> <urn:a:p> 'o' <urn:a:g> .", "trig", ()),
        (b"<urn:a:s> <urn:a:p> 'o' <urn:a:g> .", "nt", ("the name of 1 graph is left out: nt",)),
        (BLANK + TERMS[:-1] + b"<urn:a:h> .", "rdf", ("the names of 2 graphs are left out: rdf",)),
    ],
)
def test_what_is_left_out_is_told(data: bytes, to: str, notes: tuple[str, ...]) -> None:
    found = converted(data.replace(b"'o'", b'"o"'), "nq", to).notes
    assert len(found) == len(notes)
    assert all(one.startswith(other) for one, other in zip(found, notes, strict=True))


def test_what_goes_into_a_file_is_read_back_by_two_readers() -> None:
    found = converted(b'<urn:a:s> <urn:a:p> "o" .', "nq", "ttl")
    verify(found)
    with pytest.raises(TermError, match=r"^'a\.nq': ttl read by pyoxigraph lacks <urn:a:s>"):
        verify(replace(found, data=b""))
    verify(replace(found, to="json", data=b""))


def test_a_file_is_packed_alike_on_any_day() -> None:
    assert packed(b"a" * 99) == packed(b"a" * 99)
    assert gzip.decompress(packed(b"a" * 99)) == b"a" * 99
    assert packed(b"a")[4:8] == bytes(4)


def test_a_key_or_a_path_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ausk-2017").touch()
    assert find("ausk-2017") == studies_dir() / "ausk-2017.yaml"
    assert find("./ausk-2017") == Path("ausk-2017")
    for wrong in ("none-2017", "", str(tmp_path)):
        with pytest.raises(TermError, match="is no key of a record here and no file"):
            find(wrong)


def test_a_suffix_names_a_form_of_records_too() -> None:
    assert form_and_packing(Path("A.JSON")) == ("json", False)
    assert form_and_packing(Path("a.TTL.GZ")) == ("ttl", True)
    for wrong, problem in {
        "a.yaml.gz": "a suffix that",
        "a.owl": "a suffix that",
        "a": "no s",
    }.items():
        with pytest.raises(TermError, match=f"has {problem}.* use one of .yaml, .json, .trig"):
            form_and_packing(Path(wrong))


def test_every_form_is_named_once() -> None:
    assert list(FORMS) == ["yaml", "json", *FORMATS]


def test_a_record_is_read_with_terms_only_where_asked() -> None:
    wrong = SMALL.replace("CL:0000092 osteoclast", "CL:0000092 other").encode()
    assert record_in(wrong, "x.yaml", "yaml").study.key == KEY
    with pytest.raises(RecordError, match="T003"):
        record_in(wrong, "x.yaml", "yaml", index())


def test_nothing_is_read_beyond_the_limit_of_records() -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size == SIZE_LIMIT + 1
            return b" " * size

    with pytest.raises(RecordError, match="Y001"):
        convert(Endless(), "x.yaml", "yaml", "json")
