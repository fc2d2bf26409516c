"""KGX without the network: what it would fetch at its start is put in its place first.

KGX fetches the Biolink model and two JSON-LD contexts. The model lies in the package biolink-model,
which KGX needs anyway; merging tables needs no more of the contexts than some prefixes.
"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files


def main() -> None:
    """Run the command line of KGX."""
    # By name: only the environment of KGX has these.
    toolkit = import_module("bmt.toolkit")

    model = str(files("biolink_model") / "schema" / "biolink_model.yaml")
    start = toolkit.Toolkit.__init__

    def offline(toolkit: object, *_: object, **__: object) -> None:
        start(toolkit, model, {"predicate mappings": []})

    toolkit.Toolkit.__init__ = offline
    config = import_module("kgx.config")
    prefixes = {"biolink": "https://w3id.org/biolink/vocab/"}
    contexts = ("biolink", "monarch_context", "obo_context")
    config.jsonld_context_map.update(dict.fromkeys(contexts, prefixes))
    import_module("kgx.cli").cli()


if __name__ == "__main__":
    main()
