"""HTML for notebooks: an answer, a page, a contest, counts, or any text.

Plain elements, no style and no script: how it looks is the notebook's business. Whatever a graph
holds is escaped, signs that cannot be printed are replaced, and only an ``http`` or ``https`` IRI
becomes a link: a graph from elsewhere may hold anything.
"""

from __future__ import annotations

import re
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from studyclaims.terms import BASE, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studyclaims.comparing.contested import Contest
    from studyclaims.queries import Rows, Term
    from studyclaims.showing.pages import Page

ROWS_SHOWN: Final = 50
"""The most rows of an answer that a notebook is given."""

CELL_LIMIT: Final = 300
"""The most characters that a cell of an answer shows; what is longer ends in an ellipsis."""

_TITLE_LIMIT: Final = 2000
"""The most characters that are shown where one points at a text that was cut, or at an IRI."""

_WEB: Final = re.compile(r"https?://[^\s/?#<>]\S*", re.IGNORECASE)
_CITED: Final = re.compile(r"(?s)(?P<title>.+) <(?P<iri>https?://[^\s<>]+)>")


def rows_html(rows: Rows) -> str:
    """Return an answer as a table, IRIs shortened, and a line that counts the rows.

    >>> from studyclaims.queries import Rows
    >>> print(rows_html(Rows(("a", "b"), ((Literal("<i>"), None),))))
    <table>
    <thead><tr><th>a</th><th>b</th></tr></thead>
    <tbody>
    <tr><td>&lt;i&gt;</td><td></td></tr>
    </tbody>
    </table>
    <p>1 row</p>
    """
    shown = rows.rows[:ROWS_SHOWN]
    count = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    if len(shown) < len(rows):
        count = f"the first {len(shown)} of {count}"
    return f"{_table(rows.variables, [map(_cell, row) for row in shown])}\n<p>{count}</p>"


def page_html(page: Page) -> str:
    """Return what ``show`` tells: its title, what is known of the thing, the claims as sentences.

    >>> from studyclaims.showing.pages import Page
    >>> print(page_html(Page("A <b>", ("year: 2017",), {"claims": []})))
    <h4>A &lt;b&gt;</h4>
    <table>
    <tbody>
    <tr><th>year</th><td>2017</td></tr>
    </tbody>
    </table>
    """
    claims = page.data.get("claims", [])
    # The last lines are the claims; an empty one and their number come before, after any facts.
    ahead = takewhile(bool, page.lines[: len(page.lines) - len(claims)])
    facts = [_named(line) for line in ahead]
    said = [f"{link(row['claim'])}: {text(row['sentence'])}" for row in claims]
    parts = [f"<h4>{text(page.title)}</h4>"]
    parts += [_table((), facts)] if facts else []
    parts += ["<ul>", *(f"<li>{item}</li>" for item in said), "</ul>"] if said else []
    return "\n".join(parts)


def contest_html(contest: Contest) -> str:
    """Return a topic with its sides, one claim a row, and in what the sides differ.

    >>> from studyclaims.comparing.contested import Contest
    >>> contest_html(Contest("rest", "effect", "bone", True, (), {})).splitlines()[0]
    '<h4>rest | effect | bone</h4>'
    """
    data = contest.to_dict()
    met = "" if contest.direct else "<p>The sides meet only here: both may be right.</p>\n"
    title = " | ".join((contest.about, contest.family, contest.outcome))
    head = ("side", "claim", "stance", "certainty", "role", "reading", "source")
    body = [
        [str(number), *(_value(claim[name]) for name in head[1:])]
        for number, side in enumerate(data["sides"], start=1)
        for claim in side["claims"]
    ]
    sides = [f"side {number}" for number in range(1, len(contest.sides) + 1)]
    differs = [
        [f"<th>{text(name)}</th>", *(text("; ".join(each) or "not said") for each in values)]
        for name, values in data["differs"].items()
    ]
    more = "\n" + _table(("differs in", *sides), differs) if differs else ""
    return f"<h4>{text(title)}</h4>\n{met}{_table(head, body)}{more}"


