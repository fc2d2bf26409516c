r"""The union of files of N-Triples and N-Quads, line by line: each statement once.

Two lines in the plain form are one statement just if they are one text, so that nothing need be
taken apart. Other lines are read by the parser and written anew in the plain form. Which lines each
source has, and at which number, stays in ``tables``.
"""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Quad, RdfFormat, serialize

from studyclaims.merging.buckets import Counted
from studyclaims.merging.kgxfiles import count_lines
from studyclaims.merging.lines import BLANK, IRI, STRING, TAG, mended_lines, parse_lines
from studyclaims.merging.readers.reading import EXACT
from studyclaims.merging.sql import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.table import Refused

_TEXT: Final = r'"(?:[^"\\\x00-\x1f\x7f]|\\[nr"\\])*"'
_NODE: Final = f"(?:{IRI}|{BLANK})"
_TYPED: Final = rf'\^\^{IRI.removesuffix("*>")}*[^\x00-\x20<>"{{}}|^`\\g]>'
_LINKING: Final = tuple(f"{name}> ".encode() for name in EXACT if "://" in name)
PLAIN: Final = rf"{IRI} {IRI} (?:{IRI}|{_TEXT}(?:{TAG}|{_TYPED})?)(?: {IRI})? \."
"""A line that no other text may stand for: no blank node, and no type that ends like `STRING`."""

NAMED: Final = rf"{_NODE} {IRI} (?:{_NODE}|{_TEXT}(?:{TAG}|\^\^{IRI})?)(?: {IRI})? \."
"""The same with blank nodes, which are named anew, and any type."""

_READ: Final = r"""
    copy (
        select hash(line) as k, line, row_number() over () as number,
            regexp_full_match(line, @plain) as known
        from read_csv(@path, delim = '\x01', quote = '', escape = '', comment = '', header = false,
            auto_detect = false, nullstr = '\x02', max_line_size = 2097152,
            columns = {'line': 'varchar'})
    ) to @target (format parquet, compression lz4_raw, dictionary_size_limit 1000)
"""
_NAMED: Final = r"""
    copy (
        select hash(line) as k, line, number, true as known from (
            select case when contains(line, '"') then regexp_replace(line, '^_:', @blank)
                else regexp_replace(line, '(^| )_:', '\1' || @blank, 'g') end as line, number
            from read_parquet(@rows)
            where not known and regexp_full_match(line, @named) and not contains(line, @string)
        )
    ) to @target (format parquet, compression lz4_raw)
"""
_OTHERS: Final = """
    select line, number from read_parquet(@rows)
    where not known and (not regexp_full_match(line, @named) or contains(line, @string))
"""
_PARSED: Final = """
    copy (select hash(line) as k, line, number, true as known from parsed)
    to @target (format parquet)
"""
_UNITED: Final = r"""
    copy (select distinct line from read_parquet(@rows) where known and @part)
    to @target (format csv, header false, delimiter '\x01', quote '', escape '')
"""


def read_union(
    db: Engine, path: Path, source: str, folder: Path
) -> tuple[list[Path], list[Refused], int]:
    r"""Read a file into tables of its lines, as `studyclaims.merging.lines.read_lines` does.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text('<x:a> <x:b> "c" .\n<x:a>  <x:b> <x:d> .\n')
    ...     made, refused, rows = read_union(db, file, "a", Path(name))
    ...     text = "select line, number from read_parquet(@made) where known"
    ...     db.rows(text, made=[str(it) for it in made])
    [('<x:a> <x:b> "c" .', 1), ('<x:a> <x:b> <x:d> .', 2)]
    """
    lines, named = folder / f"{source}.parquet", folder / f"{source}-named.parquet"
    aside = folder.parent / "quarantine" / f"{source}{path.suffix}"
    refused = _take(db, path, lines, folder, aside)
    table = {"rows": literal(lines), "named": literal(NAMED), "string": literal(f"<{STRING}>")}
    rows = known = db.count("select count(*) from read_parquet(@rows) where known", **table)
    made = [lines]
    if known != db.count("select count(*) from read_parquet(@rows)", **table):
        renamed = db.count(_NAMED, blank=literal(f"_:{source}."), target=literal(named), **table)
        parsed, lost = parse_lines(db.rows(_OTHERS, **table), path.name, aside)
        made += [named] if renamed else []
        refused += lost
        if parsed:
            made.append(folder / f"{source}-parsed.parquet")
            _write(db, [(plain_line(quad, source), number) for quad, number in parsed], made[-1])
        rows += renamed + len(parsed)
    return made, refused, rows + len(refused)


def _take(db: Engine, path: Path, target: Path, folder: Path, aside: Path) -> list[Refused]:
    """Write the lines of a file as Parquet; return those that are no text or too long."""
    import duckdb

    text = {"plain": literal(PLAIN), "target": literal(target)}
    try:
        if db.count(_READ, path=literal(path), **text) == count_lines(path):
            return []
    except duckdb.Error:
        # A line that is too long, or bytes that are no text.
        pass
    copy, refused = mended_lines(path, folder, aside)
    db.rows(_READ, path=literal(copy), **text)
    return refused


def plain_line(quad: Quad, source: str) -> str:
    """Return a quad as a line in the plain form; its blank nodes get the source's name.

    >>> from pyoxigraph import NamedNode
    >>> plain_line(Quad(BlankNode("a"), NamedNode("x:b"), NamedNode("x:c")), "s")
    '_:s.a <x:b> <x:c> .'
    """
    subject, item, graph = quad.subject, quad.object, quad.graph_name
    if isinstance(subject, BlankNode):
        subject = BlankNode(f"{source}.{subject.value}")
    if isinstance(item, BlankNode):
        item = BlankNode(f"{source}.{item.value}")
    if isinstance(graph, BlankNode):
        graph = BlankNode(f"{source}.{graph.value}")
    named = Quad(subject, quad.predicate, item, graph)
    return (serialize([named], format=RdfFormat.N_QUADS) or b"").decode().rstrip("\n")


def _write(db: Engine, rows: Sequence[tuple[str, int]], target: Path) -> None:
    import pyarrow as pa

    lines, numbers = zip(*rows, strict=True)
    columns = {"line": pa.array(lines, pa.string()), "number": pa.array(numbers, pa.int64())}
    db.take("parsed", pa.table(columns))
    db.rows(_PARSED, target=literal(target))


def unite(db: Engine, rows: Sequence[Path], parts: int, pieces: Sequence[Path]) -> Counted:
    r"""Write the lines of tables as N-Quads, each once; return how many there were and are.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<x:a> <x:b> <x:c> .\n" * 2)
    ...     made, refused, rows = read_union(db, file, "a", Path(name))
    ...     unite(db, made, 1, [Path(name, "out")])
    Counted(rows=2, merged=1)
    """
    read = f"[{', '.join(map(literal, rows))}]"
    merged = 0
    for part, piece in enumerate(pieces):
        condition = f"k % {parts} = {part}" if parts > 1 else "true"
        merged += db.count(_UNITED, rows=read, part=condition, target=literal(piece))
    known = db.count("select count(*) from read_parquet(@rows) where known", rows=read)
    return Counted(known, merged)


def links_anything(path: Path) -> bool:
    """Return whether any line of a file may say of two ids that they are one thing.

    >>> from pathlib import Path
    >>> links_anything(Path(__file__))
    False
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            return any(data.find(name) >= 0 for name in _LINKING)
