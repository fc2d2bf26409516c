"""Where voices stand in a merge that is a graph: in the statement table, or in lines of N-Triples.

What a graph tells of a claim or of a denial stands in several triples, which are put into one table
first, ``facts``: only those of nodes that have a stance or are denied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.merging.columns import NEGATION
from studyclaims.merging.negation import ASSERTED, DENYING, MARKS, TOLD, denies_sql
from studyclaims.merging.quoted import KIND, REIFIES, parts_sql
from studyclaims.merging.sql import fill, literal, literals
from studyclaims.merging.stancerows import NARROW, QUALIFIER, Lane
from studyclaims.merging.table import NANOPUB_PARTS
from studyclaims.merging.union import tells_anything
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from studyclaims.merging.engine import Engine

_STANCE: Final = expand("sc:stance")
_NAME: Final = expand("rdfs:label")
_CLAIM: Final = {
    _STANCE: "stance",
    expand("sc:proposition"): "proposition",
    expand("sc:certainty"): "certainty",
    expand("sc:source"): "publication",
    expand("sc:keyText"): "text",
    expand("sc:about"): "about",
    expand("sc:link"): "link",
    expand("sc:outcomeEntity"): "outcome",
    **dict.fromkeys(DENYING, "negated"),
}
_PARTS: Final = {"s": "subject", "p": "predicate", "o": "object"}
_ENDS: Final = {
    name: "asserted" if name == ASSERTED else _PARTS[part]
    for name, part in TOLD.items()
    if part in _PARTS
}
_OBJECTS: Final = sorted(name for name, part in _ENDS.items() if part == "object")
_TEXTS: Final = "select count(*) from quoted where is_text"
_MARKED: Final = "create or replace temp table marked as select distinct s from (@rows)"
_FACTS: Final = """
    create or replace temp table facts as
    select distinct source, s, map(@names, @parts)[p] as part, o from (@rows) as r
    where part not in ('subject', 'predicate', 'asserted', 'object')
        or exists (select 1 from marked where marked.s = r.s)
"""
_OWN: Final = """
    select a.source, a.s as record, b.o as proposition, coalesce(t.o, '') as text, a.o as stance,
        coalesce(c.o, '') as certainty, coalesce(d.o, '') as publication,
        coalesce(e.about, '') as s, coalesce(e.link, '') as rel, coalesce(e.outcome, '') as o
    from facts as a
    join facts as b on b.source = a.source and b.s = a.s and b.part = 'proposition'
    left join facts as c on c.source = a.source and c.s = a.s and c.part = 'certainty'
    left join facts as d on d.source = a.source and d.s = a.s and d.part = 'publication'
    left join facts as t on t.source = a.source and t.s = b.o and t.part = 'text'
    left join (
        select s, min(o) filter (part = 'about') as about, min(o) filter (part = 'link') as link,
            min(o) filter (part = 'outcome') as outcome
        from facts where part in ('about', 'link', 'outcome') group by s
    ) as e on e.s = b.o
    where a.part = 'stance'
"""
_TOLD: Final = """
    select distinct a.source as source, t.record, t.s, p, t.o, asserted, told,
        a.part = 'stance' as claimed
    from (
        select a.s as record, a.o as s, b.o as p, c.o as o, b.part = 'asserted' as asserted,
            case when a.source = b.source and b.source = c.source then a.source end as told
        from facts as a
        join facts as b on b.s = a.s and b.part in ('predicate', 'asserted')
        join facts as c on c.s = a.s and c.part = 'object'
        where a.part = 'subject'
        union all select record, s, p, o, false, source from quoted
    ) as t
    join facts as a on a.s = t.record
        and (a.part = 'stance' or (a.part = 'negated' and @said)
            or (a.part = 'asserted' and asserted))
"""
"""Statements that are told of, each with the source that denies it, or that makes it a claim.

What tells of one may stand in several sources, for a name is one everywhere; blank nodes have their
source's name. ``told`` is the source that tells of it whole.
"""

_QUOTED: Final = """
    create or replace temp table quoted as
    select distinct * from (@taken) as r
    where exists (select 1 from marked where marked.s = r.record)
