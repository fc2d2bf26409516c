from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

from studyclaims import doctor

if TYPE_CHECKING:
    import pytest


def test_all_that_is_needed_is_here() -> None:
    assert [str(item) for item in doctor.examine() if item.needed and not item.good] == []


def test_every_core_package_is_looked_at() -> None:
    names = {item.name.lower() for item in doctor.examine()}
    assert {"rdflib", "pyshacl", "owlready2", "sparqlwrapper", "pyoxigraph", "click"} <= names


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", gone)
    missing = [item for item in doctor.examine() if item.needed and not item.good]
    assert len(missing) >= 8
    assert all("pip install" in item.detail for item in missing)


def test_java_is_not_needed_by_every_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", dict[str, str]().get)
    java = next(item for item in doctor.examine() if item.name == "java")
    assert not java.good
    assert not java.needed
    assert str(java).startswith("absent  java")
