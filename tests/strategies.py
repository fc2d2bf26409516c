"""Hypothesis strategies for RDF terms and quads, kind and hostile."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PREFIXES: Final[dict[str, str]] = {
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "doi": "https://doi.org/",
    "ex": "https://ex.org/",
    "exns": "https://ex.org/ns#",
    "obo": "http://purl.obolibrary.org/obo/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": XSD,
}

# What XML 1.0 has no way to write, not even escaped.
NOT_IN_XML: Final = "".join(map(chr, {*range(1, 0x20)} - {0x09, 0x0A, 0x0D})) + "\ufffe\uffff"

_NAMESPACES: Final = (*PREFIXES.values(), "urn:x:", "https://ex.org/ns/", "https://ex.org/?q=")
_HOSTILE_PIECES: Final = st.sampled_from(
    [
        *("\\", '"', "'", '"""', "\n", "\r", "\r\n", "\t", "\b", "\f", "\x0b", "\x1f", "\x7f"),
        *("\x85", "\u2028", "\u2029", "\u202e", "\ufeff", "\ufffe", "\U0001f9b4", "e\u0301", "é"),
        *("<", ">", "&", "]]>", "&amp;", "<!--", "#", "# ", "@en", "^^", " .", " ", "\\u0041"),
        *("{", "}", "[", "]", "_:b", "a", "$", "%s", "\\n"),
    ]
)


def texts() -> st.SearchStrategy[str]:
    """Return a strategy for texts with quotes, line ends, controls and look-alikes of syntax."""
    anything = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.lists(_HOSTILE_PIECES | anything, max_size=8).map("".join)


def xml_texts() -> st.SearchStrategy[str]:
    """Return a strategy for texts as hostile as XML can hold."""
    return texts().map(lambda text: "".join(char for char in text if char not in NOT_IN_XML))


def names() -> st.SearchStrategy[str]:
    """Return a strategy for local names that any format can hold."""
    return st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)


def odd_locals() -> st.SearchStrategy[str]:
    """Return a strategy for ends of IRIs that look unlike names, or like something else."""
    pieces = "1 01 a.b a. .a -a a- a/b a:b %20 %C3%A9 é 骨 a'b a(b) a,b a;b a!$&*+=b ~a a@b true a"
    dots = ".. /../a /./ //"
    return st.lists(st.sampled_from(["", *f"{pieces} {dots}".split()]), max_size=3).map("".join)


def iris(*, plain: bool = False) -> st.SearchStrategy[NamedNode]:
    """Return a strategy for IRIs; ``plain`` ones end in a name."""
    ends = names() if plain else names() | odd_locals()
    return st.builds(lambda start, end: NamedNode(start + end), st.sampled_from(_NAMESPACES), ends)


def literals(values: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Literal]:
    """Return a strategy for literals: hostile texts, and numbers and dates right, odd and wrong."""
    words = values if values is not None else texts()
    languages = st.sampled_from(["en", "de-AT", "zh-Hant", "x-own"])
    return st.one_of(
        words.map(Literal),
        st.builds(lambda text, language: Literal(text, language=language), words, languages),
        *(_typed(datatype, forms) for datatype, forms in _FORMS.items()),
        words.map(lambda text: Literal(text, datatype=NamedNode("https://ex.org/type"))),
    )


def quads(*, plain: bool = False) -> st.SearchStrategy[Quad]:
    """Return a strategy for quads; ``plain`` ones fit every format."""
    objects = iris(plain=plain) | literals(xml_texts() if plain else texts())
    graphs = st.just(DefaultGraph()) | st.sampled_from(
        [NamedNode("https://ex.org/g"), NamedNode("https://ex.org/g/1"), NamedNode("urn:x:g")]
    )
    few = st.sampled_from([NamedNode("https://ex.org/s"), NamedNode("https://ex.org/s/1")])
    return st.builds(Quad, few | iris(plain=plain), predicates(plain=plain), objects, graphs)


def predicates(*, plain: bool = False) -> st.SearchStrategy[NamedNode]:
    """Return a strategy for predicates, the ones that stand first among them."""
    leading = ["rdfs:label", "rdf:subject", "skos:prefLabel"] + ([] if plain else ["rdf:type"])
    known = [PREFIXES[text.split(":")[0]] + text.split(":")[1] for text in leading]
    return st.sampled_from(known).map(NamedNode) | iris(plain=plain)


_FORMS: Final = {
    "string": ["", "plain", "1"],
    "integer": ["0", "-0", "1", "-12", "01", "+5", "1.0", " 1", "x", "", "9" * 60],
    "decimal": ["1.5", "1.50", "-0.0", "01.5", "+1.5", ".5", "1.", "1", "0.00000001", "1e3", "x"],
    "boolean": ["true", "false", "1", "0", "TRUE", "yes", ""],
    "double": ["1e3", "1E3", "1.0", "-0", "NaN", "INF", "x"],
    "date": ["2017-01-01", "2017-01-01Z", "2017-1-1", "2017-02-30", "0000-01-01"],
    "dateTime": ["2017-01-01T00:00:00Z", "2017-01-01T24:00:00+00:00", "2017"],
    "dayTimeDuration": ["P1D", "PT24H", "P0D", "-PT1M", "P1Y", "P"],
    "gYear": ["2017", "-0001", "17"],
}


def _typed(datatype: str, forms: list[str]) -> st.SearchStrategy[Literal]:
    node = NamedNode(XSD + datatype)
    return st.sampled_from(forms).map(lambda form: Literal(form, datatype=node))
