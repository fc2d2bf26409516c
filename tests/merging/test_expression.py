"""The merge as an expression of Ibis gives the rows that our own merge gives."""

from __future__ import annotations

import atexit
import json
from collections import Counter
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.peers import generated
from environments import EnvironmentMissingError
from spark import cluster
from studyclaims.errors import QueryError
from studyclaims.merging.engine import Engine, engine
from studyclaims.merging.kgxfiles import KgxFile
from studyclaims.merging.kgxmerge import merge_kgx
from studyclaims.merging.merge import merge
from studyclaims.merging.statements import Read, merge_statements
from studyclaims.merging.table import PROPERTY, SAID, STATEMENT, Admission, schema

ibis = pytest.importorskip("ibis", reason="the extra `cluster` is not installed: no Ibis here")

from studyclaims.merging.expression import NEEDED, merged  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, str | None]

KINDS: Final = tuple(NEEDED)
ENGINES: Final = ExitStack()
atexit.register(ENGINES.close)

LEADERS: Final = {"B:1": "A:1", "C:1": "A:1", "p|q": "A:1", "\U00010000": "A:2", "g:n": "A:9"}
IDS: Final = ("A:1", "B:1", "C:1", "p|q", "\U00010000", "\uffee", "A:9")
HAS: Final = "http://www.nanopub.org/nschema#hasAssertion"
FROZEN: Final = ("g:f",)

every_kind = pytest.mark.parametrize("kind", KINDS)
either_way = pytest.mark.parametrize("rewrite", [False, True], ids=["links", "rewrite"])


@cache
def shared() -> Engine:
    """Return an engine of DuckDB, which is made once."""
    spill = Path(ENGINES.enter_context(TemporaryDirectory()))
    return ENGINES.enter_context(engine(spill))


def texts(names: Sequence[str], name: str = "rows") -> Any:  # noqa: ANN401
    """Return a table of texts that no engine has yet."""
    return ibis.table(dict.fromkeys(names, "string"), name=name)


@cache
def asked(kind: str, names: tuple[str, ...], *, rewrite: bool) -> str:
    """Return what DuckDB is asked for the merge of a table with these columns."""
    leaders = texts(("id", "canonical"), "leaders") if rewrite else None
    frozen = FROZEN if kind == "statements" else ()
    made: str = ibis.to_sql(merged(kind, texts(names), leaders, frozen=frozen), dialect="duckdb")
    return made


def take(name: str, names: Sequence[str], rows: Sequence[Mapping[str, str | None]]) -> None:
    import pyarrow as pa

    columns = {c: pa.array([row.get(c) for row in rows], pa.string()) for c in names}
    shared().take(name, pa.table(columns))


def give_leaders() -> None:
    rows = [{"id": it, "canonical": other} for it, other in LEADERS.items()]
    take("leaders", ("id", "canonical"), rows)


def by_expression(kind: str, rows: Sequence[Row], names: Sequence[str], *, rewrite: bool) -> Any:  # noqa: ANN401
    take("rows", names, rows)
    made = shared().rows(asked(kind, tuple(names), rewrite=rewrite))
    # What is nothing is null in tables of KGX, on every engine.
    assert kind in ("statements", "properties") or not any("" in row for row in made)
    return counted(made)


def counted(rows: Sequence[Sequence[str | None]]) -> Counter[tuple[str, ...]]:
    """Return how often each row is there; in a table of text, nothing is an empty text."""
    return Counter(tuple(cell or "" for cell in row) for row in rows)


