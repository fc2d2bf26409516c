"""Print what the validator of RO-Crates finds in a crate, and what `rocrate` reads, as JSON.

Runs in the environment of ``requirements.txt``. The validator loads the context that a crate names
from the network. So that it needs none, the context that comes with `rocrate` is handed to it, that
of version 1.3: all terms that a release uses are the same there as in 1.2.
"""

from __future__ import annotations

import io
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

CONTEXT: Final = "https://w3id.org/ro/crate/"


def send(_: object, request: Any, **__: object) -> Any:  # noqa: ANN401 - of `requests`
    """Answer for the context, and be out of reach for everything else."""
    requests, urllib3 = import_module("requests"), import_module("urllib3")
    copy = Path(str(import_module("rocrate").__file__)).parent / "data" / "ro-crate.jsonld"
    if not request.url.startswith(CONTEXT):
        raise requests.ConnectionError(f"no network here: {request.url}")
    answer = requests.Response()
    answer.status_code, answer.url, answer.request = 200, request.url, request
    answer.headers["Content-Type"] = "application/ld+json"
    body = io.BytesIO(copy.read_bytes())
    answer.raw = urllib3.HTTPResponse(body, answer.headers, status=200, preload_content=False)
    return answer


def main(folder: str, severity: str) -> None:
    """Print the findings by severity, how many checks ran, and how many files were read."""
    import_module("requests").adapters.HTTPAdapter.send = send
    services = import_module("rocrate_validator.services")
    levels = import_module("rocrate_validator.models").Severity
    settings = services.ValidationSettings(
        rocrate_uri=folder,
        profile_identifier="ro-crate-1.2",
        requirement_severity=getattr(levels, severity),
    )
    result = services.validate(settings)
    found: dict[str, list[str]] = {}
    for issue in result.get_issues():
        said = f"{issue.check.identifier}: {issue.message}"
        found.setdefault(issue.severity.name, []).append(said)
    read = import_module("rocrate.rocrate").ROCrate(folder)
    print(  # noqa: T201 - this is a program
        json.dumps(
            {
                "findings": {level: sorted(said) for level, said in found.items()},
                "checks": len(result.executed_checks),
                "name": read.name,
                "files": sum(1 for thing in read.data_entities if thing.type == "File"),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
