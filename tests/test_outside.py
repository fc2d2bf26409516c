"""Reading RDF files from outside: every form, what is refused, and where it says the fault is."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import studyclaims.outside
from commands import environment
from samples import quads
from studyclaims.errors import StoreError
from studyclaims.formats import FORMATS, serialize
from studyclaims.outside import (
    STAR_LIMIT,
    _Stars,
    _Watched,
    canonical,
    form_of,
    read_outside,
    read_stream,
)
from studyclaims.terminal import visible
from studyclaims.terms import prefixes

S, P = NamedNode("urn:a:s"), NamedNode("urn:a:p")
G: Final = NamedNode("urn:a:g")
SOME: Final = frozenset({Quad(S, P, Literal("01"), G), Quad(S, P, Literal("é", language="en"), G)})
LINE: Final = b'<urn:a:s> <urn:a:p> "c" .\n'
NEST: Final = b"<<( <urn:a:s> <urn:a:p> "


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read(folder: Path, name: str, data: bytes) -> frozenset[Quad]:
    return frozenset(read_outside(written(folder, name, data)))


def refusal(folder: Path, name: str, data: bytes) -> str:
    """Return what is said of a file that is refused, from the file's name on."""
    with pytest.raises(StoreError) as caught:
        read(folder, name, data)
    message = str(caught.value)
    assert message.startswith(str(folder / name))
    assert "\n" not in message
    return message.removeprefix(str(folder / name))


def nested(depth: int) -> bytes:
    """Return a line with triple terms, each inside the one before."""
    return b"<urn:a:s> <urn:a:p> " + NEST * depth + b"<urn:a:o>" + b" )>>" * depth + b" .\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_read_plain_and_packed(tmp_path: Path, form: str, packed: bool) -> None:
    data = serialize(SOME, form, {})
    name = f"a{FORMATS[form].suffix}" + (".gz" if packed else "")
    wanted = SOME if FORMATS[form].holds_graphs else {Quad(*quad.triple) for quad in SOME}
    assert read(tmp_path, name, gzip.compress(data, mtime=0) if packed else data) == wanted


def test_what_is_built_here_is_read_back_as_json_ld(tmp_path: Path) -> None:
    data = serialize(quads(), "jsonld", prefixes())
    assert read(tmp_path, "a.JSONLD", data) == quads()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.nq", ("nq", False)),
        ("A.NQ", ("nq", False)),
        ("a.b.TTL.GZ", ("ttl", True)),
        (".trig.rdf", ("rdf", False)),
    ],
)
def test_a_suffix_names_a_form(name: str, form: tuple[str, bool]) -> None:
    assert form_of(Path(name)) == form