def by_hand(kind: str, sources: Sequence[Sequence[Row]], *, rewrite: bool) -> Any:  # noqa: ANN401
    """Return what our own merge makes of rows."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if kind in ("statements", "properties"):
            return _statements_by_hand(kind, sources, folder, rewrite=rewrite)
        files = [_written(kind, f"s{at}", rows, folder) for at, rows in enumerate(sources)]
        merge_kgx(shared(), files, folder, rewrite=rewrite)
        lines = (folder / f"{kind}.tsv").read_bytes().decode().removesuffix("\n").split("\n")
        return counted([line.split("\t") for line in lines[1:]])


def _written(kind: str, source: str, rows: Sequence[Row], folder: Path) -> KgxFile:
    header = tuple(name for name in rows[0] if name not in ("source", "record"))
    lines = ["\t".join(row[name] or "" for name in header) for row in rows]
    path = folder / f"{source}_{kind}.tsv"
    path.write_bytes("".join(f"{line}\n" for line in ("\t".join(header), *lines)).encode())
    return KgxFile(path, path, source, kind, header, len(rows))


def _statements_by_hand(
    kind: str, sources: Sequence[Sequence[Row]], folder: Path, *, rewrite: bool
) -> Any:  # noqa: ANN401
    import pyarrow as pa

    read = []
    columns = STATEMENT if kind == "statements" else PROPERTY
    for at, rows in enumerate(sources):
        path = folder / f"s{at}.parquet"
        with Admission(shared(), path, columns) as it:
            it.add(pa.RecordBatch.from_pylist(rows, schema=schema(columns)))
        said = [path] if kind == "statements" else []
        told = [path] if kind == "properties" else []
        read.append(Read(path, f"s{at}", said, told, frozen=frozenset(FROZEN)))
    merge_statements(shared(), read, folder, rewrite=rewrite)
    made = shared().rows("select * from read_parquet('@folder/*.parquet')", folder=folder / kind)
    return counted(made)


def statement(s: str, o: str, record: str, **more: str) -> Row:
    row: Row = dict.fromkeys(STATEMENT, "")
    return row | {"s": s, "p": "p", "o": o, "o_kind": "iri", "source_record": record} | more


def told(of: str, value: str, **more: str) -> Row:
    row: Row = dict.fromkeys(PROPERTY, "")
    return row | {"id": of, "property": "name", "value": value, "o_kind": "literal"} | more


def edge(s: str, o: str, **more: str | None) -> Row:
    row: Row = {"subject": s, "predicate": "p", "object": o, "publications": None}
    return row | more


def node(of: str, name: str | None, **more: str | None) -> Row:
    return {"id": of, "name": name} | more


TABLES: Final[dict[str, list[list[Row]]]] = {
    "statements": [
        [
            statement("A:1", "B:1", "r2"),
            statement("A:1", "B:1", "r1|r0"),
            statement("B:1", "B:1", "r3"),
            statement("p|q", "C:1", "r4"),
            statement("_:s0b", "B:1", "r9"),
            statement("A:1", "B:1", "r5", o_kind="literal"),
            statement("A:1", "B:1", "r5", o_kind="literal", lang="en"),
            statement("A:1", "B:1", "r5", o_kind="literal", datatype="xsd:string"),
            statement("A:1", "B:1", "r5", more='{"negated": "true"}'),
        ],
        [
            statement("A:1", "B:1", "\uffee"),
            statement("A:1", "B:1", "\U00010000"),
            statement("A:1", "B:1", "r5", o_kind="literal", lang="en"),
            statement("B:1", "C:1", "r6", g="g:f"),
            statement("B:1", "C:1", "r6", g="g:o"),
            statement("g:n", "g:a", "r7", g="g:h", p=HAS),
            statement("B:1", "C:1", "r8", g="g:a"),
            statement("g:n", "C:1", "r8", g="g:h"),
            statement("B:1", "C:1", "r8", g="g:n"),
        ],
    ],
    "properties": [
        [told("A:1", "one"), told("A:1", "one", lang="en"), told("B:1", "one")],
        [told("A:1", "one"), told("p|q", "one"), told("p|q", "two"), told("\uffee", "two")],
    ],
    "edges": [
        [
            edge("A:1", "B:1", id="e2", publications="P:2|P:1"),
            edge("A:1", "B:1", id="e|1", publications="P:1"),
            edge("B:1", "B:1", id=None, publications="P:9|P:3"),
            edge("p|q", "C:1", id="e5"),
            edge("A:9", "C:1", id="e6", publications="P:9|P:8"),
        ],
        [
            edge("A:1", "B:1", negated="true"),
            edge("A:1", "B:1", negated=None),
            edge("A:1", "B:1", publications="P:\U00010000|P:\uffee", negated=None),
        ],
        [
            edge("A:1", "B:1", merged_from="x e1|y e2", original_subject="Z:1", id="e3"),
            edge("C:1", "B:1", merged_from=None, original_subject="Z:2", id="e4"),
            edge("C:1", "B:1", merged_from="y e2", original_subject=None, id="e0"),
        ],
    ],
    "nodes": [
        [
            node("C:1", "third", category="c", synonym=None),
            node("B:1", "second|2nd", category="d|c", synonym="zeroth|x"),
            node("A:1", "zeroth", category=None, synonym=None),
            node("p|q", None, category=None, synonym="2nd"),
            node("\U00010000", "b", category=None, synonym="s||t"),
            node("A:9", "a", category="d|c", synonym="b|a"),
            node("A:4", "a", category=None, synonym="a"),
            node("A:4", "a", category=None, synonym="a|a"),
            node("A:5", None, category=None, synonym="t"),
            node("A:5", None, category=None, synonym="s"),
            node("A:6", "a", category=None, synonym="b"),
            node("A:6", "b", category=None, synonym="c"),
            node("A:7", "a", category=None, synonym="b"),
            node("A:7", "a", category=None, synonym="c"),
        ],
        [
            node("A:1", "zeroth", xref="X:1"),
            node("A:9", "a", xref="X:2|X:1"),
            node("A:9", "a", xref=None),
            node("A:2", None, xref="X:2"),
            node("\U00010000", "a", xref="X:2"),
            node("\uffee", None, xref=None),
            node("\uffee", None, xref=None),
        ],
        [node("A:3", "a", merged_from="x A:3|y A:3"), node("A:3", "b", merged_from=None)],
    ],
}
"""Tables of each kind, source by source: each role of a column, and each way that a row can go."""


def named(kind: str, sources: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Return tables of statements and properties with their sources; those of KGX as they are."""
    if kind in ("edges", "nodes"):
        return [list(table) for table in sources]
    return [[{**row, "source": f"s{at}"} for row in table] for at, table in enumerate(sources)]


