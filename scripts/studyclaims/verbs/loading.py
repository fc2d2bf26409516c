"""The verb that loads graphs into a store, and what `query` and `diff` share of stores."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from studyclaims.verbs.options import FILE, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import Literal, NamedNode

    from studyclaims.changes.sides import Side
    from studyclaims.queries import Answer
    from studyclaims.stores.hashes import Dataset

store_option = click.option(
    "--store", metavar="PATH|URL", help="Store: a folder, or the address of a server."
)


@click.command()
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]...")
@click.option(
    "--store", required=True, metavar="PATH|URL", help="Store: a folder, or a server's address."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
def load(files: tuple[Path, ...], store: str, dry_run: bool, form: str) -> None:
    """Load the dataset, or the graphs of these files, into a store, all or nothing.

    Graphs that the store has under the same names are replaced, graphs that the dataset has no
    more are removed, and no others are touched. It is done when all of it has been read back.
    Loading the same twice changes nothing. With --format jsonl each graph is a line, and a summary
    the last.
    """
    from studyclaims.stores.loading import load as run
    from studyclaims.stores.opening import opened_to_load

    dataset = _dataset(files)
    with opened_to_load(store, _home(), dry_run=dry_run) as place:
        done = run(dataset, place, dry_run=dry_run)
    data = done.to_dict()
    if form == "jsonl":
        for row in data.pop("graphs"):
            emit(row, form, "")
        data = {"what": "summary", **data}
    emit(data, form, f"{done}\n")


def ask_store(store: str, asked: str, values: Mapping[str, NamedNode | Literal]) -> Answer:
    """Return what a store answers to a named query, a file, or a text.

    >>> ask_store("/no/such/folder", "ASK {}", {})
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such/folder: no store is here; make one with: studyclaims
    load --store /no/such/folder
    """
    from studyclaims.queries import ask, with_values
    from studyclaims.stores.opening import opened

    text, bound = with_values(asked, values)
    with opened(store, _home()) as found:
        return ask(found, text, bound)


def two_sides_of(store: str, name: str | None) -> tuple[Side, Side]:
    """Return what stands in a store, and what is here: a record or a file, else the dataset.

    Of the store, only those graphs count that a load of what is here would touch.

    >>> two_sides_of("/no/such/folder", "ausk-2017")
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such/folder: no store is here; make one with: studyclaims
    load --store /no/such/folder
    """
    from pyoxigraph import NamedNode, Quad

    from studyclaims.build import corpus_quads
    from studyclaims.changes.sides import Side, read_side
    from studyclaims.stores.hashes import dataset_of, rewritten
    from studyclaims.stores.loading import outdated
    from studyclaims.stores.opening import opened

    here = Side("the dataset", frozenset(corpus_quads())) if name is None else read_side(name)
    dataset = dataset_of(here.quads)
    with opened(store, _home()) as found:
        there = set(found.graphs())
        touched = (there & dataset.graphs.keys()) | outdated(dataset, found, there)
        quads = [
            Quad(triple.subject, triple.predicate, triple.object, NamedNode(iri))
            for iri in sorted(touched)
            for triple in found.read_graph(iri)
        ]
    # A store that writes 1.5 for 1.50 does not say anything else.
    return Side(store, rewritten(quads)), Side(here.name, rewritten(here.quads))


def _dataset(files: tuple[Path, ...]) -> Dataset:
    """Return the graphs of files, or the whole dataset."""
    from studyclaims.build import corpus_quads
    from studyclaims.graph import load as read
    from studyclaims.stores.hashes import dataset_of

    return dataset_of(read(*files).quads if files else corpus_quads())


def _home() -> Path | None:
    """Return the folder of the user's settings, where there is one."""
    from studyclaims.config import user_folder

    folder = user_folder(os.environ)
    return folder / "studyclaims" if folder else None
