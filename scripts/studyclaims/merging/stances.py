"""Opposite stances in a merge, side by side: who says yes, and who says no, to the same thing.

Our own claims are grouped by the key of their proposition: graphs that were built apart name it
alike, or tell the same key text. Others' statements are grouped by subject, predicate and object
after canonical ids; who denies one without a qualifier denies it with any. A statement of others
stands with our claim where both are about the same two things with a like predicate. Nothing is
weighed, and nothing changes in what else the merge writes: each voice is a row of ``stances.tsv``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.merging.sql import fill, literal
from studyclaims.merging.stancegraphs import line_lane, statement_lane
from studyclaims.merging.stancerows import Lane, kgx_lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.kgxfiles import KgxFile

FILE: Final = "stances.tsv"
"""The file of a merge that lists opposite stances; where there are none, it is not written."""

_BRINGS: Final = ("causes", "contributes_to", "predisposes_to_condition", "promotes_condition")
_EFFECT: Final = ("biolink:affects", *(f"biolink:{name}" for name in _BRINGS))
_CAUSE: Final = (*_EFFECT, "RO:0002326", "RO:0003303", "RO:0003304")
_HOLDS: Final = tuple(
    f"biolink:{name}" for name in ("ameliorates_condition", "preventative_for_condition", "treats")
)
_TIES: Final = ("biolink:associated_with", "biolink:correlated_with")
_SIGNED: Final = ("biolink:negatively_correlated_with", "biolink:positively_correlated_with")
LIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "relAssociate": _TIES,
    "relAttenuate": _HOLDS,
    "relCause": _CAUSE,
    "relContribute": _CAUSE,
    "relPrecede": ("biolink:precedes",),
    "relPredispose": _CAUSE,
    "relPrevent": _HOLDS,
    "relReverse": _HOLDS,
}
"""The predicates of others that say much the same as a relation of ours."""

NARROWER: Final[Mapping[str, tuple[str, ...]]] = {"relAssociate": _SIGNED}
"""Those that say more: who denies our relation denies them, and not the other way round."""

_AGAINST: Final = "('refutes', 'noEffect')"
_CANON: Final = "create or replace temp table canon as @canonical"
_OWN: Final = """
    create or replace temp table own as
    select source, record, text, publication, proposition,
        coalesce(nullif(regexp_extract(proposition, '/proposition/([^/#]+)$', 1), ''), proposition)
            as tail,
        regexp_extract(stance, '[^:/#]*$') as stance, regexp_extract(rel, '[^:/#]*$') as rel,
        regexp_extract(certainty, '[^:/#]*$') as certainty,
        coalesce(a.canonical, r.s) as s, coalesce(b.canonical, r.o) as o
    from (@own) as r left join canon as a on a.id = r.s left join canon as b on b.id = r.o
"""
_TEXTS: Final = """
    create or replace temp table texts as
    select tail, min(text) as text from own where text <> ''
    group by tail having count(distinct text) = 1
"""
_KEYED: Final = """
    create or replace temp table keyed as
    select own.*, coalesce(nullif(own.text, ''), texts.text, own.tail) as grp
    from own left join texts on texts.tail = own.tail
"""
_KEYS: Final = """
    create or replace temp table keys as
    with tails as (select grp, min(tail) as tail from keyed group by grp)
    select grp, case when count(*) over (partition by tail) > 1 then grp else tail end as key
    from tails
"""
_CANONICAL: Final = """
    select r.* replace (coalesce(a.canonical, r.s) as s, coalesce(b.canonical, r.o) as o)
    from (@rows) as r left join canon as a on a.id = r.s left join canon as b on b.id = r.o
"""
_DENIED: Final = "create or replace temp table denied as select distinct * from (@rows)"
_PAIRS: Final = """
    create or replace temp table pairs as
    select s, o from denied
    union select s, o from keyed where stance in @against
    union select o, s from keyed where stance in @against and rel = 'relAssociate'
