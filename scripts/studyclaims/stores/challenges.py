"""Challenges: what a store asks before it believes a user, and the header that answers it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    parse_http_list,
    parse_keqv_list,
)

from studyclaims.errors import StoreError
from studyclaims.stores.credentials import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.request import Request

    from studyclaims.stores.credentials import Auth

_HEADER: Final = "Authorization"


class Challenges:
    """What each store asked last, so that it need not ask each time.

    A token is sent at once. A name and its password wait until the store says which way it wants
    them: with digest the password itself is never sent, so that goes before basic.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._basic: set[str] = set()
        self._digest: dict[str, tuple[HTTPDigestAuthHandler, dict[str, str]]] = {}

    def sign(self, request: Request, auth: Auth) -> None:
        """Put into a request what its store will ask for, as far as that is known.

        >>> from urllib.request import Request
        >>> from studyclaims.stores.credentials import Auth
        >>> request = Request("https://example.org/")
        >>> Challenges().sign(request, Auth(token="t"))
        >>> request.get_header("Authorization")
        'Bearer t'
        """
        origin = _origin(request)
        if auth.token:
            request.add_unredirected_header(_HEADER, f"Bearer {auth.token}")
        elif origin in self._digest:
            self._sign_digest(request, auth)
        elif origin in self._basic:
            request.add_unredirected_header(_HEADER, auth.basic)

    def learn(self, headers: Mapping[str, str], request: Request, auth: Auth) -> bool:
        """Return whether a request that was refused is signed now as its store asked.

        Raises:
            StoreError: it asks for a kind of digest that nothing here can make.
        """
        if auth.token or not auth.user:
            return False
        origin = _origin(request)
        asked = headers.get("www-authenticate", "").split("\n")
        scheme, _, rest = min(asked, key=_preferred).partition(" ")
        with self._lock:
            if scheme.lower() == "digest":
                given = parse_keqv_list(list(filter(None, parse_http_list(rest))))
                words = HTTPPasswordMgrWithDefaultRealm()
                words.add_password(None, origin, auth.user, auth.password)
                self._digest[origin] = HTTPDigestAuthHandler(words), given
            elif scheme.lower() == "basic" and not request.has_header(_HEADER):
                self._basic.add(origin)
            else:
                return False
        self.sign(request, auth)
        return True

    def _sign_digest(self, request: Request, auth: Auth) -> None:
        """Put the answer to a digest challenge into a request."""
        made, given = self._digest[_origin(request)]
        with self._lock:
            try:
                words = made.get_authorization(request, given)
            except ValueError:
                words = None
        if words is None:
            kind = auth.hide(given.get("algorithm", "no algorithm"))
            raise StoreError(
                f"{shown(request.full_url)}: it asks for digest authentication with {kind[:60]!r}, "
                "expected MD5 or SHA, and a password in ASCII; let it take basic over https"
            )
        request.add_unredirected_header(_HEADER, f"Digest {words}")


def _preferred(challenge: str) -> bool:
    """Return whether a challenge comes after another one: digest is the first."""
    return not challenge.lower().startswith("digest")


def _origin(request: Request) -> str:
    """Return the scheme, host and port that a request goes to."""
    parts = urlsplit(request.full_url)
    return f"{parts.scheme}://{parts.netloc}"
