"""Repairs: literals that a store writes in a way no reader of RDF takes for what they are.

Virtuoso writes a duration as its seconds, with six digits, and in results a truth as 1 or 0. That
is a matter of how it answers: asked for durations that are equal, it finds the right ones.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, Triple

from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BOOLEAN: Final = expand("xsd:boolean")
_DURATIONS: Final = frozenset({expand("xsd:dayTimeDuration"), expand("xsd:duration")})
_TRUTHS: Final = {"1": "true", "0": "false"}
_SECONDS: Final = re.compile(r"(-?)([0-9]{1,15}(?:\.[0-9]{1,9})?(?:e\+[0-9]{1,2})?)", re.ASCII)


def repaired(text: str, datatype: str) -> str:
    """Return the text of a literal as its datatype has it.

    >>> repaired("1.8144e+06", expand("xsd:dayTimeDuration")), repaired("1", expand("xsd:boolean"))
    ('P21D', 'true')
    >>> repaired("5430.5", expand("xsd:dayTimeDuration")), repaired("1", expand("xsd:integer"))
    ('PT1H30M30.5S', '1')
    """
    if datatype == _BOOLEAN:
        return _TRUTHS.get(text, text)
    match = _SECONDS.fullmatch(text) if datatype in _DURATIONS else None
    return match[1] + _duration(Decimal(match[2])) if match else text


def _duration(seconds: Decimal) -> str:
    """Return a duration of so many seconds, in days, hours, minutes and seconds."""
    whole, part = int(seconds), seconds % 1
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    last = f"{(rest + part).normalize():f}" if part else str(rest)
    pairs = ((str(hours), "H"), (str(minutes), "M"), (last, "S"))
    time = "".join(f"{number}{unit}" for number, unit in pairs if number != "0")
    day = f"{days}D" if days else ""
    return f"P{day}T{time}" if time else f"P{day}" if day else "PT0S"


def repaired_triples(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield triples with their literals repaired.

    >>> from pyoxigraph import NamedNode
    >>> a, days = NamedNode("urn:x:a"), NamedNode(expand("xsd:dayTimeDuration"))
    >>> [str(triple.object.value) for triple in repaired_triples([
    ...     Triple(a, a, Literal("86400.0", datatype=days)), Triple(a, a, Literal("x"))])]
    ['P1D', 'x']
    """
    for triple in triples:
        said = triple.object
        if isinstance(said, Literal):
            text = repaired(said.value, said.datatype.value)
            if text != said.value:
                yield Triple(
                    triple.subject, triple.predicate, Literal(text, datatype=said.datatype)
                )
                continue
        yield triple


def repair_results(data: dict[str, Any]) -> None:
    """Repair the literals of results, as the JSON of SPARQL results has them.

    >>> cell = {"type": "literal", "value": "0", "datatype": expand("xsd:boolean")}
    >>> repair_results({"results": {"bindings": [{"a": cell}]}})
    >>> cell["value"]
    'false'
    """
    results = data.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else None
    for row in rows if isinstance(rows, list) else []:
        for cell in row.values() if isinstance(row, dict) else []:
            known = isinstance(cell, dict) and isinstance(cell.get("value"), str)
            if known and isinstance(cell.get("datatype"), str):
                cell["value"] = repaired(cell["value"], cell["datatype"])
