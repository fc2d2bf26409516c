"""What is refused before an engine sees a query, and how long the looking takes."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.errors import QueryError
from studyclaims.guards import DEPTH_LIMIT, PATH_LIMIT, SIZE_LIMIT, WORD_LIMIT, guard_query
from studyclaims.paths import queries_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEP = "<http://b.example/p>"


def allowed(text: str) -> bool:
    """Return true, or let the refusal through."""
    guard_query(text)
    return True


def refusal(text: str) -> str:
    with pytest.raises(QueryError) as caught:
        guard_query(text)
    return str(caught.value)


# Each text nests as often as it is told; the brackets around it are counted in the second number.
NESTED: Final[dict[str, tuple[Callable[[int], str], int]]] = {
    "braces": (lambda n: "SELECT * " + "{" * n + "}" * n, 0),
    "parens": (lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }", 2),
    "brackets": (lambda n: "ASK { " + "[ ?p " * n + "1" + "]" * n + " }", 1),
    "not": (lambda n: "ASK { FILTER(" + "!" * n + "?a) }", 2),
    "not-spaced": (lambda n: "ASK { FILTER(" + "! " * n + "?a) }", 2),
    "inverse": (lambda n: "ASK { ?a " + "^" * n + STEP + " ?b }", 1),
    "signs": (lambda n: "ASK { FILTER(" + "- + " * (n // 2) + "1) }", 2),
    "triple-terms": (lambda n: "ASK { " + "<<" * n + "?s ?p ?o" + ">>" * n + " ?p ?o }", 1),
    "optionals": (lambda n: "ASK {" + "OPTIONAL {" * n + "}" * n + "}", 1),
    "groups-after-comments": (lambda n: "ASK " + "{ # }\n" * n + "}" * n, 0),
    "beside-closed-groups": (lambda n: "ASK " + "{ {} " * n + "}" * n, 1),
    "after-a-closed-group": (lambda n: "ASK {} " + "{" * n + "}" * n, 0),
}
nests = pytest.mark.parametrize("name", NESTED)


def test_the_limits_are_those_of_the_threat_model() -> None:
    assert (SIZE_LIMIT, WORD_LIMIT, DEPTH_LIMIT, PATH_LIMIT) == (64_000, 2_000, 100, 50)


@nests
def test_three_thousand_nested_are_refused(name: str) -> None:
    make, _ = NESTED[name]
    assert "nests 300" in refusal(make(3000))


@nests
def test_nesting_at_the_limit_is_allowed_and_one_more_is_not(name: str) -> None:
    make, around = NESTED[name]
    step = 2 if name == "signs" else 1
    assert allowed(make(DEPTH_LIMIT - around))
    assert f"at most {DEPTH_LIMIT}" in refusal(make(DEPTH_LIMIT - around + step))


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("VALUES ?x { '" + "}" * 200 + "' }", id="in-a-text"),
        pytest.param("# " + "}" * 200 + "\n", id="in-a-comment"),
        pytest.param("?s ?p ex:a" + "\\)" * 200 + " .", id="in-a-name"),
        pytest.param("?s ?p <http://a.example/" + ")" * 200 + "> .", id="in-an-iri"),
        pytest.param("}" * 200, id="bare"),
    ],
)
def test_closing_brackets_elsewhere_give_no_credit(hidden: str) -> None:
    assert "nests" in refusal("SELECT * {" + hidden + "{" * 150 + "}" * 150 + "}")


@pytest.mark.parametrize("sign", ["/", "|"])
def test_a_path_at_the_limit_is_allowed_and_one_step_more_is_not(sign: str) -> None:
    assert allowed("ASK { ?a " + STEP + (sign + STEP) * PATH_LIMIT + " ?b }")
    path = STEP + (sign + STEP) * (PATH_LIMIT + 1)
    assert f"over {PATH_LIMIT} steps" in refusal(f"ASK {{ ?a {path} ?b }}")


@pytest.mark.parametrize("steps", [3000, PATH_LIMIT + 1])
@pytest.mark.parametrize("name", ["<urn:a.b>", "ex:a\\;b", "ex:a #.\n", "a", "<http://e.org/;x>"])
def test_no_name_cuts_a_path_in_two(name: str, steps: int) -> None:
    assert "steps" in refusal("ASK { ?a " + "/".join([name] * (steps + 1)) + " ?b }")


def test_paths_of_several_patterns_are_not_added_up() -> None:
    path = "/".join([STEP] * PATH_LIMIT)
    assert allowed(f"ASK {{ ?a {path} ?b . ?b {path} ?c ; {path} ?d }}")


def test_alternatives_of_conditions_are_no_path() -> None:
    assert allowed("ASK { ?a ?b ?c FILTER(?c = 0" + " || ?c = 1" * 200 + ") }")


# What follows ends the process of the engine, or holds it for minutes, when it is long enough.
CHAINS = {
    "or": "SELECT * { FILTER(1" + "||1" * 20_000 + ") }",
    "plus": "SELECT * { FILTER(1" + "+1" * 30_000 + ") }",
    "minus-numbers": "SELECT * { FILTER(1" + "-1" * 30_000 + ") }",
    "in-a-comparison": "SELECT * { FILTER(?a<1" + "-1" * 30_000 + "&&1>0) }",
    "union": "SELECT * { {}" + "UNION{}" * 9_000 + " }",
    "minus": "SELECT * { ?a ?b ?c " + "MINUS{?a ?b ?c}" * 4_000 + " }",
    "bind": "SELECT * {" + "".join(f"BIND(1 AS ?v{n})" for n in range(3_300)) + "}",
    "objects": "SELECT * { ?a ?b 1" + ",1" * 30_000 + " }",
    "list": "SELECT * { ?a ?b (" + "1 " * 30_000 + ") }",
    "patterns": "SELECT * {" + "?a ?b ?c;?d ?e." * 4_000 + "}",
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_ends_the_process_is_refused(name: str) -> None:
    assert len(CHAINS[name]) <= SIZE_LIMIT
    assert "words and signs" in refusal(CHAINS[name])


def test_words_at_the_limit_are_allowed_and_one_more_is_not() -> None:
    words = "VALUES ?x { " + "ex:a " * (WORD_LIMIT - 7) + "}"
    assert allowed("ASK {" + words + "}")
    assert f"{WORD_LIMIT + 1} words" in refusal("ASK {" + words + "1}")


def test_size_at_the_limit_is_allowed_and_one_more_is_not() -> None:
    query = "ASK { ?s ?p ?o } #"
    assert allowed(query + "x" * (SIZE_LIMIT - len(query)))
    assert str(SIZE_LIMIT) in refusal(query + "x" * (SIZE_LIMIT - len(query) + 1))


def test_a_megabyte_is_refused() -> None:
    assert "1000000 characters" in refusal("{" * 1_000_000)


CALL = "<http://evil.example/sparql> { ?s ?p ?o }"
REACHING = {
    "plain": f"SELECT * {{ SERVICE {CALL} }}",
    "small": f"SELECT * {{ service {CALL} }}",
    "mixed": f"SELECT * {{ sErViCe silent {CALL} }}",
    "variable": "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "glued-variable": "SELECT * { SERVICE?where{ ?s ?p ?o } }",
    "after-a-full-stop": f"SELECT * {{ ?s ?p ?o.SERVICE{CALL} }}",
    "after-a-text": f'SELECT * {{ ?s ?p "a"SERVICE{CALL} }}',
    "after-a-number": f"SELECT * {{ ?s ?p 1SERVICE{CALL} }}",
    "after-true": f"SELECT * {{ ?s ?p trueSERVICE{CALL} }}",
    "after-a-bare-prefix": f"SELECT * {{ ?s ?p ex:.SERVICE{CALL} }}",
    "after-two-dots": f"SELECT * {{ ?s ?p ex:a.b.SERVICE{CALL} }}",
    "glued-silent": f"SELECT * {{ SERVICESILENT{CALL} }}",
    "glued-prefix": "SELECT * { SERVICE:x { ?s ?p ?o } }",
    "glued-prefix-alone": "SELECT * { SERVICE: { ?s ?p ?o } }",
    "glued-named-prefix": "SELECT * { SERVICEex:x{ ?s ?p ?o } }",
    "glued-prefix-and-comment": "SELECT * { SERVICE:x # {\n { ?s ?p ?o } }",
    "comment-between": f"SELECT * {{ SERVICE # there\n {CALL} }}",
    "comment-ended-by-return": f"SELECT * {{ #\rSERVICE {CALL}\n}}",
    "comment-in-a-name": f"SELECT * {{ ?s ?p ex:a\\# SERVICE {CALL}\n}}",
    "text-in-a-name": f"SELECT * {{ ?s ?p ex:a\\' . SERVICE {CALL} ?s ?p ex:b\\' }}",
    "comparison-and-comment": f"SELECT * {{ FILTER(?a<1)SERVICE#>\n{CALL} }}",
    "comparison-and-text": f"SELECT * {{ FILTER(1<2#>'''\n) SERVICE {CALL} #'''\n }}",
    "comparison-with-prefix": f"SELECT * {{ FILTER(?a<ex:)SERVICE#>\n{CALL} }}",
    "escaped": f"SELECT * {{ \\u0053ERVICE {CALL} }}",
    "escaped-long": f"SELECT * {{ \\U00000053ERVICE {CALL} }}",
    "escaped-in-the-middle": f"SELECT * {{ SER\\u0056ICE {CALL} }}",
    "escaped-quotes": f'ASK {{ ?s ?p "\\u0022" . SERVICE {CALL} ?s ?p "\\u0022" }}',
    "escaped-line-end": f"SELECT * {{ # \\u000A SERVICE {CALL}\n }}",
    "escaped-beyond-unicode": f"SELECT * {{ \\UFFFFFFFF SERVICE {CALL} }}",
    "load": "LOAD <http://evil.example/data>",
    "load-small": "load silent <http://evil.example/data> into graph <http://a.example/g>",
}


@pytest.mark.parametrize("name", REACHING)
def test_what_reaches_outside_is_refused(name: str) -> None:
    assert allowed(REACHING["plain"].replace("SERVICE", "GRAPH"))
    message = refusal(REACHING[name])
    assert "reaches outside" in message or "can hide" in message or "can be read as" in message


HARMLESS = {
    "text": "ASK { ?s ?p 'SERVICE <http://a.example/> {}' }",
    "text-double": 'ASK { ?s ?p "SERVICE {" }',
    "text-with-escaped-quote": 'ASK { ?s ?p "a \\" SERVICE <x> {" }',
    "text-with-backslash": 'ASK { ?s ?p "C:\\\\" } # SERVICE',
    "text-long": 'ASK { ?s ?p """one " SERVICE\n"" two""" }',
    "text-long-single": "ASK { ?s ?p '''one ' SERVICE\n'' two''' }",
    "comment": "ASK { ?s ?p ?o } # SERVICE <http://a.example/> {}",
    "comment-with-quote": "ASK { # it's a \" SERVICE\n ?s ?p ?o }",
    "iri": "ASK { ?s <http://service.example/SERVICE/load> ?o }",
    "iri-with-fragment": "ASK { ?s <http://a.example/x#SERVICE> ?o }",
    "iri-with-brackets": "ASK { ?s ?p <https://doi.org/10.1016/S0140-6736(05)67889-0> }",
    "iri-with-apostrophe": "ASK { ?s ?p <http://a.example/it's> . ?s ?p 'x' }",
    "iri-urn": "ASK { ?s ?p <urn:uuid:0b34ba73-65ef-4bee-8000-000000000000> }",
    "iri-urn-service": "ASK { ?s ?p <urn:service:load> }",
    "variable": "SELECT ?service $load { ?service ?SERVICE $load }",
    "name": "ASK { ex:service ex:LOAD ex:my-service , ex:load_service }",
    "prefix": "PREFIX service: <http://a.example/> ASK { service:x ?p myservice:y }",
    "blank-label": "ASK { _:service ?p _:load }",
    "name-with-escape": "ASK { ?s ?p ex:a\\#b , ex:it\\'s , ex:c\\(d\\) }",
    "comparison": "ASK { ?s ?p ?o FILTER(?o < 3 && ?o > 1) }",
    "comparison-tight": "ASK { ?s ?p ?o FILTER(?o<3&&?o>1) }",
    "comparison-at-most": "ASK { ?s ?p ?o FILTER(?o<=3 || ?o>=5) }",
    "escape-beyond-ascii": 'ASK { ?s ?p "caf\\u00e9 \\U0001F9B4" }',
    "path": "ASK { ?s ex:p/(ex:q|^ex:r)*/!(ex:t) ?o }",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_so_is_allowed(name: str) -> None:
    assert allowed(HARMLESS[name])


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in sorted(queries_dir().glob("*.rq"))]
)
def test_own_questions_are_allowed(path: Path) -> None:
    assert allowed(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ASK {\n ?s ?p 'x }", "line 2: a text opens with '"),
        ('ASK {\n\n ?s ?p "x\n }', 'line 3: a text opens with "'),
        ("ASK { ?s ?p ?o\n FILTER(?o<(1)&&?s>2) }", "line 2: '<(1)&&?s>'"),
        ("ASK { \\u007B }", "\\u007B"),
        ("ASK { \\ud800 }", "\\ud800"),
    ],
    ids=["open-quote", "open-double-quote", "two-readings", "escape", "surrogate"],
)
def test_a_refusal_says_where_and_what(text: str, words: str) -> None:
    assert words in refusal(text)


