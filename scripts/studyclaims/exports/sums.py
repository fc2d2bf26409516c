"""Sums: ``SHA256SUMS``, in the form that ``sha256sum -c`` reads."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "SHA256SUMS"
"""What the file is called; it does not list itself."""

_LINE: Final = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<path>[^\n\\]+)")


def sums_text(files: Mapping[str, bytes]) -> str:
    """Return the list of these files' sums, by path.

    >>> sums_text({"b": b"", "a": b""})[:24]
    'e3b0c44298fc1c149afbf4c8'
    """
    sums = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums))


def read_sums(text: str) -> dict[str, str]:
    r"""Return the sums of a list, by path; lines of another form are left out.

    >>> read_sums("ab  a\n") == {}
    True
    """
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return {match["path"]: match["sum"] for match in found if match}