"""
_UNCLAIMED: Final = """
    select * from (@told) as t where not claimed and not exists (
        select 1 from facts as f
        where f.source = t.source and f.s = t.record and f.part = 'stance'
    )
"""
_BESIDE: Final = """
    with beside as (select * from (@told) where told = source and not asserted and @chosen)
    select * from beside
    union all select beside.* replace (iri as p) from beside join spelled on spelled.id = p
"""
"""What a source says only to tell of it; the predicate it may tell of as a CURIE."""

_PREDICATES: Final = "select distinct o from facts where part = 'predicate'"
_LABELS: Final = "select s as id, o as name from @rows where p = @label"
_DENIAL: Final = f"p[1:{len(NEGATION)}] = '{NEGATION}'"
_DENIED: Final = "select * replace (p[@length:] as p) from (@rows) union all @told"
_TOLD_OF: Final = """
    select split_part(unnest(string_split(merged_from, '|')), ' ', 1) as source, s, p, o
    from @table where @chosen
"""
_TERMS: Final = """
    select split_part(unnest(string_split(merged_from, '|')), ' ', 1) as source, s as record,
        o as term
    from @table where p = @reifies and o_kind = @kind
"""
_WHOLE: Final = """
    select coalesce(l.id, n.id) as id, coalesce(c.iri, l.canonical, n.iri) as canonical
    from leaders as l full join names as n on n.id = l.id
    left join names as c on c.id = l.canonical
"""
"""A CURIE and an IRI are one id, where a graph has room for the IRI alone."""

_OTHER: Final = """
    select source, record, s, p, o, '' as publication, '' as knowledge_source, '' as q,
        '' as qualifiers
    from (@rows)
"""
_SAID: Final = """
    select s, p, o, merged_from, case when more = '' then '{}' else more end as more
    from @table where (o_kind <> 'literal' or @values) and @chosen
"""
_SPLIT: Final = """
    select source, record, s, p, o@kept, publication, knowledge_source,
        @narrow as q, @qualifiers as qualifiers
    from (
        select split_part(origin, ' ', 1) as source,
            replace(substr(origin, strpos(origin, ' ') + 1), '%7C', '|') as record, s, p, o@kept,
            more,
            replace(trim(coalesce(more ->> '$.publications', ''), '[]"'), '","', '|')
                as publication,
            coalesce(more ->> '$.primary_knowledge_source', '') as knowledge_source
        from (select *, unnest(string_split(merged_from, '|')) as origin from (@rows))
    )
"""
_PAIRS: Final = """
    array_to_string(list_transform(
        list_filter(list_sort(json_keys(more)), lambda it: regexp_full_match(it, @names)),
        lambda it: it || '=' || json_extract_string(more, '$.' || it)
    ), '; ')
"""
_EDGE_OWN: Final = """
    select source, record, more ->> '$.sc_proposition' as proposition, '' as text,
        more ->> '$.sc_stance' as stance, coalesce(more ->> '$.sc_certainty', '') as certainty,
        coalesce(more ->> '$.sc_source', '') as publication, s,
        coalesce(more ->> '$.sc_link', '') as rel, o
    from (
        select split_part(origin, ' ', 1) as source,
            replace(substr(origin, strpos(origin, ' ') + 1), '%7C', '|') as record, s, o, more
        from (select *, unnest(string_split(merged_from, '|')) as origin from (@rows))
    )
"""
_IS_OWN: Final = """(contains(more, '"sc_stance"') and contains(more, '"sc_proposition"'))"""
_CELLS: Final = {
    "sc_proposition": "proposition",
    "sc_stance": "stance",
    "sc_certainty": "certainty",
    "sc_source": "publication",
    "sc_about": "s",
    "sc_link": "rel",
    "sc_outcomeEntity": "o",
}
_NODE_OWN: Final = """
    select source, id as record, proposition, '' as text, stance, coalesce(certainty, '') as
        certainty, coalesce(publication, '') as publication, coalesce(s, '') as s,
        coalesce(rel, '') as rel, coalesce(o, '') as o
    from (
        select source, id, @each from (
            select split_part(unnest(string_split(merged_from, '|')), ' ', 1) as source, id,
                property, value
            from @table where property in (@names)
        ) group by source, id
    ) where proposition is not null and stance is not null
