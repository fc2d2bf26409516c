"""OpenLink Virtuoso 7 as Debian packs it, on an ini of our own: ``dba`` may write (digest)."""

from __future__ import annotations

import os
import secrets
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Final

from servers.places import CACHE, LOOPBACK, free_port, without_file
from servers.processes import Recipe, StartError

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "7.2.5.1"
PACKAGE: Final = "virtuoso-opensource-7-bin"
PACKAGE_VERSION: Final = "7.2.5.1+dfsg1-0.3"
SHA256: Final = "359ee4b2de81b92acbf5cf0b7bcb354375b96af37d3f5e70bfd7840341b94430"
LIBRARIES: Final = ("libminizip1", "libpcre3")
"""What the program needs beyond a bare Debian; whichever version the distribution has now."""

UNPACKED: Final = CACHE / f"virtuoso-{PACKAGE_VERSION}"
PROGRAM: Final = UNPACKED / "usr" / "bin" / "virtuoso-t"
ISQL: Final = UNPACKED / "usr" / "bin" / "isql-vt"
USER: Final = "dba"
SQL_SECONDS: Final = 60

INI: Final = """\
[Database]
DatabaseFile    = data/virtuoso.db
ErrorLogFile    = data/virtuoso.log
LockFile        = data/virtuoso.lck
TransactionFile = data/virtuoso.trx
xa_persistent_file = data/virtuoso.pxa
FileExtend      = 200
MaxCheckpointRemap = 2000
Striping        = 0
TempStorage     = TempDatabase

[TempDatabase]
DatabaseFile    = data/temp.db
TransactionFile = data/temp.trx
MaxCheckpointRemap = 2000
Striping        = 0

[Parameters]
ServerPort      = 127.0.0.1:SQLPORT
DisableUnixSocket = 1
ServerThreads   = 20
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
MaxQueryMem     = 500M
CheckpointInterval = 60
CaseMode        = 2
DirsAllowed     = .

[HTTPServer]
ServerPort      = 127.0.0.1:HTTPPORT
ServerRoot      = .
ServerThreads   = 20
EnabledDavVSP   = 0

[Client]
SQL_PREFETCH_ROWS = 100

[SPARQL]
ResultSetMaxRows = 10000
"""


def missing() -> str:
    """Return why the server cannot be started, or nothing."""
    return without_file(PROGRAM, ISQL)


def libraries() -> dict[str, str]:
    """Return the variable that lets the unpacked program find the libraries beside it."""
    below = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")
    paths = [str(UNPACKED / part) for part in below]
    return {"LD_LIBRARY_PATH": os.pathsep.join(paths)}


def recipe(folder: Path, port: int) -> Recipe:
    """Return how the server is started on a folder and a port, whose ini is written there."""
    url = f"http://{LOOPBACK}:{port}"
    sql, password = str(free_port()), secrets.token_hex(12)
    (folder / "data").mkdir()
    ini = folder / "virtuoso.ini"
    settings = INI.replace("SQLPORT", sql).replace("HTTPPORT", str(port))
    ini.write_text(settings, encoding="utf-8")
    return Recipe(
        kind="virtuoso",
        title="Virtuoso",
        version=VERSION,
        command=(str(PROGRAM), "+foreground", "+configfile", str(ini)),
        url=f"{url}/sparql",
        query_url=f"{url}/sparql",
        update_url=f"{url}/sparql-auth",
        graph_store_url=f"{url}/sparql-graph-crud-auth",
        ready=f"{url}/sparql?query=ASK%20%7B%7D",
        user=USER,
        password=password,
        environment=libraries(),
        empties_default=(),
        first=partial(_set_password, sql, password),
    )


def _set_password(port: str, password: str) -> None:
    """Give the owner of a new database a password of its own, and allow updates to it.

    Raises:
        StartError: The server refused it.
    """
    statements = f"user_set_password('{USER}', '{password}');\nGRANT SPARQL_UPDATE TO \"{USER}\";\n"
    done = subprocess.run(
        [str(ISQL), f"{LOOPBACK}:{port}", USER, USER],
        input=statements,
        capture_output=True,
        text=True,
        check=False,
        timeout=SQL_SECONDS,
        env=os.environ | libraries(),
    )
    if done.returncode or "Error" in done.stderr + done.stdout:
        raise StartError(f"no password for {USER}: {done.stdout[-500:]} {done.stderr[-500:]}")