@pytest.mark.parametrize(
    ("name", "found"), [("a.owl", ".owl"), ("a", ""), ("a.gz", ""), ("a.txt.gz", ".txt")]
)
def test_another_suffix_is_refused_with_those_there_are(name: str, found: str) -> None:
    with pytest.raises(StoreError, match=rf"found the suffix '{found}'; expected one of .*\.rdf"):
        form_of(Path(name))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.nq", LINE + b"<urn:a:s> <urn:a:p> .", ":2:21: cannot be read as nq: "),
        ("a.ttl", b"<urn:a:s>\n  nonsense", ":2:3: cannot be read as ttl: "),
        ("a.trig", b"{\x1b[2J", r": '\x1b' is not allowed"),
        ("a.nt", b"\xff\xfe", ":1:1: cannot be read as nt: "),
        ("a.jsonld", b'{"@id":\n1', ":2:2: cannot be read as jsonld: "),
        ("b.jsonld", b'{"@context": "https://ex.org/c"}', ": it names a context elsewhere, and"),
        ("c.jsonld", b'{"@id": "x", "urn:a:p": 1}', ": the name 'x' is relative; write it whole"),
        ("a.rdf", b"<rdf", ": cannot be read as rdf: "),
        ("a.nq.gz", LINE, ": is no whole gzip file: Not a gzipped file"),
        ("a.jsonld.gz", b"{}", ": is no whole gzip file: Not a gzipped file"),
        (
            "b.nq.gz",
            gzip.compress(LINE, mtime=0)[:-9],
            ": is no whole gzip file: Compressed file ended",
        ),
        (
            "c.nq.gz",
            gzip.compress(LINE, mtime=0)[:10] + b"\xff" * 9,
            ": is no whole gzip file: Error -3",
        ),
    ],
)
def test_a_refusal_says_where_and_why(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    message = refusal(tmp_path, name, data)
    assert said in message
    assert message.isprintable()
    assert "Parser error" not in message


@pytest.mark.parametrize(
    ("name", "problem"), [("none.nq", "No such file or directory"), ("d.ttl", "Is a directory")]
)
def test_what_cannot_be_opened_is_said_in_one_line(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "d.ttl").mkdir()
    with pytest.raises(StoreError, match=rf"{name}: cannot be read as \w+: {problem}$"):
        list(read_outside(tmp_path / name))


@pytest.mark.parametrize("name", ["a.nq", "a.nt"])
def test_triple_terms_are_counted_by_line(tmp_path: Path, name: str) -> None:
    assert len(read(tmp_path, name, nested(STAR_LIMIT) + nested(STAR_LIMIT - 1))) == 2
    message = refusal(tmp_path, name, LINE + nested(STAR_LIMIT + 1))
    assert message.startswith(": a line with more than 1,000 triple terms; ")


@pytest.mark.parametrize("name", ["a.ttl", "a.trig.gz"])
def test_many_triple_terms_are_read_by_a_child(tmp_path: Path, name: str) -> None:
    data = b"".join(
        b'<urn:a:s> <urn:a:p> <<( <urn:a:s> <urn:a:p> "%d" )>> .\n' % n
        for n in range(STAR_LIMIT + 1)
    )
    packed = gzip.compress(data, mtime=0) if name.endswith(".gz") else data
    assert len(read(tmp_path, name, packed)) == STAR_LIMIT + 1


def test_what_ends_the_parser_ends_the_child_alone(tmp_path: Path) -> None:
    message = refusal(tmp_path, "a.ttl", nested(40_000))
    assert message.startswith(": cannot be read as ttl: it needs more than 1024 MiB or 60 s: ")


def test_what_python_is_told_to_say_changes_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONVERBOSE", "PYTHONINSPECT", "PYTHONPROFILEIMPORTTIME"):
        monkeypatch.setenv(name, "1")
    assert refusal(tmp_path, "a.jsonld", b'{"@id":\n1').startswith(":2:2: cannot be read as jsonld")
    assert read(tmp_path, "b.rdf", serialize([Quad(S, P, Literal("x"))], "rdf", {}))


def test_what_else_a_child_says_is_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = b'x\nstudyclaims.outside: {"message": "m"}\n# cleanup\n{}\n'
    done = subprocess.CompletedProcess([], 3, b"", said)
    environments: list[dict[str, str]] = []

    def run(
        command: list[str], env: dict[str, str], **_: object
    ) -> subprocess.CompletedProcess[bytes]:
        environments.append(env)
        assert command[1:4] == ["-BP", "-m", "studyclaims.outside"]
        return done

    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setattr(subprocess, "run", run)
    assert refusal(tmp_path, "a.rdf", b"") == ": cannot be read as rdf: m"
    assert {name for name in environments[0] if name.startswith("PYTHON")} == {"PYTHONPATH"}
    assert environments[0]["RUST_BACKTRACE"] == "0"


def test_few_triple_terms_start_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.outside, "_from_child", None)
    assert len(read(tmp_path, "a.ttl", nested(STAR_LIMIT))) == 1


def test_a_child_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.outside, "DEADLINE", 0.001)
    assert "it needs more than" in refusal(tmp_path, "a.rdf", b"")


@given(st.lists(st.sampled_from([b"<", b"<<", b"x", b"\n", b"<<<", b""]), max_size=12))
def test_a_line_has_no_more_than_is_counted(pieces: list[bytes]) -> None:
    stars = _Stars()
    seen = max([stars.most_in_a_line(piece) for piece in pieces], default=0)
    whole = b"".join(pieces)
    lines = whole.split(b"\n")
    assert max(line.count(b"<<") for line in lines) <= seen
    assert seen <= max(line.count(b"<") for line in lines)
    assert stars.all >= whole.count(b"<<")


def test_stars_apart_are_counted_exactly() -> None:
    stars = _Stars()
    found = [stars.most_in_a_line(piece) for piece in (b"<< <", b"< ", b"<<\n<<", b"", b"\n<<")]
    assert (found, stars.all) == ([1, 2, 3, 1, 1], 5)


@pytest.mark.parametrize(
    ("name", "limit"), [("a.nq", "SIZE_LIMIT"), ("a.ttl", "SIZE_LIMIT"), ("a.rdf", "CHILD_LIMIT")]
)
def test_a_file_may_have_so_many_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: str
) -> None:
    data = LINE * 3
    form = form_of(Path(name))[0]
    monkeypatch.setattr(studyclaims.outside, limit, len(data))
    watched = _Watched(io.BytesIO(data), "x", form)
    assert b"".join(iter(lambda: watched.read(7), b"")) == data
    monkeypatch.setattr(studyclaims.outside, limit, len(data) - 1)
    watched = _Watched(io.BytesIO(data), "x", form)
    with pytest.raises(StoreError, match=r"^x: more than 77 bytes; split the file$"):
        watched.read(-1)
    if limit == "SIZE_LIMIT":
        assert refusal(tmp_path, name, data).startswith(": more than")


