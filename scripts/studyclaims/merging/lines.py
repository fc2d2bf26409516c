r"""N-Triples and N-Quads in bulk: most lines are taken apart as text, the others by a parser.

A line in the plain form that nearly all programs write is told by one expression, which lets no
illegal name through; what it does not know, such as a comment, a tab or a ``\u`` escape, goes to
the parser line by line. A line that the parser refuses is set aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from studyclaims.merging.kgxfiles import LINE_LIMIT, count_lines, line_fault
from studyclaims.merging.quoted import KIND, triple_text
from studyclaims.merging.sql import file_literal, literal
from studyclaims.merging.table import STATEMENT, Admission, Refused, pa_batch
from studyclaims.outside import STAR_LIMIT
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.merging.engine import Engine

FORMS: Final = frozenset({".nt", ".nq"})
STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
IMPLIED: Final = frozenset(
    {
        STRING,
        *(
            f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{it}"
            for it in ("langString", "dirLangString")
        ),
    }
)
"""The types of texts, which a text's form tells."""

# RFC 3987; what is rarer, as a user before the host or a sign of a plane beyond the first, goes to
# the parser, though it may be right.
SIGNS: Final = "!$&'()*+,;=._~A-Za-z0-9-"
WIDE: Final = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
ENCODED: Final = "%[0-9A-Fa-f]{2}"
SCHEME: Final = "[A-Za-z][A-Za-z0-9+.-]*:"
ANY: Final = f"(?:[/?:@{WIDE}{SIGNS}]|{ENCODED})*"
HOST: Final = f"//(?:[{WIDE}{SIGNS}]|{ENCODED})*(?::[0-9]*)?"
FIRST: Final = f"(?:[?:@{WIDE}{SIGNS}]|{ENCODED})"
IRI: Final = f"<{SCHEME}(?:{HOST}(?:[/?]{ANY})?|/?(?:{FIRST}{ANY})?)(?:#{ANY})?>"
BLANK: Final = r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_TEXT: Final = r'"(?:[^"\\\x00-\x1f]|\\[tbnrf"\'\\])*"'
TAG: Final = "@[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:--(?:ltr|rtl))?"
_TRIPLE: Final = rf"(?:{IRI}|{BLANK}) {IRI} (?:{IRI}|{BLANK}|{_TEXT}(?:{TAG}|\^\^{IRI})?)"
_PLAIN: Final = rf"{_TRIPLE}(?: (?:{IRI}|{BLANK}))? \."

_READ: Final = r"""
    create or replace temp table lines as
    select line, row_number() over () as number, regexp_full_match(line, @plain) as known
    from read_csv(@path, delim = '\x01', quote = '', escape = '', comment = '', header = false,
        auto_detect = false, nullstr = '\x02', max_line_size = 2097152,
        columns = {'line': 'varchar'})
"""
_ROWS: Final = r"""
    copy (
        select hash(s, p, o, o_kind, datatype, lang, g, more) as k, * from (
            select @subject as s, p[2:-2] as p,
                case when kind = '<' then object[2:-2] when kind = '_' then @blank || object[3:]
                    when contains(object, '\') then @unescaped else object[2:closing - 1] end as o,
                case kind when '<' then 'iri' when '_' then 'blank' else 'literal' end as o_kind,
                case when kind = '"' and object[closing + 1] = '^'
                    and object[closing + 4:-2] <> @string
                    then object[closing + 4:-2] else '' end as datatype,
                case when kind = '"' and object[closing + 1] = '@'
                    then object[closing + 2:] else '' end as lang,
                case when graph[1] = '<' then graph[2:-2]
                    when graph[1] = '_' then @blank || graph[3:] else '' end as g,
                @source as source, number::varchar as source_record, '' as more
            from (
                select *, object[1] as kind, case when object[1] = '"'
                    then length(object) - strpos(reverse(object), '"') + 1 end as closing
                from (@split)
            )
        )
    ) to @target (format parquet, compression lz4_raw, dictionary_size_limit 1000)
"""
_TRIPLES: Final = """
    select number, line[:a - 1] as subject, line[a + 1:a + b - 1] as p,
        line[a + b + 1:-3] as object, '' as graph
    from (
        select *, strpos(line[a + 1:], ' ') as b
        from (select line, number, strpos(line, ' ') as a from lines where known)
    )
"""
_QUADS: Final = r"""
    select number, parts[1] as subject, parts[2] as p, parts[3] as object, parts[4] as graph
    from (
        select number, regexp_extract_all(line,
            '<[^>]*>|_:[^ ]*|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?') as parts
        from lines where known
    )
"""
_ESCAPES: Final = {"t": 9, "b": 8, "n": 10, "r": 13, "f": 12, '"': 34, "''": 39}


