"""Credentials for a store: out of the environment or a file of the user's own, never printed.

They are asked for by the store that a call goes to, and stay with it: no redirect is followed, and
over plain http they go to this machine alone, unless the user allows more.
"""

from __future__ import annotations

import base64
import stat
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from studyclaims.errors import ConfigError, StoreError
from studyclaims.stores.secrets import hidden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

USER: Final = "STUDYCLAIMS_STORE_USER"
PASSWORD: Final = "STUDYCLAIMS_STORE_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN: Final = "STUDYCLAIMS_STORE_TOKEN"  # noqa: S105 - the name of a variable
PLAIN: Final = "STUDYCLAIMS_STORE_PLAIN"
"""The variables that credentials are read from; PLAIN=1 lets them go over plain http."""

VARIABLES: Final = (USER, PASSWORD, TOKEN, PLAIN)

FILE: Final = "stores.toml"
"""The file beside the user's settings that says who one is to which store."""

_KEYS: Final[dict[str, type]] = {"user": str, "password": str, "token": str, "plain": bool}
_SIZE_LIMIT: Final = 64_000


@dataclass(frozen=True, slots=True)
class Auth:
    """Who one is to a store: a user and a password, or a token, or nobody.

    >>> Auth(user="ada", password="secret")
    Auth(user='ada', plain=False)
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    plain: bool = False
    """Whether they may go over plain http to another machine."""

    def __post_init__(self) -> None:
        """Raise where a part cannot stand in a header; nothing of it is said."""
        odd = not (self.user + self.token).isascii() or set(self.user) & set('":\\')
        if odd or not (self.user + self.token + self.password).isprintable() or " " in self.token:
            raise ConfigError(
                f"{USER}, {PASSWORD}, {TOKEN} or {FILE}: found what no header holds; expected a "
                'name in ASCII without " : or \\, a token without blanks, and no line breaks'
            )

    def __bool__(self) -> bool:
        """Return whether there is anything to show a store."""
        return bool(self.user or self.token)

    @property
    def who(self) -> str:
        """Whom messages name."""
        return "the token" if self.token else f"the user {self.user!r}" if self.user else ""

    @property
    def basic(self) -> str:
        """The value of the header of basic authentication."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def hide(self, text: str) -> str:
        """Return a text without any secret that a store put in it, or a sentence that it had one.

        >>> Auth(user="ada", password="se/cret").hide("ada:se/cret was refused")
        'ada:*** was refused'
        """
        return hidden(text, self.user, self.password, self.token)

    def require_private(self, url: str) -> None:
        """Raise where these credentials would be read by others on their way to an address.

        >>> Auth(user="ada").require_private("http://localhost:3030/ds")
        >>> Auth(user="ada").require_private("http://store.example.org/ds")
        Traceback (most recent call last):
        studyclaims.errors.StoreError: http://store.example.org/ds: found a name or a token for
        plain http to another machine, expected https; set STUDYCLAIMS_STORE_PLAIN=1, or plain =
        true in stores.toml, to let others read them

        Raises:
            StoreError: the address is plain http, on another machine, and that was not allowed.
        """
        if not self or self.plain or is_private(url):
            return
        raise StoreError(
            f"{shown(url)}: found a name or a token for plain http to another machine, expected "
            f"https; set {PLAIN}=1, or plain = true in {FILE}, to let others read them"
        )


NOBODY: Final = Auth()


