"""Merging sources into one folder: what they say, each once, and what is one thing.

::

    edges.tsv nodes.tsv    what tables of KGX say, each row once, with all of its origins
    graph.nq statements/   what other files say, likewise (see `studyclaims.merging.statements`)
    repeated/              lines that stand in more than one place, with all places
    links.sssom.tsv        which ids are one thing
    mappings.sssom.tsv     what mapping sets beside tables of KGX say else, each row once
    stances.tsv            who says yes and who says no to the same thing, where any do
    tables/                the rows of each source as it has them, for DuckDB and others
    quarantine/            rows that cannot be read, as they are
    merge.json merge.txt   what became of every row
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from studyclaims.errors import QueryError, StoreError
from studyclaims.merging.engine import engine
from studyclaims.merging.kgxfiles import kind_of, open_kgx
from studyclaims.merging.kgxmatches import table_matches
from studyclaims.merging.kgxmerge import end_tables, group_kgx, id_tables, read_kgx
from studyclaims.merging.links import Links, chosen_ids, find_links, give_leaders
from studyclaims.merging.mappingsets import merge_sets
from studyclaims.merging.others import free, is_mappings, merge_others, refused_whole
from studyclaims.merging.report import Input, Report, Total
from studyclaims.merging.staging import FILES, REPORT, sizes, staged
from studyclaims.merging.stances import list_graph_stances, list_kgx_stances

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.kgxfiles import KgxFile
    from studyclaims.merging.kgxmerge import Kind

TEXT: Final = "merge.txt"


def merge(
    paths: Sequence[Path],
    out: Path,
    *,
    rewrite: bool = False,
    memory: int = 2 * 10**9,
    threads: int = 1,
) -> Report:
    r"""Merge files into a folder, and return what became of all that they hold.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "a_nodes.tsv")
    ...     written = file.write_text("id\tname\nx:1\tone\nx:1\tone\n")
    ...     print(merge([file], Path(folder, "out")))
    nodes: 2 in = 1 merged + 1 duplicates + 0 quarantined
    0 ids linked to 0 canonical ones

    Args:
        paths: tables of KGX and of mappings.
        out: the folder, which is made anew; what stood there before must be a merge too.
        rewrite: whether ids are replaced by their canonical ones.
        memory: the most bytes that may be used.
        threads: how many cores work at once.

    Raises:
        QueryError: there is nothing to merge.
        PlaceError: ``out`` is taken by what is no merge.
        StoreError: another merge is being written there.
        SetupError: DuckDB is not here.
    """
    sources = [path for path in paths if not is_mappings(path)]
    if not sources:
        raise QueryError("nothing to merge: name files of statements, nodes or edges")
    report = Report(rewritten=rewrite)
    with staged(out) as new, engine(new / ".spill", memory, threads) as db:
        if all(kind_of(path) for path in sources):
            sets = merge_sets(db, [path for path in paths if is_mappings(path)], new, report)
            _merge_tables(db, _opened(sources, new, report), sets, new, report)
        else:
            merge_others(db, paths, new, report, lambda links: _link(links, db, new, report))
            report.opposed = list_graph_stances(db, new)
        report.require_balance()
        _write_report(new, report)
    return report


def _merge_tables(
    db: Engine,
    files: Sequence[KgxFile],
    sets: Sequence[pa.RecordBatch],
    new: Path,
    report: Report,
) -> None:
    """Merge tables of KGX by mapping sets, and by what they themselves say of their ids."""
    rewrite = report.rewritten
    ids = _ids(db, files, sets) if rewrite else []
    links = _links(ids, sets) if rewrite else Links()
    if rewrite:
        _link(links, db, new, report)
    read = read_kgx(db, files, new, rewrite=rewrite)
    # Nearly always the tables link nothing themselves, and what was read need not be read again.
    own = table_matches(db, read, new)
    is_mended = {it.path for it in read} != {it.path for it in files}
    ends = {it for it, _ in chosen_ids(db, end_tables(read, new), [*sets, *own])}
    if not rewrite or own or is_mended or not ends <= {*links.leader.values(), *dict(ids)}:
        every = [*sets, *own]
        before, links = links.leader, _links(_ids(db, read, every), every, ends)
        _link(links, db, new, report)
        if rewrite and links.leader != before:
            read = read_kgx(db, read, new, rewrite=rewrite)
    made = group_kgx(db, read, new, rewrite=rewrite)
    _tell(made, report)
    report.opposed = list_kgx_stances(db, {kind: it.files for kind, it in made.items()}, new)


def _ids(
    db: Engine, files: Sequence[KgxFile], batches: Sequence[pa.RecordBatch]
) -> list[tuple[str, str]]:
    """Return ids and their categories; nothing is known of a table that is yet to be mended."""
    import duckdb

    try:
        return chosen_ids(db, id_tables(files), batches)
    except duckdb.Error:
        return []


def _links(
    rows: Sequence[tuple[str, str]], batches: Sequence[pa.RecordBatch], ends: Iterable[str] = ()
) -> Links:
    """Return what ids become, by their categories and by what rows say of them."""
    categories: dict[str, list[str]] = defaultdict(list)
    for it, category in rows:
        categories[it] += map(str.strip, category.split("|"))
    return find_links(batches, {*ends, *(it for it, _ in rows if it)}, categories)


def _link(links: Links, db: Engine, folder: Path, report: Report) -> None:
    """Write which ids are one thing, make the table of that, and tell it."""
    report.linked = len(links.leader)
    report.cliques = len(set(links.leader.values()))
    report.unlinked = links.refused
    give_leaders(db, links, folder)


def _opened(paths: Sequence[Path], folder: Path, report: Report) -> list[KgxFile]:
    """Return the tables; those that cannot be read at all go into the report."""
    files: list[KgxFile] = []
    for path in paths:
        try:
            file = open_kgx(path, folder)
        except StoreError as error:
            report.refused.append(refused_whole(path, error))
            continue
        taken = {other.source for other in files if other.kind == file.kind}
        files.append(replace(file, source=free(file.source, taken)))
    if not files:
        raise StoreError("\n".join(map(str, report.refused)))
    return files


def _tell(made: dict[str, Kind], report: Report) -> None:
    for kind, it in made.items():
        for file in it.files:
            lost = len(file.refused)
            named = (file.given.name, file.source, kind)
            report.inputs.append(Input(*named, file.rows, lost, filled=file.repaired))
            report.refused += file.refused
        rows = sum(file.rows for file in it.files)
        refused = sum(len(file.refused) for file in it.files)
        report.totals.append(Total(kind, rows, it.counted.merged, it.counted.duplicates, refused))


def _write_report(folder: Path, report: Report) -> None:
    """Write the report, the list of all files in it, and take away what was only of use here."""
    import shutil

    shutil.rmtree(folder / ".spill", ignore_errors=True)
    for path in folder.glob(".*"):
        path.unlink()
    (folder / TEXT).write_text(f"{report}\n", encoding="utf-8")
    data = report.to_dict() | {FILES: sizes(folder)}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (folder / REPORT).write_text(f"{text}\n", encoding="utf-8")