def test_a_file_that_unpacks_to_far_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = gzip.compress(b"\n" * 100_000, mtime=0)
    assert read(tmp_path, "a.nq.gz", data) == set()
    monkeypatch.setattr(studyclaims.outside, "RATIO_FREE", 1000)
    assert "unpacks to more than 200 times its size" in refusal(tmp_path, "a.nq.gz", data)
    assert read(tmp_path, "b.nq.gz", gzip.compress(b"\n" * 1000, mtime=0)) == set()
    monkeypatch.setattr(studyclaims.outside, "RATIO_LIMIT", 2000)
    assert read(tmp_path, "a.nq.gz", data) == set()
    assert read(tmp_path, "a.nq", b"\n" * 2000) == set()


def test_a_byte_order_mark_is_no_part_of_a_text(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    assert len(read(tmp_path, "a.ttl", mark + LINE)) == 1
    assert ":1:1: " in refusal(tmp_path, "b.nt", mark + mark + LINE)


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "a.nq", b"_:a <urn:a:p> <urn:a:o> .")
    assert set(read_outside(path)) == set(read_outside(path))
    assert len({*read_outside(path, rename=True), *read_outside(path, rename=True)}) == 2
    many = written(tmp_path, "a.ttl", b"_:a <urn:a:p> <urn:a:o> .\n" + b"# <<" * 1001)
    assert len({*read_outside(many, rename=True), *read_outside(path)}) == 2


def test_what_is_read_halfway_is_not_given(tmp_path: Path) -> None:
    """A child gives all or nothing; the first statement of this file is well-formed."""
    path = written(tmp_path, "a.jsonld", b'[{"@id": "urn:a:s", "urn:a:p": 1}, ')
    with pytest.raises(StoreError):
        next(read_outside(path))


def test_an_open_file_is_read_under_its_name() -> None:
    with pytest.raises(StoreError, match=r"^<stdin>:1:1: cannot be read as nq: "):
        list(read_stream(io.BytesIO(b"?"), "<stdin>", "nq"))


SMALL_CHILD: Final = """
import socket
from studyclaims.outside import _make_small
_make_small()
for attempt in (lambda: open("README.md"), lambda: socket.socket(), lambda: bytearray(2**31)):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        print(type(error).__name__, getattr(error, "errno", ""))
"""


def test_the_child_opens_nothing_and_has_bounds() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SMALL_CHILD],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["OSError 24", "OSError 24", "MemoryError "]


def test_canonical_names_hang_neither_on_names_nor_on_order() -> None:
    def pair(one: str, other: str) -> list[Quad]:
        a, b = BlankNode(one), BlankNode(other)
        return [Quad(a, P, b, G), Quad(b, P, Literal("x"), G), Quad(S, P, a, G)]

    found = canonical(pair("a", "b"), "x")
    assert found == canonical(pair("b", "a")[::-1], "x")
    assert found == sorted(found, key=str)
    assert {str(quad.subject) for quad in found} == {"_:c14n0", "_:c14n1", "<urn:a:s>"}


def test_blank_nodes_that_nothing_tells_apart_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(studyclaims.outside, "PATIENCE", 0.2)
    nodes = [BlankNode(f"b{number}") for number in range(10)]
    clique = [Quad(one, P, other) for one in nodes for other in nodes if one != other]
    with pytest.raises(StoreError, match=r"^a\.nt: its blank nodes are not told apart within 0"):
        canonical(clique, "a.nt")


def test_text_is_shown_on_one_line() -> None:
    assert visible("é\n\x1b\u202e") == "é\\n\\x1b\\u202e"


BOMB: Final = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:a:">'
    '<rdf:Description rdf:about="urn:a:s"><a:b>&i;</a:b></rdf:Description></rdf:RDF>'
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data"),
    [("a.rdf", BOMB.encode()), ("a.jsonld", b'{"urn:a:b":' * 20_000 + b"1" + b"}" * 20_000)],
)
def test_what_fills_the_memory_ends_the_child_alone(tmp_path: Path, name: str, data: bytes) -> None:
    assert "it nests too deep, or holds too much" in refusal(tmp_path, name, data)
