"""Read the files of an exchange with KGX and with Biolink's own model, and print what each says.

Run by KGX's own environment (see ``environment.py``), which has no studyclaims in it::

    python read_exchange.py FOLDER FORM [--all]

Biolink's model forbids what it does not know, so a row goes to it without the columns that are not
slots of its class; these are printed. With ``--all`` it gets the whole row. A row of the class
``biolink:PhenotypicFeature`` goes to the model's class ``PhenotypicFeature``.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any


def read_with_kgx(paths: list[Path], form: str) -> dict[str, list[dict[str, Any]]]:
    """Return the nodes and the edges that KGX's stream gives."""
    transformer = import_module("kgx.transformer").Transformer
    found: dict[str, list[dict[str, Any]]] = {"node": [], "edge": []}

    def collect(kind: Any, record: tuple[Any, ...]) -> None:  # noqa: ANN401
        found[kind.value].append(dict(record[-1]))

    reader = transformer(stream=True, error_log=sys.stderr)
    source = {"filename": [str(path) for path in paths], "format": form}
    reader.transform(source, {"format": "null"}, inspector=collect)
    return found


def refused_by_biolink(
    records: list[dict[str, Any]], unknown: set[str], *, whole: bool
) -> list[str]:
    """Return what Biolink's model says against these records, and add the columns it has not."""
    model = import_module("biolink_model.datamodel.pydanticmodel_v2")
    faults = []
    for record in records:
        kind = getattr(model, record["category"][0].removeprefix("biolink:"))
        unknown |= record.keys() - kind.model_fields.keys()
        told = {k: v for k, v in record.items() if whole or k in kind.model_fields}
        try:
            kind(**told)
        except ValueError as error:
            faults.append(f"{record['id']}: {error}")
    return faults


def main() -> None:
    """Read the folder named on the command line and print what was found."""
    folder, form, *more = sys.argv[1:]
    paths = sorted(Path(folder).glob(f"*.{form}"))
    sys.path.append(str(Path(__file__).resolve().parent))  # -P keeps it out
    with redirect_stdout(sys.stderr):  # KGX logs to stdout
        import_module("read_graph").work_offline({})
        found = read_with_kgx(paths, form)
        unknown: dict[str, set[str]] = {"node": set(), "edge": set()}
        faults = [
            fault
            for kind, records in found.items()
            for fault in refused_by_biolink(records, unknown[kind], whole="--all" in more)
        ]
    columns = {kind: sorted(names) for kind, names in unknown.items()}
    json.dump({**found, "faults": faults, "unknown": columns}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