def whole(kind: str, sources: Sequence[Sequence[Row]]) -> tuple[list[Row], list[str]]:
    """Return the rows of all sources as one table, each with its source, and the columns."""
    record = "source_record" if kind == "statements" else "record"
    rows: list[Row] = []
    for at, table in enumerate(sources):
        for line, row in enumerate(table, 2):
            made = {**row, "source": f"s{at}"}
            if kind == "edges" and "id" not in row:
                made[record] = f"line {line}"
            rows.append(made)
    names = dict.fromkeys(name for row in rows for name in row)
    return rows, [*names, *({record} if kind in ("edges", "nodes") else set()) - names.keys()]


def require_same(kind: str, sources: Sequence[Sequence[Row]], *, rewrite: bool) -> None:
    """Fail where the expression and our own merge differ in any row."""
    give_leaders()
    full = named(kind, sources)
    rows, names = whole(kind, full)
    found = by_expression(kind, rows, names, rewrite=rewrite)
    assert found == by_hand(kind, full, rewrite=rewrite)


@every_kind
@either_way
def test_each_way_that_a_row_can_go_is_that_of_our_own_merge(kind: str, rewrite: bool) -> None:
    require_same(kind, TABLES[kind], rewrite=rewrite)


POOLS: Final[dict[str, tuple[str, ...]]] = {
    "p": ("p", HAS),
    "o_kind": ("iri", "literal"),
    "g": ("", "g:f", "g:o", "A:1"),
    "more": ("", "{}"),
    "lang": ("", "en"),
    "datatype": ("", "xsd:string"),
    "predicate": ("p",),
    "property": ("name",),
    "source_record": ("r1", "r|2", "\uffee"),
}
LISTS: Final = ("", "a", "a|b", "b|a", "a||c", "\uffee|\U00010000", "\U00010000")
FEW: Final = settings().max_examples // 5
"""Of how many examples a law is tried on here, a part: each takes two merges."""

