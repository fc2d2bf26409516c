"""Who one is to a store: where it is read, what is shown of it, and where it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.errors import ConfigError, StoreError
from studyclaims.stores.credentials import (
    FILE,
    NOBODY,
    PASSWORD,
    PLAIN,
    TOKEN,
    USER,
    Auth,
    auth_for,
    is_private,
    require_address,
    shown,
)

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "pass-4711-word"  # noqa: S105 - nobody's


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / FILE
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return folder


def test_no_secret_is_shown() -> None:
    auth = Auth(user="ada", password=SECRET, token="tok-815")  # noqa: S106 - nobody's
    assert SECRET not in repr(auth)
    assert "tok-815" not in f"{auth} {auth.who}"
    assert auth.hide(f"{auth.basic} {SECRET} tok-815") == "Basic *** *** ***"
    assert Auth(user="ada").hide("ada") == "ada"
    assert (auth.who, Auth(user="ada").who, NOBODY.who) == ("the token", "the user 'ada'", "")


@pytest.mark.parametrize(
    "parts",
    [
        ("", "", "a\nb"),
        ("", "", "a b"),
        ("", "", "é"),
        ('a"', "", ""),
        ("a:b", "", ""),
        ("é", "", ""),
        ("a\\", "", ""),
        ("a", "b\r\nX: y", ""),
    ],
)
def test_what_no_header_holds_is_refused_and_not_said(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        Auth(*parts)
    assert not any(value in str(caught.value) for value in parts if len(value) > 2)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://example.org/", True),
        ("http://localhost:1/", True),
        ("http://127.8.9.1/", True),
        ("http://[::1]:3/", True),
        ("http://example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://10.0.0.1/", False),
        ("http://[fe80::1]/", False),
    ],
)
def test_private_is_https_or_this_machine(url: str, private: bool) -> None:
    assert is_private(url) is private
    for auth in (Auth(user="ada"), Auth("", "", "t")):
        if private:
            auth.require_private(url)
        else:
            with pytest.raises(StoreError, match=f"expected https; set {PLAIN}=1"):
                auth.require_private(url)
    NOBODY.require_private(url)
    Auth(user="ada", plain=True).require_private(url)


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown(f"https://ada:{SECRET}@h:1/p?key={SECRET}#{SECRET}") == "https://h:1/p"
    assert shown("http://[") == "an address that cannot be read"


@pytest.mark.parametrize(
    "url",
    [
        *("", "localhost:7878", "ftp://h/", "file:///etc/hosts", "http://", "http://h:0"),
        *("http://[::1", "http://h:99999/", "http://h/ x", "http://h/\n", "http://é.org/"),
        "http://h/\x7f",
    ],
)
def test_an_address_is_http_with_a_host(url: str) -> None:
    with pytest.raises(StoreError, match="expected an address"):
        require_address(url)


def test_a_user_in_an_address_is_refused_and_not_said() -> None:
    with pytest.raises(StoreError, match=USER) as caught:
        require_address(f"http://ada:{SECRET}@localhost/")
    assert SECRET not in str(caught.value)
    assert require_address("https://h:1/ds/#x") == "https://h:1/ds"


def test_the_environment_comes_first(tmp_path: Path) -> None:
    home = written(tmp_path, '["http://localhost"]\nuser = "file"\npassword = ""\n')
    assert auth_for("http://localhost/ds", {}, home) == Auth(user="file")
    environ = {USER: "ada", PASSWORD: SECRET, PLAIN: "1"}
    assert auth_for("http://localhost/ds", environ, home) == Auth("ada", SECRET, plain=True)
    assert auth_for("http://localhost/ds", {TOKEN: "t"}, home) == Auth("", "", "t")
    environ = {USER: "ada", PASSWORD: "", PLAIN: "yes"}
    assert auth_for("http://localhost/ds", environ, home) == Auth("ada")
    assert auth_for("http://localhost/ds", {USER: "", PASSWORD: ""}, home).user == "file"


@pytest.mark.parametrize(
    ("environ", "text", "found", "expected"),
    [
        ({PASSWORD: SECRET}, "", f"the environment: found {PASSWORD} without {USER}", USER),
        ({PASSWORD: SECRET, USER: ""}, "", f"found {PASSWORD} without {USER}", USER),
        ({PASSWORD: SECRET, TOKEN: "t"}, "", f"found {PASSWORD} without {USER}", USER),
        ({USER: "ada"}, "", f"the environment: found {USER} without {PASSWORD}", "an empty one"),
        ({}, 'user = "ada"', f"{FILE}: [http://h]: found user without password", "an empty one"),
        ({}, f'password = "{SECRET}"', f"{FILE}: [http://h]: found password without user", "user"),
    ],
)
def test_half_of_a_name_and_a_password_is_an_error(
    environ: dict[str, str], text: str, found: str, expected: str, tmp_path: Path
) -> None:
    home = written(tmp_path, f'["http://h"]\n{text}\n') if text else tmp_path
    with pytest.raises(ConfigError) as caught:
        auth_for("http://h/ds", environ, home)
    said = str(caught.value)
    assert found in said
    assert "expected both or neither; set " in said
    assert expected in said.partition("; set ")[2]
    assert SECRET not in said


def test_a_file_names_stores_and_the_longest_name_holds(tmp_path: Path) -> None:
    text = (
        '["http://h:1"]\nuser = "a"\npassword = ""\n'
        '["http://h:1/ds/"]\nuser = "b"\npassword = ""\nplain = true\n'
        '["https://t.org"]\ntoken = "t"\n'
    )
    home = written(tmp_path, text)
    assert auth_for("http://h:1/other", {}, home).user == "a"
    assert auth_for("http://H:1/ds", {}, home) == Auth("b", plain=True)
    assert auth_for("http://h:1/ds2", {}, home).user == "a"
    assert auth_for("https://t.org/x", {}, home).token == "t"  # noqa: S105 - nobody's
    for other in ("https://h:1/ds", "http://h:12/ds", "http://h", "http://h:1.evil.org/"):
        assert auth_for(other, {}, home) == NOBODY


def test_no_file_is_nobody(tmp_path: Path) -> None:
    assert auth_for("http://h:1", {}, tmp_path) == NOBODY


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        (f'["http://h"]\npassword = "{SECRET}"\n', 0o640),
        (f'["http://h"]\npassword = "{SECRET}"\n', 0o604),
        (f'["http://h"]\npassword = "{SECRET}" x\n', 0o600),
        (f'["http://h"]\npasswort = "{SECRET}"\n', 0o600),
        (f'["http://h"]\nuser = 4\npassword = "{SECRET}"\n', 0o600),
        (f'password = "{SECRET}"\n', 0o600),
    ],
)
def test_a_file_that_cannot_stand_is_an_error_that_says_no_secret(
    tmp_path: Path, text: str, mode: int
) -> None:
    with pytest.raises(ConfigError) as caught:
        auth_for("http://h", {}, written(tmp_path, text, mode))
    assert str(caught.value).startswith(FILE)
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


def test_a_file_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        auth_for("http://h", {}, tmp_path)
