"""The house rules, as far as a program can judge them: sizes, words, examples, queries, paths."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import studyclaims

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "scripts" / "studyclaims"

MODULE_LIMIT: Final = 400
FUNCTION_LIMIT: Final = 40
TEST_LIMIT: Final = 600
LONGER: Final = {"test_yamltree.py": 663}
"""Test modules that were longer when the limit came; none may grow."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Named = Function | ast.ClassDef


def modules() -> list[Any]:
    """Return every module of the package, as parameters."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return [pytest.param(path, id=path.relative_to(PACKAGE).as_posix()) for path in paths]


def texts() -> list[Any]:
    """Return every text under scripts/ and tests/, as parameters; what is built is none."""
    files = [path for top in ("scripts", "tests") for path in sorted((ROOT / top).rglob("*"))]
    kept = [p for p in files if p.is_file() and "__pycache__" not in p.parts]
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in kept]


every_module = pytest.mark.parametrize("path", modules())


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def public(body: list[ast.stmt], before: str = "") -> Iterator[tuple[str, Named]]:
    """Yield (dotted name, node) of what is public in a module, methods of its classes too."""
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield before + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{before}{node.name}.")


def lines_of(node: Function) -> int:
    """Return how many lines a function has, its decorators and its docstring left out."""
    first = node.body[0]
    docstring = ast.get_docstring(node) is not None
    said = (first.end_lineno or 0) - first.lineno + 1 if docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - said


@every_module
def test_a_module_is_of_a_length_that_one_can_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LIMIT


@every_module
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {node.name: lines_of(node) for node in functions(path)}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LIMIT} == {}


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.name) for p in sorted((ROOT / "tests").rglob("*.py"))]
)
def test_a_test_module_is_of_a_length_that_one_can_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(path.name, TEST_LIMIT)


@every_module
def test_a_module_and_all_that_is_public_in_it_say_what_they_are_for(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module)
    silent = [name for name, node in public(module.body) if not ast.get_docstring(node)]
    assert silent == []


@every_module
def test_a_docstring_begins_with_one_whole_sentence(path: Path) -> None:
    nodes = [(path.stem, tree(path)), *public(tree(path).body)]
    first = {name: (ast.get_docstring(node) or "").split("\n\n")[0] for name, node in nodes}
    loose = {name: said for name, said in first.items() if not said.endswith((".", "...", "::"))}
    assert loose == {}


@every_module
def test_names_say_what_a_thing_does(path: Path) -> None:
    empty = re.compile(r"manager|helper|utils|handler", re.IGNORECASE)
    names = [node.name for node in ast.walk(tree(path)) if isinstance(node, Named)]
    assert [name for name in [path.stem, *names] if empty.search(name)] == []


NO_EXAMPLE: Final = {
    "build.build_dataset": "writes files; README.md and `build --help` show it",
    "build.build_studies": "writes files",
    "build.refresh_generated": "writes files of the checkout",
    "cli.main": "ends the process",
    "verbs.options.stdin": "reads standard input",
    "ontologies.owlfile.main": "ends the process",
    "outside.main": "bounds the process that it is run in",
    "serving.nursery.main": "as outside.main",
    "serving.server.serve": "serves until it is stopped; docs/serve.md shows it",
    "paths.in_checkout": "differs between a checkout and a wheel",
    "paths.ontology_dir": "as data_root, whose example shows it",
    "paths.queries_dir": "as data_root",
    "paths.shapes_dir": "as data_root",
    "paths.studies_dir": "as data_root",
    "paths.terms_dir": "as data_root",
}
"""Functions whose docstring needs no example, and why not."""

OWED: Final = {
    "answers.jsonable",
    "bibliography.graph_node",
    "bibliography.header_triples",
    "bibliography.study_node",
    "bibliography.study_triples",
    "build.corpus_quads",
    "build.study_text",
    "build.term_quads",
    "dataset.dataset_quads",
    "identifiers.broader",
    "identifiers.broader_propositions",
    "identifiers.compose",
    "identifiers.label",
    "ontologies.mappings.read_mappings",
    "ontologies.ontology.check_consistency",
    "ontologies.ontology.projection",
    "showing.pages.claim_rows",
    "showing.pages.page",
    "quads.entity_triples",
    "quads.proposition_triples",
    "quads.reading",
    "quads.study_quads",
    "quads.wording",
    "queries.ask",
    "queries.by_variable",
    "queries.distinct",
    "queries.find_text",
    "showing.summary.summary",
    "validation.is_current",
}
"""Functions that still lack an example. This list may only shrink."""


def is_command(node: Named) -> bool:
    """Return whether a function is a command of the command line: its help is its example."""
    calls = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return any(isinstance(c, ast.Attribute) and c.attr in {"command", "group"} for c in calls)


@cache
def without_example() -> frozenset[str]:
    """Return ``module.function`` of each public function whose docstring shows no use of it."""
    return frozenset(
        f"{path.relative_to(PACKAGE).with_suffix('').as_posix().replace('/', '.')}.{node.name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in tree(path).body
        if isinstance(node, Function)
        and not node.name.startswith("_")
        and not is_command(node)
        and ">>>" not in (ast.get_docstring(node) or "")
    )


def test_each_public_function_shows_how_it_is_used() -> None:
    assert sorted(without_example() - OWED - NO_EXAMPLE.keys()) == []


def test_what_has_an_example_owes_none() -> None:
    assert sorted((OWED | NO_EXAMPLE.keys()) - without_example()) == []


SPARQL: Final = re.compile(r"\b(?:SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b[^\"']*[{?]")
BUILT: Final = {
    ("showing.pages", "claim_rows"): "_CLAIMS with one graph pattern put in",
    ("showing.summary", "_count"): "one graph pattern of _COUNTS put in",
    ("stores.readback", "_answer"): "names of graphs and predicates, as pyoxigraph writes terms",
    ("stores.readback", "_shares"): "names of predicates, as pyoxigraph writes terms",
    ("stores.binding", "parted"): "hexadecimal digits put into _PART",
    ("stores.staging", "_at_once"): "names of graphs and triples, as pyoxigraph writes terms",
    ("stores.staging", "_changed"): "names of graphs, as pyoxigraph writes terms",
    ("stores.staging", "_moved"): "names of graphs, as pyoxigraph writes terms",
    ("stores.turns", "in_turn"): "names of graphs and triples, as pyoxigraph writes terms",
    ("shapefiles", "_query"): "writes the files of shapes/, out of this module's constants",
}
"""Where a query's text is made of parts, each of them a constant of the same module."""

