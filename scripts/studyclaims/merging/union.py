r"""The union of files of N-Triples and N-Quads, line by line: each statement once.

Two lines in the plain form are one statement just if they are one text, so that nothing need be
taken apart. Other lines are read by the parser and written anew in the plain form.

Where a statement stands is kept: ``repeated`` has those that stand in more than one place, with all
places (``merged_from``, as ``a 12|b 7``: the twelfth line of a, the seventh of b). Any other one
is in one row of ``tables`` alone. There each source has its lines: ``line``, ``number``, and
``known``, which is false for a line as it was before it got the plain form; the files of a source
are called by it up to the first dot.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph, Triple

from studyclaims.merging.buckets import Counted
from studyclaims.merging.kgxfiles import count_lines
from studyclaims.merging.lines import (
    ANY,
    BLANK,
    ENCODED,
    FIRST,
    HOST,
    IMPLIED,
    IRI,
    SCHEME,
    STRING,
    TAG,
    WIDE,
    mended_lines,
    parse_lines,
)
from studyclaims.merging.negation import DIFFERENT, MARKS
from studyclaims.merging.quoted import triple_text
from studyclaims.merging.readers.reading import EXACT
from studyclaims.merging.sql import file_literal, literal, literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.table import Refused

_TEXT: Final = '"(?:[^"\\\\\\x00-\\x1f\\x7f\ufffe\uffff]|\\\\[nr"\\\\])*"'
_NODE: Final = f"(?:{IRI}|{BLANK})"
_LINKING: Final = sorted(name for name in EXACT | DIFFERENT if "://" in name)
_NOTED: Final = (*_LINKING, *MARKS)


_LETTERS: Final = f"?:@!$&'()*+,;=._~-{ascii_letters}{digits}"


def _letter(but: str = "") -> str:
    """Return the expression for what the last part of an IRI is made of, but for some letters."""
    letters = _LETTERS.translate(dict.fromkeys(map(ord, but)))
    return f"(?:[{re.escape(letters)}]|{ENCODED})"


def _other_than(names: Iterable[str]) -> str:
    """Return the expression for all last parts of an IRI that are none of some names."""
    rests: dict[str, set[str]] = {}
    for name in filter(None, names):
        rests.setdefault(name[0], set()).add(name[1:])
    ways = [f"{first}{_other_than(rests[first])}" for first in sorted(rests)]
    ways.append(f"{_letter(''.join(rests))}{_letter()}*")
    return f"(?:{'|'.join(ways)}){'' if '' in names else '?'}"


def _iri_but(ends: set[str]) -> str:
    """Return the expression for IRIs in ASCII whose last part is none of some."""
    before = f"(?:{HOST}(?:[/?]{ANY})?|{FIRST}{ANY})".replace(WIDE, "")
    # What has no host may be a CURIE in the place of an IRI.
    bare = _other_than(name.partition(":")[2] for name in ends if ":" in name)
    return f"<{SCHEME}(?:{before}[#/]{_other_than(ends)}|{bare})>"


_PREDICATE: Final = _iri_but({name.replace("#", "/").rpartition("/")[2] for name in _NOTED})
_TYPED: Final = rf"\^\^{_iri_but({name.rpartition('#')[2] for name in IMPLIED})}"
PLAIN: Final = rf"{IRI} {_PREDICATE} (?:{IRI}|{_TEXT}(?:{TAG}|{_TYPED})?)(?: {IRI})? \."
"""A line that no other text may stand for, and that links no ids and tells of no claim.