"""
_NEAR: Final = """
    create or replace temp table near as
    select * from (
        select r.* replace (coalesce(a.canonical, r.s) as s, coalesce(b.canonical, r.o) as o),
            r.s as written_s, r.o as written_o
        from (@rows) as r left join canon as a on a.id = r.s left join canon as b on b.id = r.o
    ) as c
    where exists (select 1 from pairs where pairs.s = c.s and pairs.o = c.o)
"""
_WRITTEN: Final = "create or replace temp table written as @rows"
_PLAIN: Final = """
    create or replace temp table plain as
    select distinct * exclude (written_s, written_o) from (@rows) as r
    where not exists (
        select 1 from written as w
        where w.source = r.source and w.s = r.written_s and w.o = r.written_o and w.p = r.p
    )
"""
"""What a source says of a thing under another id it does say: ids are compared as written."""

_SPELLED: Final = "select distinct p from denied union select p from plain"
_VOICES: Final = """
    create or replace temp table voices as
    select d.* replace (c.canonical as p), 'denies' as stance
    from denied as d join predicates as c on c.p = d.p
    union all by name
    select d.* replace (c.canonical as p), 'states' as stance
    from plain as d join predicates as c on c.p = d.p
"""
_CONTESTS: Final = """
    create or replace temp table contests as
    select distinct s, p, o, q, s || ' ' || p || ' ' || o || case when q = '' then '' else ' ' || q
        end as key
    from voices as d where stance = 'denies' and exists (
        select 1 from voices as f where f.stance = 'states' and f.s = d.s and f.p = d.p
        and f.o = d.o and (d.q = '' or f.q = d.q)
    )
"""
_MET: Final = """
    create or replace temp table met as
    with ends as (
        select distinct grp, rel, s, o from keyed
        union select grp, rel, o, s from keyed where rel = 'relAssociate'
    )
    select distinct e.grp, v.* from ends as e join alike as l on l.rel = e.rel
    join voices as v on v.s = e.s and v.o = e.o and v.p = l.p
    where v.stance = 'states' or (l.back and v.q = '')
"""
_SIDES: Final = """
    create or replace temp table sides as
    select grp from (
        select grp, stance from keyed union all select grp, stance from met
    ) group by grp
    having bool_or(stance in ('supports', 'states'))
        and bool_or(stance in ('refutes', 'noEffect', 'denies'))
"""
_LISTED: Final = """
    create or replace temp table listed as
    select k.key, min(o.proposition) as said, stance, certainty,
        string_agg(distinct source, '|' order by source) as source, record,
        min(publication) as publication, '' as knowledge_source, min(s) as s,
        min(case when rel = '' then '' else 'sc:' || rel end) as p, min(o) as o, '' as qualifiers
    from keyed as o join keys as k on k.grp = o.grp
    where o.grp in (select grp from sides) group by k.key, record, stance, certainty
    union all
    select k.key, '', stance, '', source, record, publication, knowledge_source, s, p, o, qualifiers
    from met as m join keys as k on k.grp = m.grp where m.grp in (select grp from sides)
    union all
    select c.key, '', stance, '', source, record, publication, knowledge_source, v.s, v.p, v.o,
        qualifiers
    from contests as c join voices as v on v.s = c.s and v.p = c.p and v.o = c.o
        and (v.q = c.q or (c.q = '' and v.stance = 'states'))
"""
_NAMES: Final = """
    create or replace temp table called as
    select id, min(name) as name from (
        select coalesce(l.canonical, n.id) as id, name from (@names) as n
        left join canon as l on l.id = n.id
    ) where id in (select unnest([s, o, said]) from listed) group by id
"""
_COLUMNS: Final = (
    "key", "said", "stance", "certainty", "source", "record", "publication", "knowledge_source",
    "subject", "predicate", "object", "qualifiers",
)  # fmt: skip
_WRITE: Final = r"""
    copy (
        select @cells from (
            select @cleaned from (
                select distinct key, coalesce(t.name, coalesce(a.name, s) || ' ' || p || ' '
                        || coalesce(b.name, o)) as said, stance, certainty, source, record,
                    publication, knowledge_source, s as subject, p as predicate, o as object,
                    qualifiers
                from listed left join called as t on t.id = listed.said and t.id <> ''
                left join called as a on a.id = s left join called as b on b.id = o
            )
        ) order by key, stance, source, record, @columns
    ) to @target (format csv, delimiter '\t', header, quote '"', escape '"')