PASSED_ON: Final = {
    ("verbs.loading", "ask_store"): "what the user asked, guarded by each store",
    ("verbs.graphs", "_list_questions"): "each of the named questions",
    ("verbs.graphs", "query"): "what the user asked",
    ("graph", "query"): "what the caller asked",
    ("showing.pages", "_one"): "its callers pass constants",
    ("queries", "ask"): "the one door to the store",
    ("shapes", "query"): "pySHACL's own, out of shapes/",
    ("stores.remote", "_as_results"): "a constant of stores.binding",
    ("stores.disk", "query"): "as below",
    ("serving.sources", "answer"): "guarded where a worker is asked",
    ("stores.embedded", "query"): "guarded there",
}
"""Where a query's text is handed on as it came."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")


def constants(path: Path) -> dict[str, str]:
    """Return the texts that a module's own constants hold, by name."""
    found: dict[str, str] = {}
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        value = getattr(node, "value", None)
        if targets and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found |= {t.id: value.value for t in targets if isinstance(t, ast.Name)}
    return found


def is_joined(node: ast.AST) -> bool:
    """Return whether an expression makes a text out of parts."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "format_map", "join", "replace", "substitute"}
    )


def said_in(node: ast.AST, known: dict[str, str]) -> str:
    """Return the constant text in an expression, module constants looked up."""
    parts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    parts += [known[n.id] for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in known]
    return " ".join(part for part in parts if isinstance(part, str))


def builds_query(node: ast.AST, known: dict[str, str]) -> bool:
    """Return whether a query's text is put together anywhere in a piece of a module."""
    return any(is_joined(n) and SPARQL.search(said_in(n, known)) for n in ast.walk(node))


@every_module
def test_no_value_becomes_part_of_a_query(path: Path) -> None:
    known = constants(path)
    built = {(name_of(path), f.name) for f in functions(path) if builds_query(f, known)}
    assert built - BUILT.keys() == set()


@pytest.mark.parametrize(
    "source",
    [
        'f"SELECT * {{ <{iri}> ?p ?o }}"',
        '"SELECT * { <%s> ?p ?o }" % iri',
        '"ASK { ?s ?p " + value + " }"',
        '"CONSTRUCT {{ {0} }}".format(value)',
        '" ".join(["SELECT ?s", "{", pattern, "}"])',
        '"SELECT * { ?s ?p NAME }".replace("NAME", value)',
        "QUERY % value",
        "QUERY + value",
        'f"{QUERY} LIMIT {number}"',
    ],
)
def test_a_query_made_of_parts_is_seen(source: str) -> None:
    assert builds_query(ast.parse(source), {"QUERY": "SELECT * { ?s ?p ?o }"})


@pytest.mark.parametrize(
    "source", ['"SELECT * { ?s ?p ?o }"', 'f"select one of {names}"', '"a" + b', "QUERY"]
)
def test_what_is_no_query_or_not_made_of_parts_is_let_be(source: str) -> None:
    assert not builds_query(ast.parse(source), {"QUERY": "SELECT * { ?s ?p ?o }"})


@every_module
def test_the_store_is_asked_in_constant_texts(path: Path) -> None:
    known = constants(path)
    for function in functions(path):
        if (name_of(path), function.name) in PASSED_ON.keys() | BUILT.keys():
            continue
        own = constant_names(function) | known.keys()
        for text in asked(function):
            constant = isinstance(text, ast.Constant)
            assert constant or (isinstance(text, ast.Name) and text.id in own), ast.dump(text)