def is_private(url: str) -> bool:
    """Return whether nobody else reads what goes to an address: https, or this machine.

    >>> is_private("https://example.org/"), is_private("http://[::1]:1/")
    (True, True)
    >>> is_private("http://127.0.0.1.example.org/")
    False
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def shown(url: str) -> str:
    """Return an address as messages print it: without a user, a password, a query or a fragment.

    >>> shown("http://ada:secret@localhost:1/query?token=secret")
    'http://localhost:1/query'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def require_address(url: str) -> str:
    """Return an address of a store without its last slash.

    >>> require_address("http://localhost:7878/")
    'http://localhost:7878'

    Raises:
        StoreError: it is no http or https address with a host, holds a blank or a control
            character, or has a user or a password in it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or not url.isascii() or port == 0:
        raise StoreError(f"{shown(url)}: expected an address as http://localhost:7878")
    if any(character <= " " or character == "\x7f" for character in url):
        raise StoreError(f"{shown(url)!r}: found a blank, expected an address without one")
    if "@" in parts.netloc:
        raise StoreError(
            f"{shown(url)}: found a user in the address; put the name and the password into {USER} "
            f"and {PASSWORD}, where no list of processes shows them"
        )
    return url.partition("#")[0].rstrip("/")


def auth_for(url: str, environ: Mapping[str, str], home: Path | None = None) -> Auth:
    """Return who one is to the store at an address: what the environment says, else the file.

    The file is ``stores.toml`` in the folder of the user's settings, never in a working folder. A
    table in it is named by an address, and is for whatever begins with it.

    >>> said = {"STUDYCLAIMS_STORE_USER": "ada", "STUDYCLAIMS_STORE_PASSWORD": "secret"}
    >>> auth_for("http://localhost:7878", said)
    Auth(user='ada', plain=False)

    Args:
        url: the address.
        environ: the environment.
        home: the folder of the user's settings, where there is one.

    Raises:
        ConfigError: a user stands without a password, or a password without a user; the file can
            be read by other users, is no TOML, or holds another key.
    """
    user, password = environ.get(USER, ""), environ.get(PASSWORD)
    _require_pair("the environment", (USER, user), (PASSWORD, password))
    if user or environ.get(TOKEN):
        plain = environ.get(PLAIN, "") == "1"
        return Auth(user, password or "", environ.get(TOKEN, ""), plain)
    tables = _tables(home / FILE) if home else {}
    fitting = [name for name in tables if _begins(url, name)]
    return Auth(**tables[max(fitting, key=len)]) if fitting else NOBODY


def _require_pair(
    where: str, user: tuple[str, str | None], password: tuple[str, str | None]
) -> None:
    """Raise where there is one of a user and a password; an empty password is one."""
    if bool(user[1]) == (password[1] is not None) or not (user[1] or password[1]):
        return
    found, missing = (user, password) if user[1] else (password, user)
    more = ", an empty one where the user has none" if user[1] else ""
    raise ConfigError(
        f"{where}: found {found[0]} without {missing[0]}, expected both or neither; "
        f"set {missing[0]} too{more}, or take {found[0]} away"
    )


def _begins(url: str, start: str) -> bool:
    """Return whether an address is another one, or below it: host for host, step for step."""
    parts, first = urlsplit(url), urlsplit(start.rstrip("/"))
    same = (parts.scheme, parts.netloc.lower()) == (first.scheme, first.netloc.lower())
    return same and f"{parts.path}/".startswith(f"{first.path}/")


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    """Return what a file of credentials holds by address; nothing where it is not there."""
    import tomllib

    try:
        mode = path.stat().st_mode
        text = path.read_bytes()[:_SIZE_LIMIT].decode("utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError, ValueError) as error:
        # What a reader says of the file may quote it, and it holds passwords.
        kind = error.strerror if isinstance(error, OSError) else "it is no TOML in UTF-8"
        raise ConfigError(f"{path.name}: cannot be read: {kind}") from None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        raise ConfigError(f"{path.name}: other users can read it; run chmod 600 on it")
    for name, table in tables.items():
        fits = isinstance(table, dict) and all(
            isinstance(value, _KEYS.get(key, ())) for key, value in table.items()
        )
        if not fits:
            raise ConfigError(f"{path.name}: [{shown(name)}]: expected {', '.join(_KEYS)}")
        pair = [(key, table.get(key)) for key in ("user", "password")]
        _require_pair(f"{path.name}: [{shown(name)}]", *pair)
    return tables
