"""Read an N-Triples file with KGX and print, as JSON, the nodes and edges that it made.

Run by KGX's own environment (see ``environment.py``), which has no studyclaims in it::

    python read_graph.py FILE [--memory] [--context ontology/context.jsonld]

KGX fetches the Biolink model at import, a JSON-LD context when it reads, and two ontologies for
labels. Here the model and its prefixes come from the ``biolink-model`` package and the labels
are left out, so that a run needs no network and gives the same answer every time.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any


def packaged_prefixes() -> dict[str, str]:
    """Return the prefix map of the packaged Biolink model, as KGX would fetch one."""
    text = files("biolink_model") / "prefixmaps" / "biolink-model-prefix-map.json"
    prefixes: dict[str, str] = json.loads(text.read_text(encoding="utf-8"))
    return prefixes


def work_offline(own_prefixes: dict[str, str]) -> None:
    """Make KGX and bmt use packaged files; must run before anything of KGX is imported.

    Args:
        own_prefixes: Prefixes that the reader has beside those of Biolink.
    """
    model = files("biolink_model") / "schema" / "biolink_model.yaml"
    toolkit = import_module("bmt.toolkit").Toolkit
    toolkit.__init__.__defaults__ = (str(model), {"predicate mappings": []})
    config, packaged = import_module("kgx.config"), import_module("prefixcommons.curie_util")
    config.get_config()["ontologies"] = {}
    config.jsonld_context_map["biolink"] = packaged_prefixes() | own_prefixes
    for name in ("monarch_context", "obo_context"):
        config.jsonld_context_map[name] = packaged.read_biocontext(name)


def transform(path: Path, *, memory: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the nodes and the edges that KGX makes of an N-Triples file.

    Args:
        path: The file; KGX takes no comment and no empty line in it.
        memory: Go through KGX's in-memory graph, its default, instead of streaming.
    """
    transformer = import_module("kgx.transformer").Transformer
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    source = {"filename": [str(path)], "format": "nt"}
    if memory:
        reader = transformer(error_log=sys.stderr)
        reader.transform(source)
        nodes += [data for _, data in reader.store.graph.nodes(data=True)]
        edges += [data for *_, data in reader.store.graph.edges(keys=True, data=True)]
    else:

        def collect(kind: Any, record: tuple[Any, ...]) -> None:  # noqa: ANN401
            (nodes if kind.value == "node" else edges).append(dict(record[-1]))

        reader = transformer(stream=True, error_log=sys.stderr)
        reader.transform(source, {"format": "null"}, inspector=collect)
    return nodes, edges


def describe(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return nodes and edges with IRIs for their ends and ids, and each predicate's ancestors.

    Args:
        nodes: As KGX gives them.
        edges: As KGX gives them; ``predicate`` and ``relation`` stay as they are, and
            ``predicate_ancestors`` lists the Biolink predicates at and above ``predicate``.
    """
    prefixes = import_module("kgx.prefix_manager").PrefixManager()
    ancestors = import_module("kgx.utils.kgx_utils").get_biolink_ancestors
    for record in [*nodes, *edges]:
        for key in record.keys() & {"id", "subject", "object"}:
            record[key] = prefixes.expand(record[key])
    for edge in edges:
        edge["predicate_ancestors"] = ancestors(edge["predicate"])
    return {"nodes": nodes, "edges": edges}


def main() -> None:
    """Read the file named on the command line and print what KGX made of it."""
    parser = argparse.ArgumentParser(description="What KGX makes of an N-Triples file, as JSON.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--memory", action="store_true", help="KGX's in-memory graph, not a stream")
    parser.add_argument("--context", type=Path, help="a JSON-LD context whose prefixes KGX is told")
    arguments = parser.parse_args()
    own: dict[str, str] = {}
    if arguments.context:
        own = json.loads(arguments.context.read_text(encoding="utf-8"))["@context"]
    with redirect_stdout(sys.stderr):  # KGX logs to stdout
        work_offline(own)
        graph = describe(*transform(arguments.file, memory=arguments.memory))
    json.dump(graph, sys.stdout, default=str, sort_keys=True)


if __name__ == "__main__":
    main()
