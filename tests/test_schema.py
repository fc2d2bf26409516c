"""The JSON Schema of a record: current, closed, and of one mind with the reader."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import samples
from studyclaims.model import Block, Study
from studyclaims.paths import ontology_dir, studies_dir
from studyclaims.records import read_record
from studyclaims.schema import record_schema
from studyclaims.yamltree import parse_tree, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parent / "data"
KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "object": dict,
    "string": str,
}


def is_kind(value: object, name: str) -> bool:
    return isinstance(value, KINDS[name]) and (name == "boolean" or not isinstance(value, bool))


# A keyword says nothing of a value of another kind than its own.
RULES: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "type": is_kind,
    "const": lambda value, wanted: bool(value == wanted),
    "enum": lambda value, wanted: value in wanted,
    "pattern": lambda value, form: not isinstance(value, str) or bool(re.search(form, value)),
    "minLength": lambda value, least: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda value, most: not isinstance(value, str) or len(value) <= most,
    "minimum": lambda value, least: not is_kind(value, "integer") or value >= least,
    "maximum": lambda value, most: not is_kind(value, "integer") or value <= most,
    "minItems": lambda value, least: not isinstance(value, list) or len(value) >= least,
    "minProperties": lambda value, least: not isinstance(value, dict) or len(value) >= least,
    "required": lambda value, names: not isinstance(value, dict) or value.keys() >= set(names),
}
SILENT: Final = {"$defs", "$id", "$schema", "default", "description", "format", "title"}
NESTING: Final = {
    "$ref", "additionalProperties", "anyOf", "items", "patternProperties", "properties",
}  # fmt: skip


@cache
def schema() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(record_schema())
    return parsed


def accepts(value: object, node: dict[str, Any] | None = None) -> bool:
    """Return whether a schema takes a value; the few keywords that ours uses are known here."""
    node = schema() if node is None else node
    if "$ref" in node and not accepts(value, schema()["$defs"][node["$ref"].rpartition("/")[2]]):
        return False
    if "anyOf" in node and not any(accepts(value, choice) for choice in node["anyOf"]):
        return False
    if not all(RULES[key](value, rule) for key, rule in node.items() if key in RULES):
        return False
    return all(accepts(item, part) for item, part in nested(value, node))


def nested(value: object, node: dict[str, Any]) -> Iterator[tuple[object, dict[str, Any]]]:
    """Yield each item of a list or mapping with the schema it must keep."""
    if isinstance(value, list) and "items" in node:
        yield from ((item, node["items"]) for item in value)
    if not isinstance(value, dict):
        return
    forms = node.get("patternProperties", {})
    for key, item in value.items():
        parts = [part for form, part in forms.items() if re.search(form, key)]
        parts += [node["properties"][key]] if key in node.get("properties", {}) else []
        if not parts and node.get("additionalProperties") is False:
            parts = [{"enum": []}]
        yield from ((item, part) for part in parts)


def keywords(node: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value of any kind
    if isinstance(node, list):
        for item in node:
            yield from keywords(item)
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            if key in {"properties", "$defs", "patternProperties"}:
                yield from (k for part in value.values() for k in keywords(part))
            elif key not in {"default", "enum", "const", "required"}:
                yield from keywords(value)


def as_data(study: Study) -> object:
    """Return a study as an editor sees its file: absent where nothing was written."""
    return study.model_dump(mode="json", exclude_unset=True)


def blocks(kind: type[Block] = Block) -> list[type[Block]]:
    """Return every kind of block, however deep below another."""
    return [each for below in kind.__subclasses__() for each in (below, *blocks(below))]


def test_every_keyword_is_judged_here() -> None:
    assert set(keywords(schema())) <= RULES.keys() | SILENT | NESTING


def test_the_file_is_current() -> None:
    written = (ontology_dir() / "record.schema.json").read_text(encoding="utf-8")
    assert written == record_schema(), "write it anew with: ./run build"


def test_the_schema_is_the_same_each_time() -> None:
    assert record_schema() == record_schema()
    assert record_schema().endswith("}\n")


def test_the_schema_names_itself() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"] == "https://w3id.org/studyclaims/schema/record-1.json"


def test_the_flagship_names_the_schema_for_editors() -> None:
    first = (studies_dir() / "ausk-2017.yaml").read_text(encoding="utf-8").splitlines()[0]
    path = first.removeprefix("# yaml-language-server: $schema=")
    assert (studies_dir() / path).resolve() == (ontology_dir() / "record.schema.json").resolve()


@pytest.mark.parametrize("kind", blocks(), ids=lambda kind: kind.__name__)
def test_every_block_is_closed_and_has_each_of_its_keys(kind: type[Block]) -> None:
    node = schema() if kind is Study else schema()["$defs"][kind.__name__]
    assert node["additionalProperties"] is False
    assert list(node["properties"]) == list(kind.model_fields)
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    assert node.get("required", []) == required


@pytest.mark.parametrize("kind", blocks(), ids=lambda kind: kind.__name__)
def test_what_the_model_says_of_a_key_an_editor_shows(kind: type[Block]) -> None:
    node = schema() if kind is Study else schema()["$defs"][kind.__name__]
    for name, field in kind.model_fields.items():
        if field.description:
            assert node["properties"][name]["description"] == field.description


def records() -> list[Any]:
    paths = [*sorted(studies_dir().glob("*.yaml")), *sorted((DATA / "valid").glob("*.yaml"))]
    return [pytest.param(path, id=path.stem) for path in paths]


@pytest.mark.parametrize("path", records())
def test_a_valid_record_is_accepted(path: Path) -> None:
    assert accepts(as_data(read_record(path).study))


def test_the_record_that_fills_every_key_is_accepted() -> None:
    assert accepts(as_data(samples.record().study))


def broken(*codes: str) -> list[Any]:
    """Return the invalid files whose first line expects nothing but these codes."""
    found = []
    for path in sorted((DATA / "invalid").glob("*.yaml")):
        first = path.read_bytes().split(b"\n", 1)[0].decode("ascii")
        if set(re.findall(r"\b[A-Z][0-9]{3}\b", first)) <= set(codes):
            found.append(pytest.param(path, id=path.stem))
    return found


@pytest.mark.parametrize("path", broken("R001", "R002", "R003", "R004", "R009"))
def test_what_breaks_keys_kinds_or_values_an_editor_refuses_too(path: Path) -> None:
    assert not accepts(plain(parse_tree(path.read_bytes(), path.name)))


@pytest.mark.parametrize(
    "path",
    broken(
        "R006", "R007", "R008", "R010", "R011", "R012", "R013", "R014", "R015", "R016", "R017",
        "R019", "R021", "R022", "R023", "R024", "R025", "R026",
    ),
)  # fmt: skip
def test_what_only_a_check_can_see_an_editor_lets_pass(path: Path) -> None:
    """So the two are of one mind on everything that a schema can say."""
    assert accepts(plain(parse_tree(path.read_bytes(), path.name)))
