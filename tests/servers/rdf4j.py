"""Eclipse RDF4J's server in Tomcat, one native-store repository: one user may write (basic).

The server itself knows no users; the servlet container asks for them. Which addresses it guards
is written into the unpacked WAR's ``web.xml``, as that file's own comment proposes.
"""

from __future__ import annotations

import secrets
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Final

from servers.places import CACHE, JAVA, LOOPBACK, Download, without_file, without_program
from servers.processes import Recipe, StartError
from servers.talking import call

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "4.1.3"
WAR: Final = Download(
    f"org.eclipse.rdf4j:rdf4j-http-server:{VERSION}:war",
    CACHE / f"rdf4j-http-server-{VERSION}.war",
    "95b30010acef73502f7a886d549000e88f06ab9c4f62f284e9ae2328f2bdacb9"
    "3500026691962bae9e5d6890b4122fbd65a844a8bdc8b590bbfa14b3a540fa1a",
)
TOMCAT: Final = Download(
    "com.heroku:webapp-runner:9.0.89.0",
    CACHE / "webapp-runner-9.0.89.0.jar",
    "ac2faa8477edd2079bef7981bb75bd44d4253e4d960ff7b227f95f917318be9e"
    "2a943a97ecdab43deaf85229cbb3d74fbb161791e5ad1d14604e39fd96bcd2b9",
)
USER: Final = "writer"
REPOSITORY: Final = "studies"

GUARD: Final = f"""
	<security-constraint>
		<web-resource-collection>
			<web-resource-name>writing</web-resource-name>
			<url-pattern>/repositories/{REPOSITORY}</url-pattern>
			<url-pattern>/repositories/{REPOSITORY}/statements</url-pattern>
			<url-pattern>/repositories/{REPOSITORY}/rdf-graphs/*</url-pattern>
			<url-pattern>/repositories/{REPOSITORY}/transactions/*</url-pattern>
			<http-method>PUT</http-method>
			<http-method>DELETE</http-method>
		</web-resource-collection>
		<auth-constraint><role-name>writer</role-name></auth-constraint>
	</security-constraint>
	<security-constraint>
		<web-resource-collection>
			<web-resource-name>adding and updating</web-resource-name>
			<url-pattern>/repositories/{REPOSITORY}/statements</url-pattern>
			<url-pattern>/repositories/{REPOSITORY}/rdf-graphs/*</url-pattern>
			<url-pattern>/repositories/{REPOSITORY}/transactions/*</url-pattern>
			<http-method>POST</http-method>
		</web-resource-collection>
		<auth-constraint><role-name>writer</role-name></auth-constraint>
	</security-constraint>
	<login-config>
		<auth-method>BASIC</auth-method>
		<realm-name>RDF4J Server</realm-name>
	</login-config>
	<security-role><role-name>writer</role-name></security-role>
</web-app>
"""

USERS: Final = """\
<tomcat-users>
  <role rolename="writer"/>
  <user username="USER" password="PASSWORD" roles="writer"/>
</tomcat-users>
"""

CONFIG: Final = f"""\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rep:  <http://www.openrdf.org/config/repository#> .
@prefix sr:   <http://www.openrdf.org/config/repository/sail#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .
@prefix ns:   <http://www.openrdf.org/config/sail/native#> .

[] a rep:Repository ;
    rep:repositoryID "{REPOSITORY}" ;
    rdfs:label "studies" ;
    rep:repositoryImpl [
        rep:repositoryType "openrdf:SailRepository" ;
        sr:sailImpl [
            sail:sailType "openrdf:NativeStore" ;
            ns:tripleIndexes "spoc,posc,cspo"
        ]
    ] .
"""


def missing() -> str:
    """Return why the server cannot be started, or nothing."""
    return without_program("java") or without_file(WAR.path, TOMCAT.path)


def recipe(folder: Path, port: int) -> Recipe:
    """Return how the server is started on a folder and a port, with the WAR unpacked there."""
    url = f"http://{LOOPBACK}:{port}"
    repository = f"{url}/repositories/{REPOSITORY}"
    password = secrets.token_hex(12)
    users = folder / "users.xml"
    users.write_text(USERS.replace("USER", USER).replace("PASSWORD", password), encoding="utf-8")
    return Recipe(
        kind="rdf4j",
        title="Eclipse RDF4J",
        version=VERSION,
        command=_command(folder, port, _unpacked(folder / "war"), users),
        url=repository,
        query_url=repository,
        update_url=f"{repository}/statements",
        graph_store_url=f"{repository}/rdf-graphs/service",
        ready=f"{url}/protocol",
        user=USER,
        password=password,
        first=partial(_create, repository, USER, password),
    )


def _command(folder: Path, port: int, war: Path, users: Path) -> tuple[str, ...]:
    """Return the command line, on loopback alone and with all that is written in the folder."""
    scan = "-Dtomcat.util.scan.StandardJarScanFilter.jarsToSkip=*.jar"
    java = (*JAVA, scan, f"-Dorg.eclipse.rdf4j.appdata.basedir={folder / 'data'}")
    tomcat = ("--port", str(port), f"-Aaddress={LOOPBACK}", "--temp-directory", str(folder / "tmp"))
    who = ("--tomcat-users-location", str(users))
    return (*java, "-jar", str(TOMCAT.path), *tomcat, *who, str(war))


def _unpacked(target: Path) -> Path:
    """Unpack the WAR and close what writes in it; return its folder."""
    with zipfile.ZipFile(WAR.path) as war:
        war.extractall(target)
    described = target / "WEB-INF" / "web.xml"
    text = described.read_text(encoding="utf-8")
    described.write_text(GUARD.lstrip("\n").join(text.rsplit("</web-app>", 1)), encoding="utf-8")
    return target


def _create(repository: str, user: str, password: str) -> None:
    """Create the repository.

    Raises:
        StartError: The server refused it.
    """
    turtle = {"Content-Type": "text/turtle"}
    body = CONFIG.encode()
    answer = call(repository, "PUT", body, headers=turtle, user=user, password=password)
    if answer.status != 204:
        raise StartError(f"no repository: {answer.status} {answer.text[:500]}")
