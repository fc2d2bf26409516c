"""Findings in the forms that people, GitHub and code scanners read.

Every form but GitHub's says where each code is explained.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from studyclaims.findings import CODES, FAMILIES, PAGE, report
from studyclaims.release import VERSION
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from studyclaims.findings import Finding

TEXT_LIMIT: Final = 200
"""The most findings that text shows."""

_FIELDS = ("file", "line", "column", "code", "message", "hint", "docs")


def render_findings(findings: Sequence[Finding], counts: Mapping[str, Any], form: str) -> str:
    """Return findings and the counts of what was checked, as text, json, jsonl, github or sarif.

    >>> render_findings([], {"records": 1}, "jsonl")
    ''
    """
    forms: dict[str, Callable[[Sequence[Finding], Mapping[str, Any]], str]] = {
        "text": lambda found, _: _text(found) if found else "",
        "json": _json,
        "jsonl": lambda found, _: "".join(json.dumps(_row(f)) + "\n" for f in found),
        "github": lambda found, _: "".join(_github(f) + "\n" for f in found),
        "sarif": lambda found, _: _sarif(found),
    }
    return forms[form](findings, counts)


def _text(findings: Sequence[Finding]) -> str:
    """Return the first findings, how many more there are, and where their codes are explained."""
    lines = [report(sorted(findings)[:TEXT_LIMIT])]
    more = len(findings) - TEXT_LIMIT
    lines += [f"... and {more} more (--format json has all)"] if more > 0 else []
    return "\n".join([*lines, _see(findings)]) + "\n"


def _see(findings: Sequence[Finding]) -> str:
    """Return the line that says where the codes are explained, each once."""
    anchors = sorted({finding.docs.removeprefix(PAGE) for finding in findings})
    return f"see {PAGE}{', '.join(anchors)}"


def _row(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in _FIELDS}


def _json(findings: Sequence[Finding], counts: Mapping[str, Any]) -> str:
    whole = {"checked": dict(counts), "findings": [_row(finding) for finding in findings]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _github(finding: Finding) -> str:
    """Return a workflow command of GitHub Actions; its own signs in the text are escaped."""
    text = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
    properties = {
        "file": finding.file,
        "line": finding.line,
        "col": finding.column,
        "title": finding.code,
    }
    shown = ",".join(f"{name}={_escaped(str(v), ',:')}" for name, v in properties.items() if v)
    return f"::error {shown}::{_escaped(text, '')}"


def _escaped(text: str, more: str) -> str:
    """Return the text with what would end a command, or a property of it, percent-encoded."""
    for sign in ("%", "\r", "\n", *more):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _sarif(findings: Sequence[Finding]) -> str:
    """Return SARIF 2.1.0, one run, one rule a code."""
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "studyclaims",
        "semanticVersion": VERSION,
        "rules": [_sarif_rule(code) for code in codes],
    }
    run = {"tool": {"driver": driver}, "results": [_sarif_result(f) for f in findings]}
    whole = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _sarif_rule(code: str) -> dict[str, Any]:
    """Return what SARIF says of a code; its address must be a whole IRI, so no file's."""
    means = f"{CODES[code][0].upper()}{CODES[code][1:]}."
    return {
        "id": code,
        "shortDescription": {"text": means},
        "fullDescription": {"text": f"{means} {FAMILIES[code[0]]}"},
        "helpUri": f"{BASE}{PAGE.removesuffix('.md')}#{code.lower()}",
    }


def _sarif_result(finding: Finding) -> dict[str, Any]:
    address = quote(finding.file, errors="surrogateescape")
    place: dict[str, Any] = {"artifactLocation": {"uri": address}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": max(finding.column, 1)}
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return {
        "ruleId": finding.code,
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
