"""What an endpoint is asked to see whether it is well: that it answers, and whom it refuses."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_QUERY: Final = {"Content-Type": "application/sparql-query"}
_ASK: Final = "ASK {}"
_GET: Final = f"/sparql?query={quote(_ASK)}"
_BODY: Final = f"query={quote(_ASK)}"

WAIT: Final = 30.0
"""Seconds that an answer may take."""


@dataclass(frozen=True, slots=True)
class Check:
    """One request, and the status that it must be answered with."""

    name: str
    expected: int
    method: str = "GET"
    path: str = _GET
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


CHECKS: Final = (
    Check("health", 200, path="/health"),
    Check("a query by GET", 200),
    Check("a query by a form", 200, "POST", "/sparql", tuple(_FORM.items()), _BODY),
    Check("a query as a body", 200, "POST", "/sparql", tuple(_QUERY.items()), _ASK),
    Check("service description", 200, path="/sparql"),
    Check("description of the dataset", 200, path="/.well-known/void"),
    Check("a foreign Host", 403, headers=(("Host", "rebound.example"),)),
    Check("a foreign Origin", 403, headers=(("Origin", "https://elsewhere.example"),)),
    Check(
        "a form of another site",
        403,
        "POST",
        "/sparql",
        (*_FORM.items(), ("Origin", "https://elsewhere.example")),
        _BODY,
    ),
    Check("an update", 403, "POST", "/sparql", tuple(_FORM.items()), "update=CLEAR%20ALL"),
    Check("SERVICE", 400, path=f"/sparql?query={quote('ASK { SERVICE <http://[::1]/> {} }')}"),
    Check(
        "3,000 braces",
        400,
        "POST",
        "/sparql",
        tuple(_QUERY.items()),
        f"ASK {'{' * 3000}{'}' * 3000}",
    ),
)
"""What `checked` asks."""


def checked(address: str) -> list[dict[str, Any]]:
    """Return each check with the status that was found; 0 where there was no answer.

    >>> checked("http://127.0.0.1:1/")[0]
    {'check': 'health', 'expected': 200, 'found': 0, 'good': False}
    """
    found = [(check, _status(address, check)) for check in CHECKS]
    return [
        {"check": c.name, "expected": c.expected, "found": got, "good": got == c.expected}
        for c, got in found
    ]


def checked_text(rows: Iterable[Mapping[str, Any]]) -> str:
    r"""Return checks as lines.

    >>> checked_text([{"check": "health", "expected": 200, "found": 0, "good": False}])
    'wrong   health: 0, expected 200\n'
    """
    lines = []
    for row in rows:
        more = "" if row["good"] else f", expected {row['expected']}"
        lines.append(f"{'ok' if row['good'] else 'wrong':8}{row['check']}: {row['found']}{more}\n")
    return "".join(lines)


def _status(address: str, check: Check) -> int:
    """Return the status that a request is answered with; 0 where it is not answered."""
    place = urlsplit(address)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=WAIT)
    try:
        line.request(check.method, check.path, check.body or None, dict(check.headers))
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
    return answer.status