def _unescaped(text: str) -> str:
    """Return how a text's escapes are undone: two backslashes first, lest one of them be taken."""
    text = rf"replace({text}, '\\', chr(1))"
    for letter, code in _ESCAPES.items():
        text = rf"replace({text}, '\{letter}', chr({code}))"
    return rf"replace({text}, chr(1), '\')"


def read_lines(
    db: Engine, path: Path, source: str, folder: Path
) -> tuple[list[Path], list[Refused], int]:
    r"""Read a file into Parquet; return the files made, what was set aside, and how many rows.

    Lines that hold no statement, as comments, are no rows.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text('<x:a> <x:b> "c" .\n<x:a> <x:b> <d> .\n# no row\n')
    ...     made, refused, rows = read_lines(db, file, "a", Path(name))
    >>> len(made), refused[0].place, rows
    (1, '2', 2)
    """
    plain, other = folder / f"{source}.parquet", folder / f"{source}.parsed.parquet"
    blank = literal(f"_:{source}.")
    quads = path.suffix.lower() == ".nq"
    aside = folder.parent / "quarantine" / f"{source}{path.suffix}"
    lost = take_lines(db, path, _PLAIN, folder)
    known = db.count(
        _ROWS,
        split=_QUADS if quads else _TRIPLES,
        subject=f"case when subject[1] = '<' then subject[2:-2] else {blank} || subject[3:] end",
        blank=blank,
        unescaped=_unescaped("object[2:closing - 1]"),
        string=literal(STRING),
        source=literal(source),
        target=literal(plain),
    )
    unknown = db.rows("select line, number from lines where not known")
    db.rows("drop table lines")
    parsed, refused = parse_lines(unknown, path, aside, lost)
    rows = [quad_row(quad, source, str(number)) for quad, number in parsed]
    made = [plain] if known else []
    if rows:
        with Admission(db, other) as admission:
            admission.add(pa_batch(rows))
        made.append(other)
    return made, refused, known + len(rows) + len(refused)


def take_lines(db: Engine, path: Path, plain: str, folder: Path) -> list[Refused]:
    r"""Make the table ``lines`` of a file: ``line``, ``number``, and whether it has a plain form.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("a\n# b\n")
    ...     refused = take_lines(db, file, "a", Path(name))
    ...     db.rows("select * from lines")
    [('a', 1, True), ('# b', 2, False)]

    Returns:
        The lines that are no text or too long.
    """
    import duckdb

    try:
        db.rows(_READ, path=file_literal(path), plain=literal(plain))
        if db.count("select count(*) from lines") == count_lines(path):
            return []
    except duckdb.Error:
        # A line that is too long, or bytes that are no text.
        pass
    # DuckDB also passes over empty lines, and each line is known by its number.
    copy, refused = mended_lines(path, folder)
    db.rows(_READ, path=file_literal(copy), plain=literal(plain))
    return refused


def mended_lines(path: Path, folder: Path) -> tuple[Path, list[Refused]]:
    """Return a copy of a file in which each line can be read, and those that were left out.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     copy, refused = mended_lines(Path(__file__), Path(name))
    >>> refused
    []

    In place of a line that was left out, or is empty, a comment stands.
    """
    copy = folder / ".mended"
    refused: list[Refused] = []
    done = 0
    with copy.open("wb") as good:
        for number, line in _pieces(path):
            if number == done:
                # The rest of a line that is too long.
                continue
            done = number
            found, reason = line_fault(line)
            if reason:
                refused.append(Refused(path.name, str(number), found, reason))
            good.write(b"#\n" if reason else (line.strip() or b"#") + b"\n")
    return copy, refused


