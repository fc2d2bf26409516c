"""CURIEs, IRIs and the one prefix map."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rdflib import URIRef

from studyclaims.errors import StudyclaimsError, TermError
from studyclaims.paths import ontology_dir
from studyclaims.terms import (
    BASE,
    SC,
    Term,
    TermEntry,
    check_iri,
    compress,
    expand,
    nearest_prefix,
    prefixes,
)

LOCALS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_./?=&()-]{0,12}", fullmatch=True)
every_prefix = pytest.mark.parametrize("prefix", sorted(prefixes()))
unhurried = settings(deadline=None)  # a busy machine is no failure


def refusal(text: str) -> TermError:
    with pytest.raises(TermError) as caught:
        expand(text)
    return caught.value


@every_prefix
def test_a_name_of_each_prefix_comes_back(prefix: str) -> None:
    assert compress(expand(f"{prefix}:abc123")) == f"{prefix}:abc123"


@every_prefix
def test_each_namespace_is_an_iri_that_ends_where_names_begin(prefix: str) -> None:
    namespace = prefixes()[prefix]
    assert check_iri(namespace) == namespace
    assert namespace[-1] in "/#_"


@every_prefix
def test_a_prefix_in_another_case_is_named_in_the_remedy(prefix: str) -> None:
    wrong = prefix.swapcase()
    assert nearest_prefix(wrong) == prefix
    error = refusal(f"{wrong}:1")
    assert (error.problem, error.remedy) == (
        f"the prefix {wrong} is not declared",
        f"write {prefix}: if that is meant",
    )


@unhurried
@given(st.sampled_from(sorted(prefixes())), LOCALS)
def test_expanding_what_was_compressed_gives_the_iri(prefix: str, local: str) -> None:
    iri = expand(f"{prefix}:{local}")
    assert iri == prefixes()[prefix] + local
    assert expand(compress(iri)) == iri


@unhurried
@given(st.sampled_from(["https://example.org/", "urn:x:", "http://e.org#"]), LOCALS)
def test_an_iri_of_no_prefix_stays_whole(start: str, local: str) -> None:
    assert compress(start + local) == start + local


@pytest.mark.parametrize(
    ("iri", "curie"),
    [
        (SC + "claim", "sc:claim"),
        (BASE + "study/ausk-2017", "studyclaims:study/ausk-2017"),
        (BASE + "entity/abc", "entity:abc"),
        ("http://purl.obolibrary.org/obo/UBERON_0002371", "UBERON:0002371"),
        ("http://purl.obolibrary.org/obo/UBERON_", "http://purl.obolibrary.org/obo/UBERON_"),
        (SC, "studyclaims:vocab/"),
    ],
    ids=["own-vocabulary", "base", "entity", "obo", "namespace-alone", "narrowest-namespace-alone"],
)
def test_the_narrowest_namespace_wins(iri: str, curie: str) -> None:
    assert compress(iri) == curie


@pytest.mark.parametrize(
    "text",
    [
        "", "osteoclast", "CL", "CL:", ":0000092", "CL:00 92", "CL: 0000092", "9CL:1", "CL:<1>",
        "é:1", 'CL:"1"', "CL:{1}", "CL:a|b", "CL:a\\b", "CL:a^b", "CL:a`b", "http//x", "-a:b",
        " CL:1",
    ],
)  # fmt: skip
def test_what_is_no_curie_is_refused(text: str) -> None:
    assert refusal(text).problem == "is not a CURIE"


def test_an_unknown_prefix_names_the_file_to_declare_it_in() -> None:
    error = refusal("NOWHERE:1")
    assert error.remedy == "declare it in ontology/context.jsonld"
    assert str(error) == f"'NOWHERE:1': {error.problem}; {error.remedy}"
    assert nearest_prefix("NOWHERE") is None


@pytest.mark.parametrize("local", ["a\u200bb", "a\u202eb", "a\u00adb", "a\u0085b", "e\u0301"])
def test_a_local_part_with_a_hidden_or_loose_character_is_refused(local: str) -> None:
    with pytest.raises(TermError):
        expand(f"CL:{local}")


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/",
        "https://doi.org/10.5555/a(b)c%20d",
        "HTTPS://EXAMPLE.ORG/x?y=z#w",
        "urn:uuid:0b34ba73-65ef-4bee-8000-000000000000",
        "https://example.org/caf\u00e9",
        "https://\u4f8b\u3048.example/\u9aa8?\u9aa8#\u9aa8",
        "http://example.org",
        "http://example.org?@",
        "http://example.org#",
        "http://example.org:65535/@author/a:b;c=d,(e)!$&'*+~",
        "http://127.0.0.1/",
        "http://[::1]",
        "http://[2001:DB8::ffff:1.2.3.4]:80/",
        "urn:isbn:0000000000",
        "URN:ex-4:a/b@c:d?+r?=q?#f",
    ],
)
def test_an_absolute_iri_is_kept_as_it_is(text: str) -> None:
    assert check_iri(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "http", "http:", "urn:", "/relative", "#fragment", "//example.org/x", "example.org",
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/hosts",
        "ftp://example.org/x", "mailto:a@example.org", "vbscript:x", " https://example.org/",
        "https://example.org/a b", "https://example.org/\n", "https://example.org/\t",
        "https://example.org/<", "https://example.org/>", 'https://example.org/"',
        "https://example.org/{", "https://example.org/}", "https://example.org/|",
        "https://example.org/\\", "https://example.org/^", "https://example.org/`",
        "https://example.org/\x00", "https://example.org/\x7f", "https://example.org/\u202e",
        "https://example.org/\ufeff", "https://example.org/\u00a0", "https://example.org/\u2028",
        "https://example.org/e\u0301",
    ],
)  # fmt: skip
def test_what_no_record_may_link_to_is_refused(text: str) -> None:
    with pytest.raises(TermError):
        check_iri(text)


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("http:foo", "has no host", "write it whole"),
        ("http:/foo", "has no host", "write it whole"),
        ("https:///x", "has no host", "write it whole"),
        ("https://", "has no host", "write it whole"),
        ("https://?x", "has no host", "write it whole"),
        ("https://#x", "has no host", "write it whole"),
        ("https://:80/", "has no host", "write it whole"),
        ("http://good.org@evil.org", "names a user", "what stands behind the @"),
        ("HTTP://a:b@evil.org/", "names a user", "what stands behind the @"),
        ("http://@evil.org/", "names a user", "what stands behind the @"),
        ("https://example.org/100%", "has a %", "write %25"),
        ("https://example.org/%2", "has a %", "write %25"),
        ("https://example.org/%zz", "has a %", "write %25"),
        ("urn:isbn:%g0", "has a %", "write %25"),
        ("https://example.org/#a#b", "has a second #", "write %23"),
        ("https://example.org/[a]", "has a bracket", "write %5B"),
        ("https://example.org/?a[1]=b", "has a bracket", "write %5B"),
        ("https://example.org/#]", "has a bracket", "write %5B"),
        ("https://[::1]/[", "has a bracket", "write %5B"),
        ("https://[::1", "has a bracket", "write %5B"),
        ("https://[example.org]/", "has a bracket", "write %5B"),
        ("https://[v1.a]/", "has a bracket", "write %5B"),
        ("https://[fe80::1%25eth0]/", "has a bracket", "write %5B"),
        ("urn:isbn:[1]", "has a bracket", "write %5B"),
        ("urn:isbn", "is not in the form urn:", "write it whole"),
        ("urn:isbn:", "is not in the form urn:", "write it whole"),
        ("urn:isbn:?=a", "is not in the form urn:", "write it whole"),
        ("urn::0", "is not in the form urn:", "write it whole"),
        ("urn:x:y", "is not in the form urn:", "write it whole"),
        ("urn:-a:y", "is not in the form urn:", "write it whole"),
        ("urn:a-:y", "is not in the form urn:", "write it whole"),
        ("urn:a\u017f:y", "is not in the form urn:", "write it whole"),
        (f"urn:{'a' * 33}:y", "is not in the form urn:", "write it whole"),
        ("urn:isbn:0?a", "is not in the form of", "copy the address"),
        ("urn:isbn:/0", "is not in the form of", "copy the address"),
        ("https://[1:2]/", "is not in the form of", "copy the address"),
        ("https://[::1]x/", "is not in the form of", "copy the address"),
        ("https://example.org:", "is not in the form of", "copy the address"),
        ("https://example.org:http/", "is not in the form of", "copy the address"),
        ("https://example.org:65536/", "is not in the form of", "copy the address"),
        ("https://example.org:999999/", "is not in the form of", "copy the address"),
        ("https://example.org/\ue000", "is not in the form of", "copy the address"),
        ("https://example.org/\ufffe", "is not in the form of", "copy the address"),
    ],
)
def test_an_address_copied_wrongly_is_refused_with_a_remedy(
    text: str, problem: str, remedy: str
) -> None:
    with pytest.raises(TermError) as caught:
        check_iri(text)
    assert caught.value.text == text
    assert caught.value.problem.startswith(problem)
    assert remedy in caught.value.remedy


PIECES = st.sampled_from(
    [
        *("a", "Z", "0", "-", ".", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "="),
        *(":", "@", "/", "//", "?", "?=", "?+", "#", "%", "%4", "%41", "%C3%A9", "[", "]", "[::1]"),
        *("[1:2:3:4:5:6:7:8]", "[::1.2.3.4]", "[1::]", ":80", "@b", "é", "骨", "\u00ad", "\u0378"),
        *(
            "\ue000",
            "\ufdd0",
            "\ufffd",
            "\uffff",
            "\U0001f9b4",
            "\U0001ffff",
            "\U000e1000",
            "\u017f",
        ),
        *("\U000f0000", "\\", "<", ">", '"', "{", "}", "|", "^", "`", " ", "\n", "\0", "\u202e"),
    ]
)
STARTS = st.sampled_from(["http://", "https://e.org", "HTTPS://e.org/", "http:", "urn:", "urn:ab:"])


@given(st.builds(lambda start, ends: start + "".join(ends), STARTS, st.lists(PIECES, max_size=6)))
def test_every_rdf_library_takes_what_is_accepted(text: str) -> None:
    try:
        check_iri(text)
    except TermError:
        return
    assert NamedNode(text).value == text
    assert URIRef(text).n3() == f"<{text}>"
    assert urlsplit(text).username is None
    assert urlsplit(text).hostname or text.lower().startswith("urn:")


def test_a_term_error_is_one_of_ours_and_a_value_error() -> None:
    assert issubclass(TermError, StudyclaimsError)
    assert issubclass(TermError, ValueError)


@unhurried
@given(LOCALS, st.from_regex(r"[a-z]+( [a-z,()-]+){0,4}", fullmatch=True))
def test_a_term_reads_back_as_it_is_written(local: str, label: str) -> None:
    term = Term.parse(f"CL:{local} {label}")
    assert (term.curie, term.label, term.iri) == (f"CL:{local}", label, expand(f"CL:{local}"))
    assert Term.parse(str(term)) == term


@pytest.mark.parametrize(
    "text", ["", "CL:0000092", "CL:0000092 ", "CL:0000092  osteoclast", "CL:0000092 osteoclast "]
)
def test_a_term_needs_one_blank_and_a_label(text: str) -> None:
    with pytest.raises(TermError, match="label"):
        Term.parse(text)


@pytest.mark.parametrize("text", ["osteoclast CL:0000092", "NOWHERE:1 osteoclast", "cl:1 a"])
def test_a_term_needs_a_curie_of_a_declared_prefix(text: str) -> None:
    with pytest.raises(TermError):
        Term.parse(text)


def test_an_entry_without_more_is_current() -> None:
    entry = TermEntry("CL:0000092", "osteoclast")
    assert (entry.obsolete, entry.replaced_by, entry.parents) == (False, "", ())


def test_a_json_ld_reader_takes_each_entry_for_a_prefix() -> None:
    """JSON-LD 1.1 takes what ends in ``_`` for a prefix only when it is told so."""
    text = (ontology_dir() / "context.jsonld").read_text(encoding="utf-8")
    for name, entry in json.loads(text)["@context"].items():
        if isinstance(entry, dict):
            assert entry == {"@id": prefixes()[name], "@prefix": True}
        else:
            assert entry[-1] in ":/?#[]@", f"{name} needs @prefix"


def test_no_two_prefixes_differ_only_in_case_or_share_a_namespace() -> None:
    assert len({name.casefold() for name in prefixes()}) == len(prefixes())
    assert len(set(prefixes().values())) == len(prefixes())


def test_prefixes_stand_in_order() -> None:
    names = list(prefixes())
    assert names == sorted(names, key=str.casefold)