"""
_CLEANED: Final = (
    r"regexp_replace(regexp_replace(@it, '[\t\n\v\f\r\x1c-\x1f\x{85}\x{2028}\x{2029}]+', ' ', 'g'),"
    r" '[\x00-\x08\x0e-\x1b\x7f-\x{84}\x{86}-\x{9f}\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}"
    r"\x{2066}-\x{2069}\x{feff}]', chr(65533), 'g') as @it"
)
_GUARDED: Final = (
    r"nullif(case when regexp_matches(@it, '^(?:''|\s*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])')"
    r" then '''' || @it else @it end, '') as @it"
)
"""No blank that breaks a line, no mark that is obeyed unseen, and an apostrophe before what a
spreadsheet would run, as `studyclaims.exports.sheets` does it."""


def list_kgx_stances(db: Engine, files: Mapping[str, Sequence[KgxFile]], folder: Path) -> int:
    """Write the opposite stances in tables of KGX that were merged; return on how many things.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     list_kgx_stances(db, {}, Path("merged"))
    0

    The table of leaders must be there.

    Args:
        db: the engine.
        files: the tables of each kind, ``edges`` and ``nodes``.
        folder: where they were merged to.
    """
    lane = kgx_lane(db, files, folder)
    return 0 if lane is None else _list(db, lane, folder)


def list_graph_stances(db: Engine, folder: Path) -> int:
    """Write the opposite stances in a merge that is a graph; else as `list_kgx_stances`.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     list_graph_stances(db, Path("merged"))
    0
    """
    is_table = any((folder / name).is_dir() for name in ("statements", "properties"))
    lane = statement_lane(db, folder) if is_table else line_lane(db, folder)
    return 0 if lane is None else _list(db, lane, folder)


def _list(db: Engine, lane: Lane, folder: Path) -> int:
    """Find who opposes whom, and write it; return on how many things."""
    _gather(db, lane)
    for text in (_VOICES, _CONTESTS, _MET, _SIDES, _LISTED):
        db.rows(text)
    opposed = db.count("select count(distinct key) from listed")
    if opposed:
        db.rows(_NAMES, names=lane.names)
        db.rows(
            _WRITE,
            cells=", ".join(_GUARDED.replace("@it", it) for it in _COLUMNS),
            cleaned=", ".join(_CLEANED.replace("@it", it) for it in _COLUMNS),
            columns=", ".join(_COLUMNS),
            target=literal(folder / FILE),
        )
    return opposed


def _gather(db: Engine, lane: Lane) -> None:
    """Make the tables of our claims, of what others deny, and of what they state of the same."""
    db.rows(_CANON, canonical=lane.canonical)
    db.rows(_OWN, own=lane.own)
    for text in (_TEXTS, _KEYED, _KEYS):
        db.rows(text)
    db.rows(_DENIED, rows=fill(_CANONICAL, rows=lane.denied))
    db.rows(_PAIRS, against=_AGAINST)
    db.rows(_NEAR, rows=lane.plain)
    db.rows(_WRITTEN, rows=lane.written)
    db.rows(_PLAIN, rows=lane.split)
    _give_predicates(db, lane.style)


def _give_predicates(db: Engine, style: str) -> None:
    """Make the tables of predicates in their one spelling, and of those like ours."""
    import pyarrow as pa

    from studyclaims.merging.curies import canonical_ids

    spelled = pa.array(sorted(p for (p,) in db.rows(_SPELLED)), pa.string())
    db.take("predicates", pa.table({"p": spelled, "canonical": canonical_ids(spelled, style)}))
    alike = [(rel, p, True) for rel, names in LIKE.items() for p in names]
    alike += [(rel, p, False) for rel, names in NARROWER.items() for p in names]
    rels, names, back = zip(*alike, strict=True)
    likened = canonical_ids(pa.array(names, pa.string()), style)
    db.take("alike", pa.table({"rel": pa.array(rels), "p": likened, "back": pa.array(back)}))