def counts_html(title: str, counts: Mapping[str, Any]) -> str:
    """Return counts as a table; a group of them is folded up under its name.

    >>> print(counts_html("A graph", {"claims": 3, "claims that write": {"sc:mayCause": 1}}))
    <h4>A graph</h4>
    <table>
    <tbody>
    <tr><th>claims</th><td>3</td></tr>
    </tbody>
    </table>
    <details><summary>claims that write</summary>
    <table>
    <tbody>
    <tr><th>sc:mayCause</th><td>1</td></tr>
    </tbody>
    </table>
    </details>
    """
    groups = {name: group for name, group in counts.items() if isinstance(group, dict)}
    single = {name: count for name, count in counts.items() if name not in groups}
    parts = [f"<h4>{text(title)}</h4>", _counted(single)]
    for name, group in groups.items():
        parts.append(f"<details><summary>{text(name)}</summary>\n{_counted(group)}\n</details>")
    return "\n".join(parts)


def text_html(lines: str) -> str:
    r"""Return a text of many lines as it stands, for what has no HTML of its own.

    >>> text_html("a <b>\n  c")
    '<pre>a &lt;b&gt;\n  c</pre>'
    """
    shown = "\n".join(map(_printable, lines.split("\n")))
    return f"<pre>{escape(shown)}</pre>"


def link(iri: str) -> str:
    """Return an IRI shortened, as a link where it leads somewhere.

    Our own IRIs are not registered, so they are named and no link.

    >>> link("https://doi.org/10.1234/a")
    '<a href="https://doi.org/10.1234/a" title="https://doi.org/10.1234/a">doi:10.1234/a</a>'
    >>> link("https://w3id.org/studyclaims/vocab/mayCause")
    '<span title="https://w3id.org/studyclaims/vocab/mayCause">sc:mayCause</span>'
    """
    whole = escape(_printable(iri)[:_TITLE_LIMIT])
    shown = text(compress(iri).removeprefix("studyclaims:claim/"))
    if not _WEB.fullmatch(iri) or not iri.isprintable() or iri.startswith(BASE):
        return f'<span title="{whole}">{shown}</span>'
    return f'<a href="{escape(iri)}" title="{whole}">{shown}</a>'


def text(value: str) -> str:
    r"""Return a text on one line, escaped.

    >>> text("a\n<script>")
    'a &lt;script&gt;'
    """
    return escape(_printable(" ".join(value.split())))


def _printable(value: str) -> str:
    """Return a text with every sign replaced that shows nothing, or turns the line around."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in value)


def _cell(term: Term) -> str:
    """Return a term: an IRI as a link, a literal as it is spelled, nothing as an empty text."""
    if isinstance(term, NamedNode):
        return link(term.value)
    spelled = term.value if isinstance(term, Literal) else "" if term is None else str(term)
    if len(spelled) <= CELL_LIMIT:
        return text(spelled)
    return f'<span title="{text(spelled[:_TITLE_LIMIT])}">{text(spelled[: CELL_LIMIT - 1])}…</span>'


def _value(value: str) -> str:
    """Return a plain value: an IRI of the web, and one that a title names, as a link."""
    cited = _CITED.fullmatch(value)
    if cited:
        return f"{text(cited['title'])} ({link(cited['iri'])})"
    return link(value) if _WEB.fullmatch(value) else text(value)


def _named(line: str) -> list[str]:
    """Return the name and the value of a line ``name: value``."""
    name, _, value = line.partition(": ")
    return [f"<th>{text(name)}</th>", _value(value)]


def _counted(counts: Mapping[str, Any]) -> str:
    return _table((), [[f"<th>{text(name)}</th>", f"{n:,}"] for name, n in counts.items()])


def _table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    """Return a table; the cells of its body are HTML, and one that is a ``<th>`` stays one."""
    names = "".join(f"<th>{text(name)}</th>" for name in head)
    lines = ["<table>", f"<thead><tr>{names}</tr></thead>"] if names else ["<table>"]
    lines += ["<tbody>", *(f"<tr>{''.join(map(_td, row))}</tr>" for row in body), "</tbody>"]
    return "\n".join([*lines, "</table>"])


def _td(cell: str) -> str:
    return cell if cell.startswith("<th>") else f"<td>{cell}</td>"
