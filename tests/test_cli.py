"""The command line, run as a user runs it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest

from commands import ROOT, End, environment, run
from samples import KEY, SMALL, quads
from streams import PLAIN, run_all
from studyclaims.cli import cli
from studyclaims.formats import serialize
from studyclaims.paths import queries_dir
from studyclaims.release import VERSION
from studyclaims.style import fixed
from studyclaims.verbs.settings import verbs_of

HEAVY: Final = ("rdflib", "pyoxigraph", "pyshacl", "owlready2", "SPARQLWrapper", "pydantic")
VERBS: Final = sorted(" ".join(words) for words in verbs_of(cli))

MAXO: Final = (
    "--title=Actions",
    "--version=1",
    "--ontology=https://ex.org/maxo",
    "--licence=https://creativecommons.org/publicdomain/zero/1.0/",
)
SAMPLE: Final[dict[str, tuple[str, ...]]] = {
    "build": ("ausk-2017", "--to", "nq", "--out", "DIR/out"),
    "compare": ("ausk-2017", "aliprantis-2012"),
    "completion": ("bash",),
    "config": ("--all",),
    "cite": ("DIR/cited/cited-2020.yaml", "news", "--find", "may promote", "DIR/news.txt"),
    "contested": (),
    "convert": ("ausk-2017", "--to", "yaml"),
    "diff": ("ausk-2017", "ausk-2017"),
    "doctor": (),
    "evidence": ("CHEBI:3160", "decreased tissue amount of bone tissue"),
    "explain": ("CHEBI:3160", "HP:0000938"),
    "export": ("ausk-2017", "--to", "csv", "--out", "DIR/claims.csv"),
    "lint": ("ausk-2017",),
    "load": ("DIR/unbuilt.nq", "--store", "DIR/store"),
    "merge": ("DIR/made_nodes.tsv", "--out", "DIR/merged"),
    "new": ("able-2020", "--doi", "10.1234/small.1", "--out", "DIR/new"),
    "query": ("list-causes",),
    "retract": ("ausk-2017",),
    "serve": ("--check", "--port", "0", "--from", "DIR/one.ttl"),
    "show": ("ausk-2017/title-inflammation",),
    "stats": (),
    "term add": ("MAXO:0000002", "DIR/maxo.obo", *MAXO, "--out", "DIR/new"),
    "term find": ("bone marrow",),
    "validate": ("ausk-2017",),
}
"""For each verb, words that make it do something."""

START: Final = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from studyclaims.cli import main
main()
"""
"""Runs the command line with Ctrl-C as it is in a terminal, whatever started these tests."""


ONE: Final = "<https://ex.org/a> <https://ex.org/b> 'c' ."
FORMS: Final = {"csv": "o\nc\n", "tsv": '?o\n"c"\n', "table": "o\n-\nc\n1 row\n"}
CAUSES: Final = len((queries_dir() / "answers" / "list-causes.csv").read_text().splitlines()) - 1
LINES: Final = {"stats": 1, "query": 1, "query list-causes": CAUSES}
NO_SUCH_LABEL: Final = SMALL.replace("certainty: suggested", "certainty: sure")
SURE: Final = NO_SUCH_LABEL.partition("certainty: sure")[0].count("\n") + 1
UNKNOWN_TERM: Final = SMALL.replace("CL:0000092 osteoclast", "CL:0 x")


def in_style() -> str:
    """Return the small record as `lint --fix` writes it."""
    return fixed(SMALL.encode(), f"{KEY}.yaml").decode()


