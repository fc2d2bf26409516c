"""The pages that an endpoint has for people: plain HTML, no script, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from studyclaims.questions import questions
from studyclaims.serving.doors import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studyclaims.serving.limits import Limits


def queries_data() -> list[dict[str, Any]]:
    """Return the example queries as JSON has them: name, summary, tags, parameters, text.

    >>> [row["name"] for row in queries_data() if row["name"] == "list-causes"]
    ['list-causes']
    """
    return [
        {
            "name": question.name,
            "summary": question.summary,
            "description": question.description,
            "tags": list(question.tags),
            "parameters": question.parameters,
            "query": question.text,
        }
        for question in questions()
    ]


def queries_page(listed: Iterable[Mapping[str, Any]]) -> str:
    """Return the page that lists the example queries, each with a link that asks it.

    >>> "<dt>a &lt;b&gt;" in queries_page([{"name": "a <b>", "summary": "", "query": ""}])
    True
    """
    parts = []
    for row in listed:
        ask = f"/sparql?query={quote(row['query'], safe='')}"
        parts.append(
            f"<dt>{escape(row['name'])}</dt><dd>{escape(row['summary'])} "
            f'(<a href="{ask}&amp;format=csv">csv</a>, <a href="{ask}&amp;format=json">json</a>)'
            f"<details><summary>the query</summary><pre>{escape(row['query'])}</pre></details></dd>"
        )
    return _page("Example queries", f"<dl>{''.join(parts)}</dl>")


def front_page(told: Mapping[str, Any], limits: Limits) -> str:
    """Return the page at the root: what is here, a form to ask it, and the limits.

    >>> from studyclaims.serving.limits import Limits
    >>> "<b>3</b> triples" in front_page({"size": 3, "graphs": []}, Limits())
    True
    """
    forms = "".join(f"<option>{name}</option>" for name in ("csv", "json", "xml", "tsv", "turtle"))
    start = "SELECT ?claim ?certainty\nWHERE { ?claim a sc:Claim ; sc:certainty ?certainty }"
    body = f"""
<p>A read-only SPARQL 1.1 endpoint: <code>/sparql</code>. It holds <b>{told["size"]:,}</b> triples
in {len(told["graphs"]):,} graphs; a query that names none is answered from their union.</p>
<form action="/sparql" method="get">
<textarea name="query" rows="10" aria-label="query">{escape(start)}</textarea>
<p><select name="format" aria-label="form">{forms}</select> <button>Ask</button></p>
</form>
<ul>
<li><a href="/queries">Example queries</a></li>
<li><a href="/sparql">Description of the service</a> and
<a href="/.well-known/void">of the dataset</a></li>
<li><a href="/health">Health</a></li>
</ul>
<p>A query is stopped after {limits.deadline:g} s. An answer of more than {limits.rows:,} rows or
{limits.answer >> 20} MiB is an error, never cut short. Nothing is fetched and nothing written.</p>
"""
    return _page("studyclaims", body)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
