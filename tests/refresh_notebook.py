"""Run docs/tour.ipynb in this Python, and write it with what it showed.

::

    .venv/bin/python tests/refresh_notebook.py          # in place
    .venv/bin/python tests/refresh_notebook.py OUT      # to another file

The kernel is this interpreter, whatever kernels a user has installed, with a folder of its own for
all that Jupyter and IPython write. What is written depends on nothing but the notebook and the
packages: no time, no path, no version.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
TOUR: Final = ROOT / "docs" / "tour.ipynb"
KERNEL: Final = "studyclaims-tour"
METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(notebook: Path, home: Path) -> dict[str, Any]:
    """Return a notebook as it is once all its cells have run; ``home`` is a folder to work in."""
    spec = home / "kernels" / KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    paths = os.pathsep.join([str(ROOT / "scripts"), os.environ.get("PYTHONPATH", "")])
    more = {"PYTHONPATH": paths.rstrip(os.pathsep), "IPYTHONDIR": str(home / "ipython")}
    spec.write_text(json.dumps({"argv": command, "display_name": KERNEL, "env": more}))
    # Read when Jupyter is imported: what stands in a user's home must change nothing here.
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    os.environ |= {name: str(home / name.lower()) for name in names}
    os.environ["JUPYTER_PATH"] = str(home)
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    cells = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    resources = {"metadata": {"path": str(home)}}
    # By files of this folder: no port that another user of the machine could listen on.
    wires = Config(KernelManager={"transport": "ipc", "ip": str(home / "wire")})
    client = NotebookClient(
        cells,
        kernel_name=KERNEL,
        config=wires,
        record_timing=False,
        timeout=120,
        resources=resources,
    )
    ran: dict[str, Any] = client.execute()
    return ran


def settled(notebook: dict[str, Any]) -> str:
    """Return a notebook as its file holds it: numbered from one, nothing of the machine."""
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number:02}"
        cell["metadata"] = {}
        cell["source"] = _lines(cell["source"])
        for output in cell.get("outputs", ()):
            output |= {"text": _lines(output["text"])} if "text" in output else {}
            output.get("data", {}).update({k: _lines(v) for k, v in output.get("data", {}).items()})
    notebook |= {"metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _lines(text: str | list[str]) -> list[str]:
    """Return a text as its lines: changes to a notebook are read line by line."""
    return "".join(text).splitlines(keepends=True)


def main() -> None:
    """Write the notebook as it runs now."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else TOUR
    with TemporaryDirectory() as home:
        text = settled(executed(TOUR, Path(home)))
    out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
