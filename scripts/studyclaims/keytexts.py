"""Key texts in a graph: whether an IRI of ours is the key of what the graph says it names.

A graph from elsewhere may have been edited: with another change an entity keeps its IRI and is then
another thing under the same name, which a merge would fold into the first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.identifiers import KEY_RULE, digest
from studyclaims.rdf import node
from studyclaims.terms import BASE, SC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad, Triple

_SLOTS: Final = (
    "variable", "change", "bearer", "withinPart", "byAgent", "dueTo", "toward", "modifier",
)  # fmt: skip
_PARTS: Final = {
    "entity": {name: f"sc:{name}" for name in _SLOTS},
    "proposition": {"about": "sc:about", "link": "sc:link", "outcome": "sc:outcomeEntity"},
}
"""The words of a key text that values follow, in their order, and the properties that repeat them;
a topic has none."""

_NAMED: Final = re.compile(rf"{re.escape(BASE)}(?P<kind>entity|proposition|topic)/(?P<key>[^/#]+)")
_KEY_TEXT: Final = node("sc:keyText")
_INNERMOST: Final = node("sc:innermostPart")


def key_faults(statements: Iterable[Quad | Triple]) -> list[tuple[str, str]]:
    """Return each IRI of an entity, proposition or topic that is not its key, and why; sorted.

    >>> from pyoxigraph import Triple
    >>> name = node(f"{BASE}topic/{digest('sc-key-1 topic')}")
    >>> key_faults([Triple(name, node("sc:keyText"), node("sc:other"))])
    [('https://w3id.org/.../topic/...', 'its IRI is not the hash of its sc:keyText')]
    """
    said: dict[str, dict[NamedNode, list[str]]] = {}
    for each in statements:
        subject = each.subject
        if isinstance(subject, NamedNode) and _NAMED.fullmatch(subject.value):
            values = said.setdefault(subject.value, {}).setdefault(each.predicate, [])
            values.append(str(getattr(each.object, "value", each.object)))
    faults = ((iri, _fault(iri, said[iri])) for iri in sorted(said))
    return [(iri, fault) for iri, fault in faults if fault]


def _fault(iri: str, said: Mapping[NamedNode, list[str]]) -> str:
    """Return what is wrong with an IRI, empty if nothing is."""
    match, texts = _NAMED.fullmatch(iri), said.get(_KEY_TEXT, [])
    if match is None or [digest(text) for text in texts] != [match["key"]]:
        return "its IRI is not the hash of its sc:keyText"
    kind = match["kind"]
    words = texts[0].split(" ")
    if words[:2] != [KEY_RULE, kind]:
        return "its sc:keyText is of another kind or rule"
    if kind == "topic":
        return ""
    parts = _PARTS[kind]
    found = _values(words[2:], parts)
    expected = {node(parts[name]): values for name, values in found.items()}
    expected[_INNERMOST] = found.get("withinPart", [])[:1]
    for name in sorted({*map(node, parts.values()), _INNERMOST}, key=str):
        if sorted(said.get(name, [])) != sorted(set(expected.get(name, []))):
            return f"its sc:{name.value.removeprefix(SC)} is not what its sc:keyText says"
    ordered = list(found) == [name for name in parts if name in found]
    modifiers = found.get("modifier", [])
    canonical = ordered and modifiers == sorted(set(modifiers))
    return "" if canonical else "its sc:keyText is not in the order of the key"


def _values(words: Iterable[str], names: Iterable[str]) -> dict[str, list[str]]:
    """Return the IRIs that follow each name in a key text."""
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words:
        if word in names:
            values = found.setdefault(word, [])
        elif word.startswith("<"):
            values.append(word[1:-1])
        else:
            values.append((BASE if word.startswith("entity/") else SC) + word)
    return found
