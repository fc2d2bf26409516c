"""The verb that merges graphs from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from studyclaims.verbs.options import FILE, emit, json_option, tell


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("studyclaims-out/merged"),
    show_default=True,
    help="Folder; what stands there must be a merge, and is replaced whole.",
)
@click.option("--rewrite", is_flag=True, help="Replace ids by their canonical ones, not only link.")
@click.option(
    "--memory", default="2GB", show_default=True, help="The most memory to use; 256MiB or more."
)
@click.option("--threads", type=click.IntRange(1, 256), default=1, help="Cores that work at once.")
@click.option("--why", metavar="ID", help="Merge nothing: show which rows make ID one with others.")
@json_option
def merge(
    files: tuple[Path, ...],
    out: Path,
    rewrite: bool,
    memory: str,
    threads: int,
    why: str | None,
    form: str,
) -> None:
    """Merge graphs and tables from many sources, without losing who says what.

    Tables of KGX (…nodes.tsv, …edges.tsv, .gz too) become one of each, in which every row has all
    its origins; RDF, and whatever stands beside it, becomes one graph. Ids that mapping sets
    (.sssom.tsv) call exact matches are linked. Rows are one only where they say the same: what is
    negated or qualified otherwise stays apart.

    Exit status 1: something was set aside, and is in the folder and its report.
    """
    if why is not None:
        _why(why, files, form)
        return
    from studyclaims.merging.engine import size_of
    from studyclaims.merging.merge import merge as run

    report = run(files, out, rewrite=rewrite, memory=size_of(memory), threads=threads)
    emit(report.to_dict(), form, f"{report}\n")
    if form == "text":
        tell([f"wrote {out}"])
    sys.exit(1 if report.refused else 0)


def _why(it: str, files: tuple[Path, ...], form: str) -> None:
    """Show the rows that make an id one with others; exit status 1 where none do."""
    from studyclaims.merging.equivalence import cliques
    from studyclaims.merging.others import link_batches

    found = cliques(link_batches(files)).why(it)
    if found is None:
        emit({"ids": [], "leader": "", "fault": "", "rows": []}, form, "")
        click.echo(f"no row makes {it} one with anything", err=True)
        sys.exit(1)
    refused = f"refused: {found.fault}\n" if found.fault else ""
    rows = "".join(f"  {row}\n" for row in found.rows)
    emit(found.to_dict(), form, f"{' = '.join(found.ids)}\n{refused}{rows}")