MUST: Final = ("subject", "object", "s", "o")


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[Row]]]:
    """Draw a kind, and rows of it with the columns that each of its tables above has."""
    kind = draw(st.sampled_from(KINDS))
    sources: list[list[Row]] = []
    for names in [tuple(table[0]) for table in TABLES[kind]]:
        cells: dict[str, st.SearchStrategy[str]] = {}
        for name in names:
            ids = name in MUST or (name == "id" and kind != "edges")
            cells[name] = st.sampled_from(IDS if ids else POOLS.get(name, LISTS))
        drawn = draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=6))
        sources.append([dict(row) for row in drawn])
    return kind, sources


def without_empty(sources: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Return the rows of tables of KGX as they are read: what is empty is nothing."""
    return [[{name: cell or None for name, cell in row.items()} for row in t] for t in sources]


@settings(max_examples=FEW)
@given(drawn=tables(), rewrite=st.booleans())
def test_any_rows_become_what_our_own_merge_makes_of_them(
    drawn: tuple[str, list[list[Row]]], rewrite: bool
) -> None:
    kind, sources = drawn
    kgx = kind in ("edges", "nodes")
    require_same(kind, without_empty(sources) if kgx else sources, rewrite=rewrite)


def test_no_name_of_a_column_does_harm() -> None:
    names = ("k", "SELECT", 'a"b', "it's", "led_u1", "u0", "name", "rows", "a.b", "`")
    row = edge("B:1", "C:1", id="e1") | dict.fromkeys(names, "=1+1\"'")
    require_same("edges", [[row, row]], rewrite=True)


def test_what_cannot_be_merged_is_told_before_an_engine_is_asked() -> None:
    rows = texts(("id", "source"))
    with pytest.raises(QueryError, match="found 'triples'; expected one of statements, prop"):
        merged("triples", rows)
    with pytest.raises(QueryError, match="nodes: found the columns 'id', 'source'; expected also"):
        merged("nodes", rows)
    with pytest.raises(QueryError, match=r"leaders: .* expected also canonical"):
        merged("nodes", texts(NEEDED["nodes"]), rows)
    typed = ibis.table({"id": "int64", "source": "string", "record": "string"}, name="rows")
    with pytest.raises(QueryError, match=r"nodes: expected text; found id \(int64\); read all"):
        merged("nodes", typed)


def test_a_column_that_no_statement_has_is_left_out() -> None:
    hashed = texts(STATEMENT).mutate(k=ibis.literal(1))
    assert merged("statements", hashed).columns == (*SAID, "merged_from")


ROWS: Final = 100_000
TSV: Final = "read_csv('{}', delim = '\t', quote = '', header = true, all_varchar = true)"
SAME: Final = """
    select (select count(*) from '@wanted'),
        (select count(*) from (select * from '@wanted' except all select * from '@made')),
        (select count(*) from (select * from '@made' except all select * from '@wanted'))
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with, of each kind, the rows, the leaders, and what our own merge makes."""
    from pyarrow import parquet

    top = tmp_path_factory.mktemp("merged")
    generated.generate(ROWS, top)
    tables, mappings = sorted(top.glob("s*.tsv")), top / "map.sssom.tsv"
    for kind in KINDS:
        (top / "tables" / kind).mkdir(parents=True)
    merge([*tables, mappings], top / "kgx", rewrite=True)
    for kind in ("edges", "nodes"):
        made = [
            f"select *, '{path.name[:2]}' as source, null::varchar as record from "  # noqa: S608
            + TSV.format(path)
            for path in tables
            if path.stem.endswith(kind)
        ]
        wanted = TSV.format(top / "kgx" / f"{kind}.tsv")
        keep(top / "tables" / kind, " union all ".join(made), f"from {wanted}", top / "kgx")
    mixed = [path for path in tables if not path.name.startswith("s0")]
    merge([top / "s0.nt", *mixed, mappings], top / "graph", rewrite=True)
    for kind, columns in (("statements", STATEMENT), ("properties", PROPERTY)):
        read = [
            str(path)
            for path in sorted((top / "graph" / "tables").glob("*.parquet"))
            if path.name.partition(".")[0] != "map"
            and set(parquet.read_schema(path).names) == {"k", *columns}
        ]
        rows = f"select * from read_parquet({read})"  # noqa: S608
        wanted = f"from '{top / 'graph' / kind}/*.parquet'"
        keep(top / "tables" / kind, rows, wanted, top / "graph")
    return top / "tables"


def keep(place: Path, rows: str, wanted: str, out: Path) -> None:
    """Write what DuckDB answers into a folder, and the leaders that a merge found."""
    links = TSV.format(out / "links.sssom.tsv")
    leaders = f"select subject_id as id, object_id as canonical from {links}"  # noqa: S608
    for name, text in (("rows", rows), ("wanted", wanted), ("leaders", leaders)):
        target = place / f"{name}.parquet"
        shared().rows("copy (@text) to '@target' (format parquet)", text=text, target=target)


def require_wanted(place: Path, made: Path | str) -> int:
    """Fail where a merged table is not the one that is wanted; return how many rows it has."""
    names = {"wanted": place / "wanted.parquet", "made": made}
    number, lost, new = shared().rows(SAME, **names)[0]
    assert (place.name, lost, new) == (place.name, 0, 0)
    return int(number)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_many_rows_are_merged_alike_on_duckdb(prepared: Path, tmp_path: Path) -> None:
    db = ibis.duckdb.connect()
    sizes = {}
    for kind in KINDS:
        place, made = prepared / kind, tmp_path / f"{kind}.parquet"
        rows, leaders = (db.read_parquet(place / f"{it}.parquet") for it in ("rows", "leaders"))
        db.to_parquet(merged(kind, rows, leaders), made)
        sizes[kind] = require_wanted(place, made)
    db.disconnect()
    assert min(sizes.values()) > ROWS // 20, sizes


@pytest.fixture(scope="module")
def spark_python() -> Path:
    """Python of the environment of Spark; skips where it cannot be made."""
    try:
        return cluster.interpreter()
    except EnvironmentMissingError as missing:
        pytest.skip(f"Spark cannot be had here: {missing}")


@pytest.mark.slow
def test_a_cluster_of_spark_merges_the_same(
    prepared: Path,
    spark_python: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables = tmp_path / "tables"
    wanted = {kind: few_written(tables / f"{kind}-few", kind) for kind in KINDS}
    for kind in KINDS:
        (tables / kind).symlink_to(prepared / kind)
    work = tmp_path / "cluster"
    work.mkdir()
    with cluster.running(spark_python, work) as spark:
        assert [it["state"] for it in spark.told()["workers"]] == ["ALIVE", "ALIVE"]
        told = cluster.submit(spark, cluster.HERE / "merge.py", tables, *FROZEN)
        applications = [it["state"] for it in spark.told()["completedapps"]]
        executors = spark.executors()
        assert len(cluster.left(work)) >= 3
    with capsys.disabled():
        print(f"\n{json.dumps(told)}")  # noqa: T201 - what was tested, and how long it took
    assert applications == ["FINISHED"]
    assert told["executors"] == 2
    for (log,) in executors:
        assert "Successfully registered with driver" in log
        assert "Finished task" in log
    for kind in KINDS:
        require_wanted(prepared / kind, tables / kind / "merged" / "*.parquet")
        few = tables / f"{kind}-few" / "merged"
        found = shared().rows("select * from '@few/*.parquet'", few=few)
        assert counted(found) == wanted[kind]
    assert cluster.left(work) == []


def few_written(place: Path, kind: str) -> Any:  # noqa: ANN401
    """Write the small tables of a kind for a cluster; return what our own merge makes of them."""
    place.mkdir(parents=True)
    give_leaders()
    sources = named(kind, TABLES[kind])
    rows, names = whole(kind, sources)
    take("rows", names, rows)
    for name in ("rows", "leaders"):
        target = place / f"{name}.parquet"
        shared().rows("copy @name to '@target' (format parquet)", name=name, target=target)
    return by_hand(kind, sources, rewrite=True)