It has no blank node, no type that ends like those of `IMPLIED`, and no predicate that ends like one
of those by which two ids are one thing, or by which something is told of a claim or a denial; so
whether a file says any of that is known without looking a second time.
"""

NAMED: Final = rf"{_NODE} {IRI} (?:{_NODE}|{_TEXT}(?:{TAG}|\^\^{IRI})?)(?: {IRI})? \."
"""The same with blank nodes, which are named anew, and any type."""

_READ: Final = r"""
    copy (
        select hash(line) as k, line, row_number() over () as number,
            regexp_full_match(line, @plain) as known
        from read_csv(@path, delim = '\x01', quote = '', escape = '', comment = '', header = false,
            auto_detect = false, nullstr = '\x02', max_line_size = 2097152,
            columns = {'line': 'varchar'})
    ) to @target (format parquet, compression snappy, dictionary_size_limit 1000)
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
_REPEATED: Final = """
    create or replace temp table repeated as
    select k from read_parquet(@rows) where known and @part group by k having count(*) > 1
"""
_GROUPS: Final = """
    create or replace temp table groups as
    select line, list(place) as places, min(place) as first
    from (
        select k, line, known, ((@owners)[file_index::bigint + 1] << 40) | number as place
        from read_parquet(@rows)
    ) where known and @part and k in (select k from repeated) group by line order by first
"""
_PLACES: Final = """
    copy (
        select line, array_to_string(list_transform(list_sort(places), lambda it:
            @named[(it >> 40) + 1] || (it & 1099511627775)), '|') as merged_from
        from groups where len(places) > 1
    ) to @target (format parquet, compression snappy, dictionary_size_limit 1000)
"""
_UNITED: Final = r"""
    copy (
        select line from read_parquet(@rows) as r
        where known and @part and not exists (select 1 from repeated where repeated.k = r.k)
        union all
        select line from groups
    ) to @target (format csv, header false, delimiter '\x01', quote '', escape '')
"""
_SAID: Final = """
    select count(*) from (
        select 1 from read_parquet(@rows)
        where known and regexp_matches(line, @form) limit 1
    )
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
    lines, named = folder / f"{source}.parquet", folder / f"{source}.named.parquet"
    aside = folder.parent / "quarantine" / f"{source}{path.suffix}"
    refused = _take(db, path, lines, folder)
    table = {"rows": literal(lines), "named": literal(NAMED), "string": literal(f"<{STRING}>")}
    rows = known = db.count("select count(*) from read_parquet(@rows) where known", **table)
    made = [lines]
    if known != db.count("select count(*) from read_parquet(@rows)", **table):
        renamed = db.count(_NAMED, blank=literal(f"_:{source}."), target=literal(named), **table)
        parsed, refused = parse_lines(db.rows(_OTHERS, **table), path, aside, refused)
        made += [named] if renamed else []
        if parsed:
            made.append(folder / f"{source}.parsed.parquet")
            _write(db, [(plain_line(quad, source), number) for quad, number in parsed], made[-1])
        rows += renamed + len(parsed)
    return made, refused, rows + len(refused)


def _take(db: Engine, path: Path, target: Path, folder: Path) -> list[Refused]:
    """Write the lines of a file as Parquet; return those that are no text or too long."""
    import duckdb

    text = {"plain": literal(PLAIN), "target": literal(target)}
    try:
        if db.count(_READ, path=file_literal(path), **text) == count_lines(path):
            return []
    except duckdb.Error:
        # A line that is too long, or bytes that are no text.
        pass
    copy, refused = mended_lines(path, folder)
    db.rows(_READ, path=file_literal(copy), **text)
    return refused


def plain_line(quad: Quad, source: str) -> str:
    """Return a quad as a line in the plain form; its blank nodes get the source's name.

    >>> from pyoxigraph import NamedNode, Quad
    >>> plain_line(Quad(BlankNode("a"), NamedNode("x:b"), NamedNode("x:c")), "s")
    '_:s.a <x:b> <x:c> .'
    """

    def text(term: object) -> str:
        if isinstance(term, Triple):
            return triple_text(term, text)
        return f"_:{source}.{term.value}" if isinstance(term, BlankNode) else str(term)

    terms = [quad.subject, quad.predicate, quad.object]
    terms += [] if isinstance(quad.graph_name, DefaultGraph) else [quad.graph_name]
    return f"{' '.join(map(text, terms))} ."


def _write(db: Engine, rows: Sequence[tuple[str, int]], target: Path) -> None:
    import pyarrow as pa

    lines, numbers = zip(*rows, strict=True)
    columns = {"line": pa.array(lines, pa.string()), "number": pa.array(numbers, pa.int64())}
    db.take("parsed", pa.table(columns))
    db.rows(_PARSED, target=literal(target))


def unite(
    db: Engine, rows: Sequence[tuple[str, Path]], pieces: Sequence[Path], folder: Path
) -> Counted:
    r"""Write the lines of tables as N-Quads, each once; return how many there were and are.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<x:a> <x:b> <x:c> .\n" * 2)
    ...     made, refused, rows = read_union(db, file, "a", Path(name))
    ...     unite(db, [("a", path) for path in made], [Path(name, "out")], Path(name, "places"))
    ...     db.rows("select * from read_parquet(@it)", it=f"'{Path(name, 'places')}/*.parquet'")
    Counted(rows=2, merged=1)
    [('<x:a> <x:b> <x:c> .', 'a 1|a 2')]

    Args:
        db: the engine.
        rows: each source, and a table of its lines; those of a source stand together.
        pieces: the files to be written, one for each part in which it is done.
        folder: where the places of lines that stand in more than one go.
    """
    folder.mkdir()
    names = list(dict.fromkeys(source for source, _ in rows))
    known = {
        "rows": literals(path for _, path in rows),
        "named": literals(f"{name} " for name in names),
        "owners": f"{[names.index(source) for source, _ in rows]}::bigint[]",
    }
    merged = 0
    for part, piece in enumerate(pieces):
        known["part"] = f"k % {len(pieces)} = {part}" if len(pieces) > 1 else "true"
        db.rows(_REPEATED, **known)
        db.rows(_GROUPS, **known)
        with db.in_order():
            merged += db.count(_UNITED, target=literal(piece), **known)
        db.rows(_PLACES, target=literal(folder / f"part-{part}.parquet"), **known)
    count = "select count(*) from read_parquet(@rows) where known"
    return Counted(db.count(count, **known), merged)


def links_anything(db: Engine, rows: Sequence[Path]) -> bool:
    r"""Return whether any line says of two ids that they are one thing.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<x:a> <http://www.w3.org/2002/07/owl#sameAs> <x:c> .\n")
    ...     links_anything(db, read_union(db, file, "a", Path(name))[0])
    True

    Args:
        db: the engine.
        rows: the tables of lines that `read_union` made, of any number of files.
    """
    return _says(db, rows, f"^<[^ ]+ <(?:{_either(_LINKING)})> <")


def tells_anything(db: Engine, rows: Sequence[Path]) -> bool:
    r"""Return whether any line tells of a claim of ours or of a denial.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text('_:a <https://w3id.org/biolink/vocab/negated> "true" .\n')
    ...     tells_anything(db, read_union(db, file, "a", Path(name))[0])
    True

    Args:
        db: the engine.
        rows: the tables of lines that `read_union` made, of any number of files.
    """
    return _says(db, rows, f"^[^ ]+ <(?:{_either(MARKS)})> ")


def _either(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def _says(db: Engine, rows: Sequence[Path], form: str) -> bool:
    """Return whether any line begins in a form; what is `PLAIN` does not, so it is not read."""
    others = [path for path in rows if "." in path.stem]
    text = {"rows": literals(others), "form": literal(form)}
    return bool(others) and db.count(_SAID, **text) > 0
