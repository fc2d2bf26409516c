"""Apache Jena Fuseki on TDB2: anybody may read, one user may write (basic, by Shiro)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from servers.places import CACHE, JAVA, LOOPBACK, Download, without_file, without_program
from servers.processes import Recipe

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "5.6.0"
"""The newest that runs on Java 17; Jena 6 wants Java 21."""

JAR: Final = Download(
    f"org.apache.jena:jena-fuseki-server:{VERSION}",
    CACHE / f"jena-fuseki-server-{VERSION}.jar",
    "6892853e217afde119f9237ad424033c4d309ec7129bed344d0199ad6e233d9f"
    "166610e2040abd42b739ecbe120c4638f2b69ecf1576872669a3403c3391f691",
)
USER: Final = "writer"

SERVICE: Final = """\
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2:   <http://jena.apache.org/2016/tdb#>

<#service> a fuseki:Service ;
    fuseki:name "ds" ;
    fuseki:endpoint
        [ fuseki:operation fuseki:query ],
        [ fuseki:operation fuseki:query ; fuseki:name "query" ],
        [ fuseki:operation fuseki:query ; fuseki:name "sparql" ],
        [ fuseki:operation fuseki:update ; fuseki:name "update" ],
        [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ],
        [ fuseki:operation fuseki:gsp-r ; fuseki:name "get" ] ;
    fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "LOCATION" ] .
"""

# Fuseki 5 runs without sessions: a log-in that Shiro would keep in one ends in a 500.
SHIRO: Final = """\
[main]
ssl.enabled = false
plain = org.apache.shiro.authc.credential.SimpleCredentialsMatcher
iniRealm.credentialsMatcher = $plain

[users]
USER = PASSWORD

[urls]
/$/ping = anon
/$/** = noSessionCreation, authcBasic
/ds/update = noSessionCreation, authcBasic
/ds/data = noSessionCreation, authcBasic[PUT,POST,DELETE,PATCH]
/** = anon
"""


def missing() -> str:
    """Return why the server cannot be started, or nothing."""
    return without_program("java") or without_file(JAR.path)


def recipe(folder: Path, port: int) -> Recipe:
    """Return how the server is started on a folder and a port, whose settings are written there."""
    url = f"http://{LOOPBACK}:{port}"
    password = secrets.token_hex(12)
    base, data, service = folder / "base", folder / "data", folder / "service.ttl"
    base.mkdir()
    data.mkdir()
    service.write_text(SERVICE.replace("LOCATION", data.as_posix()), encoding="utf-8")
    users = SHIRO.replace("USER", USER).replace("PASSWORD", password)
    (base / "shiro.ini").write_text(users, encoding="utf-8")
    place = ("--localhost", "--port", str(port), "--config", str(service))
    return Recipe(
        kind="fuseki",
        title="Apache Jena Fuseki",
        version=VERSION,
        command=(*JAVA, "-jar", str(JAR.path), *place),
        url=f"{url}/ds",
        query_url=f"{url}/ds/query",
        update_url=f"{url}/ds/update",
        graph_store_url=f"{url}/ds/data",
        ready=f"{url}/$/ping",
        user=USER,
        password=password,
        environment={"FUSEKI_BASE": str(base)},
    )
