"""The verb that answers SPARQL queries over HTTP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs.options import emit, from_option, json_option

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.serving.server import Service


@click.command()
@click.option("--store", metavar="PATH", help="Store on disk to read, in place of files.")
@from_option
@click.option("--host", default="127.0.0.1", help="Address to listen at; this machine's alone.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7878, help="Port; 0 takes any that is free."
)
@click.option(
    "--deadline",
    type=click.FloatRange(0.1, 3600),
    default=10.0,
    help="Seconds after which a query is stopped.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=100_000,
    help="Rows, or triples, beyond which an answer is an error.",
)
@click.option(
    "--memory", type=click.IntRange(min=64), default=1024, help="MiB that one query may use."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=4, help="Queries answered at a time."
)
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="Further name it is called by."
)
@click.option(
    "--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="Site whose pages may ask."
)
@click.option("--check", is_flag=True, help="Start, ask itself whom it answers, and stop.")
@json_option
def serve(**chosen: Any) -> None:  # noqa: ANN401 - the options above
    """Answer SPARQL queries over HTTP, read-only, until it is stopped.

    The endpoint is /sparql; / is a page for people. Pages of other sites, and other names of this
    machine, are refused unless they are allowed. What takes too long, too much memory or too many
    rows is an error, never a short answer. Exit status 1: --check found something wrong.
    """
    from studyclaims.errors import SetupError

    try:
        from studyclaims.serving.selfcheck import checked, checked_text
        from studyclaims.serving.server import serve as run
    except ImportError as error:
        problem = f"serve needs {error.name}; install it: pip install 'studyclaims[serve]'"
        raise SetupError(problem) from error

    service, form = _service(chosen), chosen["form"]
    if not chosen["check"]:
        run(service, lambda address, told: _announce(address, told, form))
        return
    found: list[dict[str, Any]] = []
    run(service, lambda *_: None, lambda address: found.extend(checked(address)))
    emit({"checks": found}, form, checked_text(found))
    if not all(row["good"] for row in found):
        sys.exit(1)


def _service(chosen: dict[str, Any]) -> Service:
    """Return what the options ask for."""
    from studyclaims.serving.doors import LOOPBACK, Door
    from studyclaims.serving.limits import Limits
    from studyclaims.serving.nursery import Asked
    from studyclaims.serving.server import Service

    files: tuple[Path, ...] = chosen["files"]
    store: str | None = chosen["store"]
    if store is not None and files:
        raise click.BadParameter("--store and --from name two things to ask; give one")
    if store is not None:
        _require_folder(store)
    host = f"[{chosen['host']}]" if ":" in chosen["host"] else chosen["host"]
    if host not in LOOPBACK and not chosen["hosts"]:
        raise click.BadParameter(
            f"{chosen['host']}: others reach it there; give the name that they call it by as "
            "--allow-host too"
        )
    return Service(
        Asked(tuple(map(str, files)), store or ""),
        chosen["host"],
        chosen["port"],
        Limits(
            deadline=chosen["deadline"],
            rows=chosen["rows"],
            memory=chosen["memory"] << 20,
            workers=chosen["workers"],
        ),
        Door(
            frozenset(name.lower() for name in chosen["hosts"]),
            frozenset(origin.rstrip("/") for origin in chosen["origins"]),
        ),
    )


def _require_folder(store: str) -> None:
    """Raise, as `query` does, where a store is not there; and where it is a server's address."""
    from pathlib import Path

    from studyclaims.stores.disk import standing
    from studyclaims.stores.opening import is_address, require_place

    require_place(store)
    if is_address(store):
        raise click.BadParameter(
            f"{store.partition('?')[0]}: found the address of a server, which answers by itself; "
            "expected a folder: ask the server with query --store"
        )
    standing(Path(store))


def _announce(address: str, told: dict[str, Any], form: str) -> None:
    """Say where the endpoint is, once it answers."""
    size, graphs = told["size"], len(told["graphs"])
    text = f"{size:,} triples in {graphs:,} graphs: {address} (endpoint {address}sparql)\n"
    emit({"address": address, "endpoint": f"{address}sparql", "triples": size}, form, text)
    click.echo("Ctrl-C stops it", err=True)
