"""Opening the store that a user names: a folder, or the address of a server."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studyclaims.errors import StoreError
from studyclaims.stores.disk import DiskStore
from studyclaims.stores.generations import DiskPlace, loading_into
from studyclaims.stores.merged import MERGED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.stores.loading import Place
    from studyclaims.stores.remote import RemoteStore


def is_address(store: str) -> bool:
    """Return whether what a user names is an address, and no folder.

    >>> is_address("http://localhost:7878"), is_address("my-store")
    (True, False)
    """
    return store.lower().startswith(("http://", "https://"))


def require_place(store: str) -> None:
    """Raise where what a user names is neither a folder nor an address that is spoken to.

    >>> require_place("localhost:7878")
    Traceback (most recent call last):
    studyclaims.errors.StoreError: 'localhost:7878': found neither a folder nor the address of a
    server; an address begins with http:// or https://

    Raises:
        StoreError: it is neither.
    """
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", store)
    bare = re.fullmatch(r"[A-Za-z0-9.-]+:[0-9]{1,5}(/.*)?", store)
    if not is_address(store) and (not store or scheme or bare):
        raise StoreError(
            f"{store!r}: found neither a folder nor the address of a server; an address begins "
            "with http:// or https://"
        )


@contextmanager
def opened(store: str, home: Path | None = None) -> Iterator[DiskStore | RemoteStore]:
    """Open a store to be asked; where a server holds the merged graph, that is asked.

    >>> with opened("/no/such/folder"):
    ...     pass
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such/folder: no store is here; make one with: studyclaims
    load --store /no/such/folder

    Args:
        store: a folder, or an address.
        home: the folder of the user's settings, where the file of credentials may be.

    Raises:
        StoreError: there is no store, or it cannot be opened.
        ConfigError: the file of credentials cannot stand.
    """
    require_place(store)
    if is_address(store):
        remote = _remote(store, home)
        if remote.holds(MERGED):
            remote.merged = MERGED
        yield remote
        return
    with DiskStore(Path(store)) as found:
        yield found


@contextmanager
def opened_to_load(
    store: str, home: Path | None = None, *, dry_run: bool = False
) -> Iterator[Place]:
    """Open a store to be loaded into; with ``dry_run`` nothing is locked and nothing made.

    >>> with opened_to_load("/no/such/folder", dry_run=True) as place:
    ...     place.graphs()
    []

    Raises:
        StoreError: it cannot be opened, or another process loads into it.
        ConfigError: the file of credentials cannot stand.
    """
    require_place(store)
    if is_address(store):
        from studyclaims.stores.staging import RemotePlace

        yield RemotePlace(_remote(store, home), merges=True)
    elif dry_run:
        yield DiskPlace(Path(store))
    else:
        with loading_into(Path(store)) as place:
            yield place


def _remote(url: str, home: Path | None) -> RemoteStore:
    """Return the store at an address, asked which kind it is."""
    from studyclaims.stores.calls import Caller
    from studyclaims.stores.credentials import auth_for
    from studyclaims.stores.endpoints import probe
    from studyclaims.stores.remote import RemoteStore

    caller = Caller(auth_for(url, os.environ, home))
    return RemoteStore(probe(url, caller), caller)