def built() -> str:
    """Return the graph of the small study as it is built."""
    return serialize(quads(), "nq", {}).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with files that the command lines below name."""
    return filled(tmp_path_factory.mktemp("cli"))


def filled(made: Path) -> Path:
    """Return the folder, now with the files that the samples name."""
    for name, text in {
        "good/small-2020.yaml": SMALL,
        "good/notes.txt": "no record",
        "wrong/small-2020.yaml": NO_SUCH_LABEL,
        "unknown/small-2020.yaml": UNKNOWN_TERM,
        "one.ttl": ONE,
        "ONE.TTL": ONE,
        "more/one.yaml": SMALL,
        "more/two.yaml": SMALL,
        "built.nt": ONE,
        "built.jsonld": "{}",
        "built.rdf": "<a/>",
        "unstyled/small-2020.yaml": in_style().partition("\n")[2],
        "unbuilt.nq": built(),
        "broken.nq": "<a",
        "cited/cited-2020.yaml": SMALL.replace("key: small-2020", "key: cited-2020"),
        "news.txt": "Rest may promote inflammation.",
        "made_nodes.tsv": "id\tname\nx:1\tone\n",
        "maxo.obo": "[Term]\nid: MAXO:0000002\nname: therapeutic procedure\n",
    }.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    (made / "empty").mkdir()
    (made / "new").mkdir()
    return made


@pytest.fixture(scope="module")
def ends(folder: Path) -> dict[str, End]:
    """Return how each command line of this module ends, by its name."""
    asked = ("query", "SELECT ?o { ?s ?p ?o }", "--from", "DIR/one.ttl", "--format")
    lines = {
        f"{verb} as json": (*verb.split(), *SAMPLE[verb], "--format", "json") for verb in VERBS
    }
    lines |= {f"{words} as jsonl": (*words.split(), "--format", "jsonl") for words in LINES}
    lines |= {f"one as {form}": (*asked, form) for form in FORMS}
    lines |= {name: words for name, (words, _) in WRONG.items()}
    lines["one in capitals"] = (*asked[:3], "DIR/ONE.TTL", "--format", "csv")
    lines |= OTHERS
    ready = [tuple(word.replace("DIR", str(folder)) for word in line) for line in lines.values()]
    return dict(zip(lines, run_all([(line, PLAIN) for line in ready], str(folder)), strict=True))


OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("show", "ausk-2017/title-inflammation"),
    "questions": ("query",),
    "a finding": ("validate", "DIR/wrong/small-2020.yaml"),
    "no build": ("build", "DIR/unknown/small-2020.yaml", "--out", "DIR/never"),
    "folder": ("validate", "DIR/good"),
    "validate nothing": ("validate", "DIR/empty"),
    "no sentence": ("cite", *SAMPLE["cite"][:3], "no such", SAMPLE["cite"][4]),
    "unbuilt": ("show", f"{KEY}/title-inflames", "--from", "DIR/unbuilt.nq"),
    "graphs": ("validate", "graph/studies/ausk-2017.trig"),
    "no graph": ("validate", "DIR/broken.nq"),
    "one finding": ("lint", "DIR/unstyled/small-2020.yaml"),
    "twice": ("validate", "DIR/good", "DIR/good/small-2020.yaml", "DIR/good/../good"),
    "no study": ("validate", "DIR/one.ttl", "--format", "jsonl"),
    "build nothing": ("build", "DIR/empty"),
    "refused": ("build", "ausk-2017", "--out", "/dev/null/out"),
    "broken graph": ("query", "--from", "DIR/broken.nq", "ASK {}"),
}


def test_every_verb_has_a_sample_here() -> None:
    assert sorted(SAMPLE) == VERBS, "give the new verb a sample in this file"


@pytest.mark.parametrize("verb", VERBS)
def test_json_is_read_back_and_alone_on_standard_output(verb: str, ends: dict[str, End]) -> None:
    status, out, err = ends[f"{verb} as json"]
    assert status == 0, err
    data = json.loads(out)
    assert isinstance(data, dict)
    assert data
    assert out.endswith("}\n")
    said = {"validate": "checked 1 record", "lint": "checked 1 record: 0", "cite": "# "}
    assert err == "" if verb not in said else err.startswith(said[verb])


@pytest.mark.parametrize("words", LINES)
def test_json_lines_are_one_value_a_line(words: str, ends: dict[str, tuple[int, str, str]]) -> None:
    lines = ends[f"{words} as jsonl"][1].split("\n")
    assert lines.pop() == ""
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert len(lines) == LINES[words]


@pytest.mark.parametrize("form", FORMS)
def test_a_query_reads_files_in_place_of_the_packaged_graph(
    form: str, ends: dict[str, End]
) -> None:
    assert ends[f"one as {form}"] == (0, FORMS[form], "")


def test_text_is_on_standard_output_alone_and_has_no_colour(ends: dict[str, End]) -> None:
    status, out, err = ends["text"]
    assert (status, err) == (0, "")
    assert out.startswith("ausk-2017/title-inflammation\n")
    assert "\x1b" not in out


def test_a_study_in_a_file_is_shown(ends: dict[str, End]) -> None:
    status, out, err = ends["unbuilt"]
    assert (status, err) == (0, "")
    assert out.startswith(f"{KEY}/title-inflames\n")


def test_words_that_no_sentence_has_end_with_1_and_are_told(ends: dict[str, End]) -> None:
    told = "no sentence of the text has these words: no such\n"
    assert ends["no sentence"] == (1, "", told)


@pytest.mark.parametrize("more", [{}, {"NO_COLOR": "1"}], ids=["", "NO_COLOR"])
def test_a_terminal_gets_a_table_that_fits_it_and_no_colour(more: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "studyclaims", "query", "list-causes"],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            env=environment(COLUMNS="70", TERM="xterm-256color", **more),
            cwd=ROOT,
            check=True,
            timeout=60,
        )
        text = os.read(ours, 65536).decode("utf-8").replace("\r\n", "\n")
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.stderr == b""
    assert "\x1b" not in text
    assert text.endswith(f"{CAUSES} rows\n")
    assert max(map(len, text.splitlines())) <= 70


def test_version_is_that_of_the_release() -> None:
    assert run("--version").stdout.strip().endswith(VERSION)


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1"])
def test_a_hyphen_is_standard_input_and_all_is_utf_8(encoding: str) -> None:
    text = "SELECT ?word\n# é\n{ VALUES ?word { 'é骨' } }"
    done = run("query", "-", stdin=text, LC_ALL="C", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "word\né骨\n", "")


GRAPHS: Final = "graphs are read from .trig, .nq, .ttl"
MORE: Final = f"{GRAPHS}, .nt, .jsonld, .rdf, or one of these and .gz"
READ: Final = f"{GRAPHS}; records from .yaml"
TINY: Final = ("--from", "DIR/one.ttl")
WRONG: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "verb": (("explode",), "No such command 'explode'"),
    "option": (("stats", "--nope"), "--nope"),
    "form": (("stats", "--format", "xml"), "'xml' is not one of"),
    "argument missing": (("show",), "NAME"),
    "argument too many": (("stats", "more"), "more"),
    "key": (("validate", "no-such-study"), "no-such-study.yaml: no such record"),
    "hyphen and key": (("validate", "-", "no-such-study"), "no-such-study.yaml: no such record"),
    "owl of graphs": (("validate", "--owl", "graph/studies/ausk-2017.trig"), "--owl reasons over"),
    "key to build": (("build", "no-such-study"), "no-such-study.yaml: no such record"),
    "file": (("validate", "/no/such.yaml"), "/no/such.yaml: no such record"),
    "file to ask": (("query", "--from", "/no/such.nq", "ASK {}"), "/no/such.nq"),
    "nothing named": (("validate", ""), "an empty text names no record"),
    "graph as record": (("build", "graph/studies/ausk-2017.trig"), ": records are read from .yaml"),
    "N-Triples": (("validate", "DIR/built.nt"), f"built.nt: {READ}"),
    "JSON-LD": (("validate", "DIR/built.jsonld"), f"built.jsonld: {READ}"),
    "RDF/XML": (("validate", "DIR/built.rdf"), f"built.rdf: {READ}"),
    "form to ask": (("query", "--from", "DIR/maxo.obo", "ASK {}"), f"maxo.obo: {MORE} ("),
    "form to show": (("show", "x", "--from", "DIR/maxo.obo"), f"maxo.obo: {MORE} ("),
    "records to cite": (("cite", "DIR/more", "news", "--find", "x"), "more: 2 records; give one"),
    "limit 0": (("term", "find", "bone", "--limit", "0"), "--limit"),
    "limit below 0": (("term", "find", "bone", "--limit", "-1"), "--limit"),
    "build form": (("build", "--to", "xml"), "'xml' is not one of 'trig', 'nq'"),
    "question": (("query", "no-such-question"), "the queries are "),
    "query": (("query", "SELECT ?s {", *TINY), "the query cannot be read"),
    "update": (("query", "CLEAR ALL", *TINY), "the query cannot be read"),
    "service": (("query", "ASK { SERVICE <http://[::1]/> {} }", *TINY), "SERVICE reaches outside"),
    "braces": (("query", "ASK " + "{" * 3000 + "}" * 3000, *TINY), "nests 3000 deep"),
    "long": (("query", "ASK {" + " " * 70_000 + "}", *TINY), "characters"),
    "page": (("show", "no-such-thing"), "the graph has no study"),
    "page of no IRI": (("show", "https://ex.org/<x>"), "the graph has no study"),
    "page of no text": (("show", "\udcff\udcfe"), "the graph has no study"),
    "query of no text": (("query", "ASK { ?s ?p '\udcff' }", *TINY), "the query cannot be read"),
    "blank node": (("query", "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }", *TINY), "blank node"),
    "turtle of rows": (("query", "list-causes", "--format", "turtle"), "not in turtle"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_ends_with_2_and_one_line(name: str, ends: dict[str, End]) -> None:
    status, out, err = ends[name]
    assert (status, out) == (2, "")
    assert WRONG[name][1] in err
    assert err.count("\n") == 1, err
    assert "Traceback" not in err


def test_an_unknown_verb_alone_ends_with_2_and_one_line() -> None:
    """Once as a user does it, nothing imported before."""
    done = run("explode")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("stdin", ["ASK " + "{" * 3000 + "}" * 3000, b"ASK { '\xff' }"])
def test_wrong_standard_input_ends_with_2_and_one_line(stdin: str | bytes) -> None:
    done = run("query", "-", stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_no_words_at_all_print_the_help_and_end_with_2() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert "\nCommands:\n" in done.stderr


def test_findings_end_with_1_and_name_their_place(ends: dict[str, End], folder: Path) -> None:
    status, out, err = ends["a finding"]
    assert status == 1
    file = re.escape(str(folder / "wrong" / f"{KEY}.yaml"))
    assert re.match(rf"{file}:\d+:\d+: R004 ", out)
    assert err.startswith("checked 1 record: 0 claims")


def test_a_record_that_cannot_be_built_ends_with_1(ends: dict[str, End], folder: Path) -> None:
    status, out, err = ends["no build"]
    assert (status, out) == (1, "")
    assert f"{folder}/unknown/{KEY}.yaml:" in err
    assert not (folder / "never").exists()


def test_a_folder_stands_for_its_records(ends: dict[str, End]) -> None:
    status, out, err = ends["folder"]
    assert status == 0, out
    assert err.startswith("checked 1 record: 5 claims")


def test_a_file_of_graphs_is_validated(ends: dict[str, End]) -> None:
    status, out, err = ends["graphs"]
    assert (status, out) == (0, "")
    assert err.startswith("checked 1 file of graphs: 32 claims, ")


def test_a_file_of_graphs_that_cannot_be_read_is_a_finding(
    ends: dict[str, End], folder: Path
) -> None:
    status, out, err = ends["no graph"]
    assert status == 1
    assert out.startswith(f"{folder}/broken.nq:1:1: S003 not well-formed nq: ")
    assert "1 check run, 0 passed, 1 failed (1 finding)" in err


def test_a_file_of_graphs_without_a_study_is_no_pass(ends: dict[str, End]) -> None:
    status, out, err = ends["no study"]
    assert status == 1
    assert json.loads(out)["message"].startswith("nothing checked: ")
    assert err.startswith("checked 1 file of graphs: 0 claims; 1 check run, ")


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (SMALL, 0, ""),
        (NO_SUCH_LABEL, 1, f"<stdin>:{SURE}:20: R004 "),
        ("", 1, "<stdin>:0:0: Y004 "),
        (b"key: \xff", 1, "<stdin>:1:6: Y002 "),
    ],
    ids=["well", "finding", "empty", "no text"],
)
def test_a_hyphen_is_a_record_on_standard_input(text: str | bytes, status: int, said: str) -> None:
    done = run("validate", "-", stdin=text)
    assert (done.returncode, done.stdout.startswith(said)) == (status, True)
    assert done.stderr.startswith("checked 1 record: ")
    assert bool(done.stdout) == bool(status)


def test_a_record_that_is_named_three_ways_is_checked_once(ends: dict[str, End]) -> None:
    status, _, err = ends["twice"]
    assert (status, err.partition(" claims")[0]) == (0, "checked 1 record: 5")


def test_a_key_of_a_record_is_that_record_whatever_folder_is_here(tmp_path: Path) -> None:
    (tmp_path / "ausk-2017").mkdir()
    done = run("lint", "ausk-2017", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "checked 1 record: 0 findings\n")
    assert run("lint", "./ausk-2017", cwd=tmp_path).returncode == 2


def test_one_finding_is_one_finding(ends: dict[str, End]) -> None:
    status, out, err = ends["one finding"]
    assert (status, ": L001 " in out, err) == (1, True, "checked 1 record: 1 finding\n")


def test_a_suffix_in_capitals_is_read_alike(ends: dict[str, End]) -> None:
    assert ends["one in capitals"] == (0, FORMS["csv"], "")


@pytest.mark.parametrize("verb", ["validate", "build"])
def test_a_folder_without_records_is_no_pass(verb: str, ends: dict[str, End]) -> None:
    status, out, err = ends[f"{verb} nothing"]
    assert (status, out) == (2, "")
    assert "no record in this folder" in err


def test_what_the_machine_refuses_ends_with_3(ends: dict[str, End]) -> None:
    assert ends["refused"] == (3, "", "/dev/null/out/studies: Not a directory\n")


def test_a_graph_that_cannot_be_read_ends_with_4(ends: dict[str, End], folder: Path) -> None:
    status, out, err = ends["broken graph"]
    assert (status, out) == (4, "")
    assert f"{folder}/broken.nq:1:1: cannot be read as nq" in err


FAULT: Final = """
from studyclaims.cli import main
def fail(standalone_mode):
    raise RuntimeError("on purpose")
