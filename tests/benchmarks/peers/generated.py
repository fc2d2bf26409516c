"""Made-up sources to merge: tables of nodes and edges, mappings, and the same edges as N-Triples.

Three sources; three rows in ten of the later two repeat a statement of the first; a few things
have many statements, as in real graphs; a tenth of the things are mapped to their neighbour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SOURCES: Final = 3
_PREFIXES: Final = (
    "['HGNC', 'MONDO', 'HP', 'GO', 'CHEBI', 'UBERON', 'CL', 'MESH', 'NCBIGene', 'UniProtKB']"
)
_CATEGORIES: Final = (
    "['Gene', 'Disease', 'PhenotypicFeature', 'BiologicalProcess', 'ChemicalEntity',"
    " 'AnatomicalEntity', 'Cell', 'Disease', 'Gene', 'Protein']"
)
_PREDICATES: Final = (
    "['causes', 'affects', 'related_to', 'has_phenotype', 'positively_regulates',"
    " 'negatively_regulates', 'expressed_in', 'treats']"
)
_TSV: Final = "(format csv, delimiter '\t', quote '', escape '')"
_MACROS: Final = """
    create macro thing(n) as
        @prefixes[1 + (hash(n, 9) % 10)::bigint] || ':' || lpad(n::varchar, 8, '0');
    create macro unit(q, salt) as (hash(q, salt) % 1000000007 + 1) / 1000000008;
"""
_EDGES: Final = """
    create or replace temp table made as
    select r, hash(r, @source, 4) as h,
        (((unit(q, 1) ** (-1 / 1.2)) - 1) * @nodes * 0.02)::bigint % @nodes as s,
        (hash(q, 2) % @nodes)::bigint as o,
        'biolink:' || @predicates[1 + (hash(q, 3) % 8)::bigint] as p
    from (
        select range as r,
            case when hash(range, @source, 5) % 10 < 3 then range
            else range + @source * 1000000000 end as q
        from range(0, @rows)
    )
"""
_EDGE_TABLE: Final = """
    copy (
        select 's@source:' || r as id, thing(s) as subject, p as predicate, thing(o) as object,
            'biolink:Association' as category,
            'infores:src@source' as primary_knowledge_source,
            'knowledge_assertion' as knowledge_level, 'manual_agent' as agent_type,
            'PMID:' || (1000000 + h % 29000000) || case when h % 4 = 0
                then '|PMID:' || (1000001 + h % 29000000) else '' end as publications
        from made
    ) to '@folder/s@source_edges.tsv' @tsv
"""
_NODE_TABLE: Final = """
    copy (
        select thing(n) as id, 'biolink:' || @categories[1 + (hash(n, 9) % 10)::bigint] as category,
            'node ' || n as name, 'infores:src@source' as provided_by
        from (select s as n from made union select o from made)
    ) to '@folder/s@source_nodes.tsv' @tsv
"""
_TRIPLES: Final = """
    copy (
        select '<https://ex.org/' || replace(thing(s), ':', '_') || '> <https://ex.org/'
            || replace(p, ':', '/') || '> <https://ex.org/' || replace(thing(o), ':', '_') || '> .'
        from made
    ) to '@folder/s@source.nt' (format csv, delimiter '\t', quote '', escape '', header false)
"""
_MAPPINGS: Final = """
    copy (
        select thing(n) as subject_id, 'skos:exactMatch' as predicate_id, thing(n + 1) as object_id,
            'semapv:ManualMappingCuration' as mapping_justification
        from (select range as n from range(0, @nodes - 1)) where hash(n, 7) % 10 = 0
    ) to '@folder/map.sssom.tsv' @tsv
"""


def generate(edges: int, folder: Path) -> None:
    """Write sources with so many edges in all."""
    import duckdb

    nodes = max(2000, edges // 10)
    known = {
        "prefixes": _PREFIXES,
        "categories": _CATEGORIES,
        "predicates": _PREDICATES,
        "tsv": _TSV,
        "folder": folder,
        "nodes": nodes,
        "rows": edges // SOURCES,
    }
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as db:
        db.execute(_filled(_MACROS, known))
        for source in range(SOURCES):
            for text in (_EDGES, _EDGE_TABLE, _NODE_TABLE, _TRIPLES):
                db.execute(_filled(text, known | {"source": source}))
        db.execute(_filled(_MAPPINGS, known))


def _filled(text: str, known: dict[str, object]) -> str:
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(f"@{name}", str(known[name]))
    return text