"""
_IS_MARKED: Final = fill(
    """(contains(more, '"negated"') and @denies)""",
    denies=denies_sql("json_extract_string(nullif(more, ''), '$.negated')"),
)
"""Whether `studyclaims.merging.denials` found that its own source denies it."""

_IS_REWRITTEN: Final = """
    select count(*) from (describe select * from @table) where column_name = 'original_s'
"""
_ALSO_CANONICAL: Final = """
    with given as (@rows)
    select * from given union
    select r.* replace (coalesce(a.canonical, r.s) as s, coalesce(b.canonical, r.o) as o)
    from given as r left join canon as a on a.id = r.s left join canon as b on b.id = r.o
"""
"""Ids in triple terms stay where others are rewritten."""

_UNSIGNED: Final = r"""
    with signed as (
        select distinct split_part(line, ' ', 3)[2:-2] as g from (@lines) where p in (@parts)
    )
    select near.* exclude (line) replace (case when signed.g is null then written_s end
        as written_s)
    from near left join signed
        on signed.g = regexp_extract(line, '^[^ ]+ [^ ]+ .+ <([^<>" ]*)> \.$', 1)
"""
"""What stands in the graph of a nanopublication is said there, whatever tells of it."""

_LINES: Final = """
    select @source as source, number::varchar as record, line, split_part(line, ' ', 2)[2:-2] as p
    from read_parquet(@path) where known
"""
_TRIPLES: Final = r"""
    select source, record, p, line, @subject as s,
        case when object[1] = '"' then coalesce(try_cast(text as json) ->> '$', text[2:-2])
            when object[1] = '<' then object[2:-2] else object end as o
    from (
        select source, record, p, line, split_part(line, ' ', 3) as object,
            regexp_extract(line, '"(?:[^"\\]|\\.)*"') as text
        from (@lines) where @chosen
    )
"""
_LINE_TERMS: Final = r"""
    select source, @subject as record, regexp_extract(line, '<<\(.*\)>>') as term
    from (@lines) where p = @reifies
"""
_SUBJECT: Final = """
    case when line[1] = '<' then split_part(line, ' ', 1)[2:-2] else split_part(line, ' ', 1) end