@pytest.mark.parametrize("digits", ["0000", "007F", "D800", "DFFF"])
def test_an_escape_that_could_be_syntax_or_is_no_character_is_refused(digits: str) -> None:
    assert "can hide" in refusal(f'ASK {{ ?s ?p "\\u{digits}" }}')
    assert "can hide" in refusal(f'ASK {{ ?s ?p "\\U0000{digits}" }}')
    assert "can hide" in refusal('ASK { ?s ?p "\\U00110000" }')


@pytest.mark.parametrize("digits", ["0080", "D7FF", "E000", "FFFF"])
def test_an_escape_for_any_other_character_is_allowed(digits: str) -> None:
    assert allowed(f'ASK {{ ?s ?p "\\u{digits}" }}')
    assert allowed(f'ASK {{ ?s ?p "\\U0000{digits}" }}')
    assert allowed('ASK { ?s ?p "\\U0010FFFF" }')


def filled(unit: str, start: str = "") -> str:
    return (start + unit * SIZE_LIMIT)[:SIZE_LIMIT]


HOSTILE = {
    "one-word": filled("a"),
    "quotes": filled('"'),
    "apostrophes": filled("'"),
    "slashes": filled("/"),
    "less-than": filled("<"),
    "hashes": filled("#"),
    "blanks": filled(" "),
    "backslashes": filled("\\"),
    "line-ends": filled("\n"),
    "escapes": filled("\\u00e9"),
    "half-escapes": filled("\\u"),
    "escaped-quotes": filled("\\'"),
    "open-text": filled("\\'", "'"),
    "open-double-text": filled('\\"', '"'),
    "open-long-text": filled("\\'", "'''"),
    "quote-backslash": filled('"\\'),
    "long-texts": filled("'''x"),
    "open-iris": filled("<a"),
    "open-long-iri": filled("a", "<http://"),
    "iri-starts": filled("<http://"),
    "iri-and-quote": filled("<'"),
    "service-word": filled("SERVICE"),
    "service-prefix": filled("service:a "),
    "names": filled("a:"),
    "local-names": filled(":a-"),
    "variables": filled("?"),
    "nots": filled("!"),
    "comments": filled("#\n"),
    "texts": filled("'' "),
    "texts-then-an-open-one": filled("''\n")[:-1] + "'",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_longest_text_takes_under_a_second(name: str) -> None:
    start = time.process_time()
    with contextlib.suppress(QueryError):
        guard_query(HOSTILE[name])
    assert time.process_time() - start < 1


# fmt: off
PIECES = (
    "'", '"', "'''", '"""', "#", "\n", "\r", " ", "\\", "<", ">", "<a:", "<http://a/", "(", ")",
    "{", "}", "[", "]", "?a", "ex:", "ex:a", ".", ";", "!", "^", "/", "||", "\\u00e9", "1", "é",
)
# fmt: on


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_allowed_or_refused_in_one_line(text: str) -> None:
    found = ""
    try:
        guard_query(text)
    except QueryError as error:
        found = str(error)
    assert "\n" not in found


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\"), max_size=60))
def test_no_text_in_long_quotes_can_leave_them(text: str) -> None:
    escaped = text.replace('"', '\\"')
    assert allowed(f'ASK {{ ?s ?p """SERVICE {escaped} {{""" }}')