def _pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number and its end; one that is too long comes in pieces.

    A line ends as in the grammar: with a line feed, a carriage return, or both.
    """
    number = 1
    # Each byte is a letter there, and only text is read by the line whatever its end.
    with path.open(encoding="latin-1", newline="") as file:
        while piece := file.readline(LINE_LIMIT):
            yield number, piece.encode("latin-1")
            number += piece.endswith(("\n", "\r"))


def parse_lines(
    lines: Iterable[tuple[str, int]], path: Path, aside: Path, refused: Iterable[Refused] = ()
) -> tuple[list[tuple[Quad, int]], list[Refused]]:
    """Return the quads of a file's lines and their numbers, and what was refused, in its order.

    >>> from pathlib import Path
    >>> found, refused = parse_lines([("<x:a> <x:b> <x:c> .", 7)], Path("a.nt"), Path("aside"))
    >>> [(str(quad), number) for quad, number in found], refused
    ([('<x:a> <x:b> <x:c>', 7)], [])

    Args:
        lines: those that have no plain form.
        path: the file.
        aside: where the lines that are refused go, byte for byte.
        refused: those that were refused before.
    """
    rows: list[tuple[Quad, int]] = []
    lost = {int(it.place): it for it in refused}
    for line, number in sorted(lines, key=lambda it: int(it[1])):
        if line.count("<<") > STAR_LIMIT:
            reason = "too many triple terms in a line"
            lost[number] = Refused(path.name, str(number), "", reason)
            continue
        try:
            found = list(parse(line, format=RdfFormat.N_QUADS))
        except SyntaxError as error:
            reason = visible(str(error.msg).partition(": ")[2] or str(error.msg))
            lost[number] = Refused(path.name, str(number), repr(visible(line[:80])), reason)
            continue
        rows += [(quad, number) for quad in found]
    if lost:
        _keep(path, lost, aside)
    return rows, [lost[number] for number in sorted(lost)]


def _keep(path: Path, numbers: Collection[int], aside: Path) -> None:
    """Copy lines of a file as they stand there."""
    aside.parent.mkdir(exist_ok=True)
    last = max(numbers)
    with aside.open("wb") as kept:
        for number, line in _pieces(path):
            if number > last:
                break
            if number in numbers:
                kept.write(line)


def quad_row(quad: Quad, source: str, record: str) -> dict[str, str]:
    """Return a quad as a row of the statement table; its blank nodes get the source's name.

    >>> quad = next(parse('<x:a> <x:b> "c"@en .', format=RdfFormat.N_QUADS))
    >>> row = quad_row(quad, "a", "1")
    >>> row["o"], row["o_kind"], row["lang"], row["g"]
    ('c', 'literal', 'en', '')
    """

    def name(it: object) -> str:
        if isinstance(it, BlankNode):
            return f"_:{source}.{it.value}"
        return it.value if isinstance(it, NamedNode) else str(it)

    row = dict.fromkeys(STATEMENT, "") | {"s": name(quad.subject), "p": quad.predicate.value}
    row |= object_row(quad.object, name) | {"source": source, "source_record": record}
    if not isinstance(quad.graph_name, DefaultGraph):
        row["g"] = name(quad.graph_name)
    return row


def object_row(it: object, name: Callable[[object], str]) -> dict[str, str]:
    """Return what a statement's object is in the statement table.

    >>> object_row(Literal("c", language="en"), str)
    {'o': 'c', 'o_kind': 'literal', 'datatype': '', 'lang': 'en'}

    Args:
        it: the term.
        name: says what IRIs and blank nodes are called there.
    """
    if isinstance(it, Literal):
        datatype = "" if it.datatype.value in IMPLIED else it.datatype.value
        return {"o": it.value, "o_kind": "literal", "datatype": datatype, "lang": language(it)}

    def text(part: object) -> str:
        return name(part) if isinstance(part, BlankNode) else str(part)

    kind = "blank" if isinstance(it, BlankNode) else "iri"
    row = {"o": name(it), "o_kind": kind, "datatype": "", "lang": ""}
    return row | ({"o": triple_text(it, text), "o_kind": KIND} if isinstance(it, Triple) else {})


def language(it: Literal) -> str:
    """Return a text's language, and its base direction behind it, as N-Triples has the two.

    >>> from pyoxigraph import BaseDirection
    >>> language(Literal("c", language="en", direction=BaseDirection.RTL)), language(Literal("c"))
    ('en--rtl', '')
    """
    return f"{it.language or ''}{f'--{it.direction}' if it.direction else ''}"
