"""HTML for notebooks: everything is there, all of it escaped, and only the web is linked."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from samples import KEY, quads, store
from strategies import texts
from studyclaims.checking.opposition import Position
from studyclaims.comparing.contested import Contest
from studyclaims.comparing.voices import Voice
from studyclaims.graph import Graph, load
from studyclaims.predicates import Stance
from studyclaims.queries import Rows
from studyclaims.showing.htmlpages import (
    CELL_LIMIT,
    ROWS_SHOWN,
    contest_html,
    counts_html,
    link,
    page_html,
    rows_html,
    text_html,
)
from studyclaims.showing.pages import Page, page

if TYPE_CHECKING:
    from collections.abc import Iterable

HOSTILE: Final = "<script>alert('x')</script>&\"</td>"
TAGS: Final = {
    *("a", "details", "h4", "li", "p", "pre", "span", "summary", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
CELLS: Final = {"li", "td", "th"}


class Read(HTMLParser):
    """What a browser makes of HTML: tags, attributes, texts, links; every tag must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.hrefs: list[str] = []
        self.titles: list[str] = []
        self.cells: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that opens."""
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        self.titles += [value or "" for name, value in attrs if name == "title"]
        self.cells += [""] if tag in CELLS else []
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See that what closes is what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, as part of the cell that it is in."""
        self.text += data
        if set(self._open) & CELLS:
            self.cells[-1] += data


def read(html: str) -> Read:
    """Return what a browser reads, and see that nothing of a graph became markup."""
    found = Read(html)
    assert found.tags <= TAGS
    assert found.names <= {"href", "title"}
    assert all(href.lower().startswith(("http://", "https://")) for href in found.hrefs)
    return found