"""


def statement_lane(db: Engine, folder: Path) -> Lane | None:
    """Return the texts for the statement table, or None where nothing in it has a stance.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     statement_lane(db, Path("merged")) is None
    True
    """
    table = _table(folder / "statements")
    nodes = _table(folder / "properties")
    # Most merges hold no denial and no claim: three columns are soon looked through.
    found = "select count(*) from (select 1 from @table where @chosen limit 1)"
    claims = nodes and db.count(found, table=nodes, chosen="property = 'sc_stance'")
    any_said = f"p in ({_texts(MARKS)}) or {_DENIAL} or {_IS_OWN}"
    if not claims and not (table and db.count(found, table=table, chosen=any_said)):
        return None
    own = [fill(_NODE_OWN, table=nodes, names=_texts(_CELLS), each=_each())] if claims else []
    names = [fill("select id, value as name from @table where property = 'name'", table=nodes)]
    if not table:
        return Lane(own=own[0], names=names[0], canonical=_WHOLE, style="iri")
    terms = fill(_TERMS, table=table, reifies=literal(REIFIES), kind=literal(KIND))
    _make_facts(db, _TOLD_OF, terms, table=table)
    # Text is much of a graph, and it is seldom denied.
    texts = f"o_kind = 'literal' and p in ({_texts(_OBJECTS)})"
    values = bool(db.count(found, table=table, chosen=texts) or db.count(_TEXTS))
    edges = fill(_SAID, table=table, values=False, chosen=_IS_OWN)
    labels = fill(_LABELS, rows=table, label=literal(_NAME))
    said = f"{_DENIAL} and not {_IS_OWN}"
    plain = f"not ({_DENIAL}) and not {_IS_OWN} and not {_IS_MARKED}"
    denied = _split(fill(_SAID, table=table, values=False, chosen=said))
    written = _written("claimed")
    if db.count(_IS_REWRITTEN, table=table):
        written = fill(_ALSO_CANONICAL, rows=written)
    return Lane(
        own=" union all ".join([_OWN, fill(_EDGE_OWN, rows=edges), *own]),
        denied=fill(_DENIED, rows=denied, length=len(NEGATION) + 1, told=_denied()),
        plain=fill(_SAID, table=table, values=values, chosen=plain),
        split=_split("select * from near", ", written_s, written_o"),
        names=" union all ".join([labels, *(names if nodes else [])]),
        canonical=_WHOLE,
        written=written,
        style="iri",
    )


def line_lane(db: Engine, folder: Path) -> Lane | None:
    r"""Return the texts for lines, or None where nothing in them has a stance.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     Path(name, "tables").mkdir()
    ...     written = Path(name, "tables", "a.parquet").write_text("no table")
    ...     line_lane(db, Path(name)) is None
    True

    A table of lines is called by its source up to the first dot.
    """
    tables = sorted((folder / "tables").glob("*.parquet"))
    if not tells_anything(db, tables):
        return None
    named = ((literal(it.name.partition(".")[0]), literal(it)) for it in tables)
    lines = " union all ".join(fill(_LINES, source=name, path=path) for name, path in named)
    terms = fill(_LINE_TERMS, lines=lines, subject=_SUBJECT, reifies=literal(REIFIES))
    _make_facts(db, _TRIPLES, terms, lines=lines, subject=_SUBJECT)
    look = "select count(*) from (select 1 from (@lines) where p in (@names) and @text limit 1)"
    text = "split_part(line, ' ', 3)[1] = '\"'"
    values = db.count(look, lines=lines, names=_texts(_OBJECTS), text=text) or db.count(_TEXTS)
    kind = "object[1:2] <> '<<'" if values else "object[1] = '<' and object[2] <> '<'"
    things = fill(_TRIPLES, lines=lines, subject=_SUBJECT, chosen=kind)
    labels = fill(_TRIPLES, lines=lines, subject=_SUBJECT, chosen=f"p = {literal(_NAME)}")
    return Lane(
        own=_OWN,
        denied=_denied(),
        plain=fill(_OTHER.replace("select ", "select line, "), rows=things),
        split=fill(_UNSIGNED, lines=lines, parts=_texts(NANOPUB_PARTS)),
        names=fill(_LABELS, rows=f"({labels})", label=literal(_NAME)),
        written=_written("true"),
        style="iri",
    )


def _table(folder: Path) -> str:
    return f"read_parquet({literal(folder / '*.parquet')})" if folder.is_dir() else ""


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(literal, values))


def _each() -> str:
    each = (f"min(value) filter (property = '{it}') as {name}" for it, name in _CELLS.items())
    return ", ".join(each)


def _split(rows: str, kept: str = "") -> str:
    """Return rows of the statement table as one row for each of their origins."""
    narrow, every = (fill(_PAIRS, names=literal(names)) for names in (NARROW, QUALIFIER))
    return fill(_SPLIT, rows=rows, narrow=narrow, qualifiers=every, kept=kept)


def _denied() -> str:
    return fill(_OTHER, rows=fill(_UNCLAIMED, told=fill(_TOLD, said=denies_sql("a.o"))))


def _written(chosen: str) -> str:
    beside = fill(_BESIDE, told=fill(_TOLD, said=denies_sql("a.o")), chosen=chosen)
    return fill(_OTHER, rows=beside)


def _make_facts(db: Engine, triples: str, terms: str, **known: str) -> None:
    """Make the tables of what is told of claims and of denials, in parts and as triple terms."""
    parts = _CLAIM | _ENDS
    marks, told = (fill(triples, chosen=f"p in ({_texts(it)})", **known) for it in (MARKS, parts))
    db.rows(_MARKED, rows=marks)
    db.rows(_FACTS, rows=told, names=literals(parts), parts=literals(parts.values()))
    db.rows(_QUOTED, taken=parts_sql(terms, "term", ("source", "record")))
    import pyarrow as pa

    from studyclaims.merging.curies import canonical_ids

    ids = pa.array(sorted(p for (p,) in db.rows(_PREDICATES)), pa.string())
    db.take("spelled", pa.table({"id": ids, "iri": canonical_ids(ids, "iri")}))
