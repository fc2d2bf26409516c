"""The JSON Schema of a record, so that an editor completes and checks keys while one types."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from studyclaims.model import SCHEMA_VERSION, Study
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from studyclaims.model import Block


def record_schema() -> str:
    """Return ``ontology/record.schema.json`` as text, the same bytes for the same model.

    >>> json.loads(record_schema())["properties"]["key"]["pattern"]
    '^[a-z0-9][a-z0-9-]{0,63}$'
    """
    schema = _closed(Study.model_json_schema())
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}schema/record-{SCHEMA_VERSION}.json",
        "title": "A studyclaims record",
    }
    return json.dumps(head | {k: v for k, v in schema.items() if k != "title"}, indent=2) + "\n"


def _closed(node: Any) -> Any:  # noqa: ANN401 - a JSON value of any kind
    """Return the schema without generated titles, and with named maps closed to other names."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {
        key: {name: _closed(part) for name, part in value.items()}
        if key in {"properties", "$defs"}
        else _closed(value)
        for key, value in node.items()
        if key != "title" or not isinstance(value, str)
    }
    if "patternProperties" in closed:
        closed["additionalProperties"] = False
    return closed


def said(block: type[Block], name: str) -> str:
    """Return what the model says of a field, or which values it takes; empty where neither.

    >>> from studyclaims.model import Claim
    >>> said(Claim, "stance")
    'one of supports, refutes, noEffect, inconclusive'
    """
    field = block.model_fields[name]
    kind = field.annotation
    if field.description:
        return field.description
    values: tuple[Any, ...] = get_args(kind) if get_origin(kind) is Literal else ()
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = tuple(member.value for member in kind)
    return f"one of {', '.join(map(str, values))}" if values else ""