main(fail)
"""


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_ours_ends_with_70_and_shows_its_trace_on_demand(debug: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULT],
        env=environment(STUDYCLAIMS_DEBUG=debug),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ("Traceback" in done.stderr) == bool(debug)
    assert "on purpose" in done.stderr
    if not debug:
        assert done.returncode == 70
        assert done.stderr == "internal fault, please report: RuntimeError: on purpose\n"


def waits(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process waits for its standard input."""
    try:
        return "pipe_read" in Path(f"/proc/{process.pid}/wchan").read_text(encoding="ascii")
    except OSError:
        return False


def test_ctrl_c_ends_a_query_that_waits_with_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, "query", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as process:
        latest = time.monotonic() + 10
        while not waits(process) and time.monotonic() < latest:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "studyclaims", "query", "SELECT * { ?s ?p ?o }"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().strip() == b"o,p,s"
        process.stdout.close()
        err = process.stderr.read()
    assert err == b""
    assert process.returncode in {-signal.SIGPIPE, 141}


LOADED: Final = f"""
import sys
sys.argv[0] = "studyclaims"
from studyclaims.cli import main
try:
    main()
except SystemExit:
    print("loaded:", *(name for name in {HEAVY} if name in sys.modules))
"""


@pytest.mark.parametrize("words", [("--help",), ("build", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "loaded:"


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_costs_little() -> None:
    costs = []
    for _ in range(5):
        before = cpu_of_children()
        assert run("--help").returncode == 0
        costs.append(cpu_of_children() - before)
    assert min(costs) < 0.15, costs


def test_the_list_of_questions_names_each_with_its_summary(ends: dict[str, End]) -> None:
    listed: list[dict[str, Any]] = json.loads(ends["query as jsonl"][1])["queries"]
    names = [line.split()[0] for line in ends["questions"][1].splitlines()]
    assert names == [question["name"] for question in listed]
    assert all(question["summary"].endswith("?") for question in listed)