def one_line(text: str) -> str:
    """Return a text as it is shown: blanks as one, a sign that shows nothing replaced."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(text.split()))


def test_an_answer_is_a_table() -> None:
    rows = Rows(("a<b", "n"), ((Literal(HOSTILE), Literal(8)), (BlankNode("b"), None)))
    found = read(rows._repr_html_())
    assert found.cells == ["a<b", "n", HOSTILE, "8", "_:b", ""]
    assert found.text.endswith("2 rows")
    assert found.hrefs == found.titles == []


def test_a_number_is_shown_as_it_is_spelled() -> None:
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    assert "1.50" in read(rows_html(Rows(("n",), ((Literal("1.50", datatype=decimal),),)))).cells


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 rows"),
        (1, "1 row"),
        (ROWS_SHOWN, f"{ROWS_SHOWN} rows"),
        (ROWS_SHOWN + 1, f"the first {ROWS_SHOWN} of {ROWS_SHOWN + 1} rows"),
        (2000, f"the first {ROWS_SHOWN} of 2,000 rows"),
    ],
)
def test_a_long_answer_shows_its_first_rows_and_says_how_many_there_are(
    count: int, said: str
) -> None:
    found = read(rows_html(Rows(("n",), tuple((Literal(n),) for n in range(count)))))
    assert found.cells == ["n", *map(str, range(min(count, ROWS_SHOWN)))]
    assert found.text.splitlines()[-1] == said


def test_a_long_cell_is_cut_and_its_whole_text_pointed_at() -> None:
    short, long = "<" * CELL_LIMIT, "<" * (CELL_LIMIT + 1)
    found = read(rows_html(Rows(("a", "b"), ((Literal(short), Literal(long)),))))
    assert found.cells[2:] == [short, "<" * (CELL_LIMIT - 1) + "…"]
    assert found.titles == [long]
    (title,) = read(rows_html(Rows(("a",), ((Literal("x" * 10_000),),)))).titles
    assert len(title) == 2000


@pytest.mark.parametrize(
    ("iri", "shown", "linked"),
    [
        ("https://doi.org/10.1234/a", "doi:10.1234/a", True),
        ("http://purl.obolibrary.org/obo/CL_0000092", "CL:0000092", True),
        ("HTTP://ex.org/", "HTTP://ex.org/", True),
        ("https://ex.org/?a=1&b='\"<i>", "https://ex.org/?a=1&b='\"<i>", True),
        ("https://w3id.org/studyclaims/vocab/mayCause", "sc:mayCause", False),
        ("https://w3id.org/studyclaims/claim/a-2020/c", "a-2020/c", False),
        ("javascript:alert(1)", "javascript:alert(1)", False),
        ("JavaScript:alert('https://ex.org/')", "JavaScript:alert('https://ex.org/')", False),
        ("data:text/html,<script>1</script>", "data:text/html,<script>1</script>", False),
        ("file:///etc/passwd", "file:///etc/passwd", False),
        ("https:javascript", "https:javascript", False),
        ("https:///javascript", "https:///javascript", False),
        ("urn:isbn:0", "urn:isbn:0", False),
        ("https://ex.org/\u202egpj", "https://ex.org/\ufffdgpj", False),
        ("https://ex.org/a b", "https://ex.org/a b", False),
    ],
)
def test_only_what_leads_somewhere_is_a_link(iri: str, shown: str, linked: bool) -> None:
    found = read(link(iri))
    assert found.text == shown
    assert found.hrefs == [iri] * linked
    assert found.titles == [one_line(iri)]


def test_an_iri_without_end_is_not_pointed_at_whole() -> None:
    (title,) = read(link("https://ex.org/" + "x" * 10_000)).titles
    assert len(title) == 2000


@given(st.lists(texts(), min_size=2, max_size=2))
@settings(deadline=None, max_examples=50)
def test_no_text_of_a_graph_becomes_markup(found: list[str]) -> None:
    shown = [one_line(text) for text in found]
    assert read(rows_html(Rows(tuple(found), (tuple(map(Literal, found)),)))).cells == shown * 2
    told = page_html(Page(found[0], (f"note: {found[1] or '-'}",), {"claims": []}))
    assert read(told).cells == ["note", shown[1] or "-" * (not found[1])]
    assert read(text_html(found[0])).text.split("\n") == [
        "".join(sign if sign.isprintable() else "\ufffd" for sign in line)
        for line in found[0].split("\n")
    ]


def test_a_text_keeps_its_lines_and_its_blanks() -> None:
    assert text_html("a\n  b\t\r") == "<pre>a\n  b\ufffd\ufffd</pre>"


def test_a_claims_page_shows_all_its_lines_and_its_sentence_whole() -> None:
    shown = page(store(), f"{KEY}/title-inflames")
    found = read(shown._repr_html_())
    lines = [line.strip() for line in shown.lines[: shown.lines.index("")]]
    pairs = list(zip(found.cells[:-1:2], found.cells[1:-1:2], strict=True))
    assert [name for name, _ in pairs] == [line.partition(": ")[0] for line in lines]
    told = dict(pairs)
    assert told["source"] == "Rest inflames bone marrow (doi:10.1234/small.1)"
    assert told["writes"] == "biolink:causes"
    assert told["hash"] == "0" * 62 + "aa"
    assert found.hrefs == ["https://doi.org/10.1234/small.1"] * 2
    assert found.cells[-1] == shown.lines[-1].strip()
    assert len(found.cells[-1]) > CELL_LIMIT, "what comes last says how much a sentence is worth"


@pytest.mark.parametrize(
    "name", [KEY, "10.1234/small.1", "scterm:disuse", "CL:0000092", f"{KEY}/gone"]
)
def test_every_kind_of_page_tells_every_claim(name: str) -> None:
    shown = page(store(), name)
    found = read(page_html(shown))
    assert found.text.splitlines()[0] == shown.title
    claims = [line.strip() for line in shown.lines if line.startswith(f"  {KEY}/")]
    assert [cell for cell in found.cells if cell.startswith(f"{KEY}/")] == claims
    assert ("ul" in found.tags) == bool(claims) == (name != f"{KEY}/gone")


def test_a_page_without_facts_is_a_list_of_claims() -> None:
    row = {"claim": "https://w3id.org/studyclaims/claim/a/b", "sentence": HOSTILE}
    found = read(page_html(Page("T", (f"  a/b: {HOSTILE}",), {"claims": [row]})))
    assert found.cells == [f"a/b: {HOSTILE}"]
    assert "table" not in found.tags


def voice(claim: str, stance: Stance, *context: tuple[str, str]) -> Voice:
    return Voice(
        claim=claim,
        study="s",
        source="https://doi.org/10.1234/a",
        primary_source="https://doi.org/10.1234/a",
        position=Position("cause", stance, "", ""),
        certainty="suggested",
        role="result",
        entities=("a", "b"),
        labels=(HOSTILE, "bone"),
        context=context,
    )


def contest(direct: bool, differs: dict[str, tuple[tuple[str, ...], ...]]) -> Contest:
    sides = (
        (voice("s/one", Stance.SUPPORTS), voice("s/two", Stance.SUPPORTS)),
        (voice("s/three", Stance.NO_EFFECT),),
    )
    return Contest(HOSTILE, "effect", "bone", direct, sides, differs)


def test_a_contest_shows_its_sides_and_in_what_they_differ() -> None:
    found = read(contest(True, {"site": (("tibia", HOSTILE), ())})._repr_html_())
    reading = f"{HOSTILE} | cause | bone"
    assert found.text.splitlines()[0] == f"{HOSTILE} | effect | bone"
    claims = [
        [side, f"s/{name}", stance, "suggested", "result", reading, "doi:10.1234/a"]
        for side, name, stance in [
            ("1", "one", "supports"),
            ("1", "two", "supports"),
            ("2", "three", "noEffect"),
        ]
    ]
    head = ["side", "claim", "stance", "certainty", "role", "reading", "source"]
    differs = ["differs in", "side 1", "side 2", "site", f"tibia; {HOSTILE}", "not said"]
    assert found.cells == [*head, *flat(claims), *differs]
    assert "both may be right" not in found.text


def flat(rows: Iterable[Iterable[str]]) -> list[str]:
    return [cell for row in rows for cell in row]


def test_a_contest_of_sides_that_meet_only_above_says_so() -> None:
    found = read(contest_html(contest(False, {})))
    assert "both may be right" in found.text
    assert "differs in" not in found.cells


def test_a_graph_shows_what_it_holds_and_how_much_is_signed() -> None:
    graph = Graph(quads())
    found = read(graph._repr_html_())
    assert found.text.splitlines()[0] == "Graph"
    told = dict(zip(found.cells[::2], found.cells[1::2], strict=True))
    assert told["studies"] == "1"
    assert told["claims"] == "5"
    assert told["claims signed by a person"] == "0"
    assert told["biolink:causes"] == "1"
    assert graph.counts()["claims"] == 5


def test_counts_are_grouped_and_large_ones_readable() -> None:
    found = read(counts_html(HOSTILE, {"all": 12345, HOSTILE: {HOSTILE: 1}}))
    assert found.cells == ["all", "12,345", HOSTILE, "1"]
    assert found.text.splitlines()[0] == HOSTILE


def test_a_graph_from_elsewhere_cannot_bring_its_own_markup() -> None:
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    bad = NamedNode("javascript:alert(1)")
    rows = Graph([Quad(bad, label, Literal(HOSTILE))]).query("SELECT ?s ?l { ?s rdfs:label ?l }")
    assert isinstance(rows, Rows)
    found = read(rows._repr_html_())
    assert found.cells == ["s", "l", bad.value, HOSTILE]
    assert found.hrefs == []


@cache
def shown() -> list[object]:
    return [
        Rows(("a", "b"), ((None, None),)),
        Rows(("a",), ()),
        Graph([]),
        Graph(quads()),
        page(store(), KEY),
        contest(True, {}),
    ]


def test_each_is_one_line_where_there_is_no_html() -> None:
    assert list(map(repr, shown())) == [
        "<Rows: 1 row of a, b>",
        "<Rows: 0 rows of a>",
        "<Graph studies=0 claims=0>",
        "<Graph studies=1 claims=5>",
        "<Page: Rest inflames bone marrow>",
        f"<Contest: {HOSTILE} | effect | bone>",
    ]


def test_an_answer_prints_as_the_command_line_shows_it() -> None:
    rows = Rows(("a", "b"), ((Literal("x"), NamedNode("https://doi.org/10.1234/a")),))
    assert str(rows) == "a  b\n-  -------------\nx  doi:10.1234/a\n1 row\n"


def test_what_is_found_of_claims_shows_itself_as_its_text() -> None:
    graph = load()
    found: list[object] = [
        graph.explain("CHEBI:3160", "osteopenia", limit=1),
        graph.evidence("CHEBI:3160", "osteopenia"),
        graph.compare("ausk-2017", "aliprantis-2012"),
    ]
    for each in found:
        html: str = each._repr_html_()  # type: ignore[attr-defined]
        assert html == text_html(str(each))
        assert html.startswith("<pre>")