def asked(function: Function) -> Iterator[ast.expr]:
    """Yield what each call of the store, of `ask` or of `_one` in a function has as its text."""
    inner = {
        n
        for f in ast.walk(function)
        if isinstance(f, Function) and f is not function
        for n in ast.walk(f)
    }
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or node in inner:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr == "query":
            yield node.args[0]
        elif isinstance(node.func, ast.Name) and node.func.id in {"ask", "_one", "claim_rows"}:
            yield node.args[1]


def constant_names(function: Function) -> set[str]:
    """Return the local names that only ever stand for a constant text."""
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                values.setdefault(getattr(target, "id", ""), []).append(node.value)
    return {name for name, held in values.items() if all(isinstance(v, ast.Constant) for v in held)}


def test_the_parts_that_are_counted_are_constants() -> None:
    assigned = next(
        node.value
        for node in tree(PACKAGE / "showing" / "summary.py").body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_COUNTS"
    )
    assert isinstance(assigned, ast.Dict)
    assert all(isinstance(value, ast.Constant) for value in assigned.values)


def test_each_exception_for_queries_is_still_needed() -> None:
    there = {(name_of(p), f.name) for p in PACKAGE.rglob("*.py") for f in functions(p)}
    assert (BUILT.keys() | PASSED_ON.keys()) - there == set()


def test_the_public_names_are_sorted_and_complete() -> None:
    assert list(studyclaims.__all__) == sorted(studyclaims.__all__)
    assert list(studyclaims._HOMES) == studyclaims.__all__
    imports = [n for n in ast.walk(tree(PACKAGE / "__init__.py")) if isinstance(n, ast.ImportFrom)]
    typed = {
        (alias.name, (node.module or "").removeprefix("studyclaims."))
        for node in imports
        for alias in node.names
        if (node.module or "").startswith("studyclaims.")
    }
    assert typed == set(studyclaims._HOMES.items())


@pytest.mark.parametrize("name", studyclaims.__all__)
def test_a_public_name_is_what_its_module_has(name: str) -> None:
    module = import_module(f"studyclaims.{studyclaims._HOMES[name]}")
    assert getattr(studyclaims, name) is getattr(module, name)
    assert getattr(studyclaims, name).__doc__


def test_the_public_names_are_listed_before_they_are_used() -> None:
    assert set(studyclaims.__all__) <= set(dir(studyclaims))
    assert dir(studyclaims) == sorted(set(dir(studyclaims)))


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = studyclaims.nothing


MACHINE: Final = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "root", "home")) + r")(?:/|\b)")


def test_a_path_of_one_machine_is_seen() -> None:
    for folder in ("work", "root", "home"):
        assert MACHINE.search(f'open("/{folder}/x")')
        assert MACHINE.search(f"HOME=/{folder}")
        assert not MACHINE.search(f"https://example.org/{folder}/x and ../{folder}/x")
        assert not MACHINE.search(f"/{folder}s/x")


@pytest.mark.parametrize("path", texts())
def test_no_file_names_a_path_of_one_machine(path: Path) -> None:
    found = MACHINE.findall(path.read_bytes().decode("utf-8", errors="replace"))
    assert found == []


def test_the_lock_file_names_no_place_to_download_from() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"\S*(?:://|--index-url|--find-links|--extra-index)\S*", text) == []


def test_the_lock_file_pins_each_package_and_its_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    loose = [b for b in blocks if not re.match(r"[\w.\[\]-]+==\S+.*\\\n\s+--hash=sha256:", b)]
    assert loose == []


@cache
def settings() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        tool: dict[str, Any] = tomllib.load(file)["tool"]
    return tool


def test_warnings_are_errors_and_types_are_strict() -> None:
    assert settings()["pytest"]["ini_options"]["filterwarnings"][0] == "error"
    assert settings()["mypy"]["strict"] is True
    assert settings()["mypy"]["files"] == ["scripts", "tests"]


def test_the_linter_asks_for_as_much_as_it_did() -> None:
    lint = settings()["ruff"]["lint"]
    families = "E F W I UP B D N S SIM PTH PERF RET RUF C4 C901 T20 TC PLR0915 ANN ARG PT"
    assert set(families.split()) <= set(lint["select"])
    assert set(lint["ignore"]) <= {"D203", "D213", "D105", "D107"}
    assert lint["mccabe"]["max-complexity"] <= 8
    assert lint["pylint"]["max-statements"] <= FUNCTION_LIMIT
    assert settings()["ruff"]["line-length"] <= 100


def test_what_tests_pack_is_the_same_bytes_each_time() -> None:
    clocked = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "gzip.compress"
        and "mtime" not in {keyword.arg for keyword in call.keywords}
    ]
    assert clocked == [], "give mtime=0: a test's id may hold the bytes, and they hold the clock"
