"""Explanations as text, as Markdown and as flowcharts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from studyclaims.chains.pages import ShownStep
from studyclaims.chains.steps import Strength
from studyclaims.readings import counted
from studyclaims.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from studyclaims.chains.pages import Explanation, Hints, Path, ShownJoin
    from studyclaims.chains.steps import Step

_MOST: Final = 6
"""How many claims on a step a text shows; JSON has all."""

_NONE: Final = "No path of claims leads from the one to the other."

_ONLY_BROKEN: Final = (
    "No path leads from the one to the other by steps that all have support: those below pass what "
    "is denied, was not found, or is left open."
)

_CUT_SHORT: Final = "The search was cut short: there may be other paths."

_DENIED: Final = "A direct link of the two is denied, or was tested and not found, by {}:"

_ABSENT: Final = "Only its absence is there, which is another thing; to start at that, name it"

_ARROWS: Final = {
    Strength.ASSERTED: "==>",
    Strength.STATED: "-->",
    Strength.SUGGESTED: "-.->",
    Strength.HYPOTHESISED: "-.->",
    Strength.SPECULATED: "-.->",
    Strength.BESIDE: "---",
    Strength.OPEN: "-.-x",
    Strength.BROKEN: "--x",
}
_JOINED: Final = "-.-o"
_LEGEND: Final = (
    "Thick arrow: asserted; thin: stated; dotted: hedged; plain line: not causal; "
    "cross: no effect found, denied or left open; dotted with a circle: a join that nobody claims."
)

_HEAD: Final = "| | step | species, site, time | how firmly | who says so | against |"

_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_DOI: Final = re.compile(r"doi:(?=10\.)", re.IGNORECASE)
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|~$#&])")
_CHART: Final = re.compile(r"[^\w .,()/+=!?-]|^[+-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""What a label of a flowchart has as a number: quotes, whatever may be read as its syntax, and what
makes its beginning that of a list, which a flowchart refuses to show."""


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation as text; the claims on a step are listed where it first stands.

    >>> from studyclaims.chains.explanations import explain
    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "ausk-2017.trig").store
    >>> found = explain(store, "CHEBI:3160", "osteopenia", limit=1)
    >>> print(explanation_text(found).splitlines()[0])
    From Botulinum toxin type A (CHEBI:3160) to Osteopenia (HP:0000938)
    """
    lines = [f"From {explanation.source} to {explanation.target}"]
    lines += _denied_lines(explanation)
    lines += _hint_lines(explanation, explanation.hints) if explanation.hints else ()
    listed: dict[Step, str] = {}
    for path in explanation.paths:
        lines += ["", *_path_lines(path, listed)]
    lines += [] if explanation.complete else ["", _CUT_SHORT]
    return "\n".join(map(shown, lines))


def explanation_markdown(explanation: Explanation) -> str:
    """Return an explanation as Markdown: for each path a table of its steps and a flowchart.

    >>> from studyclaims.chains.explanations import explain
    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "ausk-2017.trig").store
    >>> found = explain(store, "CHEBI:3160", "osteopenia", limit=1)
    >>> "```mermaid" in explanation_markdown(found)
    True
    """
    lines = [f"# From {_inline(explanation.source)} to {_inline(explanation.target)}"]
    title = _inline(_DENIED.format(counted(len(explanation.denied), "claim")))
    lines += ["", f"**{title}** {_links(explanation.denied)}"] if explanation.denied else ()
    for line in _hint_lines(explanation, explanation.hints) if explanation.hints else ():
        lines += [f"- {_inline(line.strip())}"] if line.startswith(" ") else ["", _inline(line), ""]
    for path in explanation.paths:
        lines += ["", f"## Path {path.number}: {_counts(path)}", ""]
        for begin in path.begins:
            lines += [_inline(f"begins: {begin.says}: {begin.who}"), ""]
        lines += [_HEAD, "|---" * (_HEAD.count("|") - 1) + "|"]
        lines += [_table_row(mark, move) for mark, move in _numbered(path)]
        lines += [part for line in _conclusions(path) for part in ("", _inline(line))]
        lines += ["", "```mermaid", flowchart(path), "```", "", _LEGEND]
    lines += [] if explanation.complete else ["", _CUT_SHORT]
    return "\n".join(lines) + "\n"


def flowchart(path: Path) -> str:
    """Return a path as a Mermaid flowchart, each strength with an arrow of its own.

    >>> from studyclaims.chains.explanations import explain
    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "ausk-2017.trig").store
    >>> found = explain(store, "CHEBI:3160", "osteopenia", limit=1)
    >>> flowchart(found.paths[0]).splitlines()[0]
    'flowchart LR'
    """
    boxes, arrows = [_first_reading(path)], []
    for mark, move in _numbered(path):
        if isinstance(move, ShownStep):
            disputed = ", contested" if move.contested else ""
            # Text that begins as a list does is refused as Markdown.
            said, arrow = f"({mark}) {move.verb}{disputed}", _ARROWS[move.step.strength]
            boxes.append(move.about if move.step.turned else move.outcome)
        else:
            said, arrow = "join, claimed by nobody", _JOINED
            boxes.append(move.parts[-1][1])
        here = len(boxes) - 2
        arrows.append(f'  e{here} {arrow}|"{chart_label(said)}"| e{here + 1}')
    lines = [f'  e{number}["{chart_label(box)}"]' for number, box in enumerate(boxes)]
    return "\n".join(("flowchart LR", *lines, *arrows))


def chart_label(text: str) -> str:
    """Return a text as a label of a flowchart: on one line, with numbers for what is syntax there.

    >>> print(chart_label('an "end"; [x]'))
    an #34;end#34;#59; #91;x#93;
    """
    flat = " ".join(shown(text).split())
    return _CHART.sub(lambda match: f"#{ord(match[0])};", flat) or " "


def _first_reading(path: Path) -> str:
    first = path.moves[0]
    if isinstance(first, ShownStep):
        return first.outcome if first.step.turned else first.about
    return first.start


def _numbered(path: Path) -> Iterator[tuple[str, ShownStep | ShownJoin]]:
    """Yield the moves of a path, each step with its number."""
    number = 0
    for move in path.moves:
        is_step = isinstance(move, ShownStep)
        number += is_step
        yield (str(number) if is_step else ""), move


def _table_row(mark: str, move: ShownStep | ShownJoin) -> str:
    """Return a move as a row of a table."""
    if isinstance(move, ShownStep):
        said = (move.says, move.setting, _marks(move))
        cells = [mark, *map(_inline, said), *map(_links, _sides(move))]
    else:
        cells = [mark, _inline(move.says), "", _inline(move.words), "", ""]
    return f"| {' | '.join(cells)} |"


def _sides(step: ShownStep) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the claims on a step, and those against it; of what is only denied, none is."""
    against = list(step.against) if step.contested else []
    return [row for row in step.claims if row not in against], against


def _links(held: Sequence[dict[str, Any]]) -> str:
    """Return claims with their words, each as a link to its source."""
    links = [f"{_link(row['key'], row['source'])} {_inline(row['says'])}" for row in held[:_MOST]]
    links += [f"and {len(held) - _MOST} more"] if len(held) > _MOST else []
    return "; ".join(links)


def _link(text: str, iri: str) -> str:
    """Return a text as a link to a page; what is no page of the web is no link."""
    address = _DOI.sub("https://doi.org/", iri)
    if not _WEB.match(address):
        return _inline(text)
    # What ends the link or the cell that it stands in, and what nobody would see, is encoded.
    signs = (s if s.isprintable() and s not in "<>|\\ `" else quote(s) for s in address)
    return f"[{_inline(text)}](<{''.join(signs)}>)"


def _inline(text: str) -> str:
    """Return a text so that Markdown shows it as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(shown(text).split()))


def _hint_lines(explanation: Explanation, hints: Hints) -> Iterator[str]:
    yield (
        _ONLY_BROKEN if explanation.paths else "No path of claims leads from the one to the other."
    )
    listed = {
        f"Reached from {explanation.source} by claims and unclaimed joins": hints.onward,
        f"One claim or unclaimed join from {explanation.target}": hints.back,
        **({_ABSENT: hints.absent} if hints.absent else {}),
    }
    for title, entities in listed.items():
        yield f"{title}:"
        yield from (f"  {entity}" for entity in entities or ["nothing that is claimed"])
    more = {
        "With more steps there is a path: use a larger --max-steps.": hints.longer,
        "With timing, association and description there is a path: use --all-relations.": (
            hints.beside
        ),
        "The other way round there is a path.": hints.turned,
    }
    yield from (line for line, there in more.items() if there)


def _path_lines(path: Path, listed: dict[Step, str]) -> Iterator[str]:
    """Yield a path as lines; ``listed`` says where the claims on a step were listed before."""
    yield f"Path {path.number}: {_counts(path)}; weakest: {_weakest(path)}"
    for begin in path.begins:
        yield f"  begins: {begin.says}: {begin.who}"
    for mark, move in _numbered(path):
        if not isinstance(move, ShownStep):
            yield f"     {move.words.removeprefix('a ')}: {move.says}"
            continue
        yield f"  {mark}. {move.says} [{_marks(move)}]"
        if move.step in listed:
            yield f"       claims: see {listed[move.step]}"
            continue
        listed[move.step] = f"path {path.number}, step {mark}"
        claims, against = _sides(move)
        yield from _claim_lines(claims, "")
        yield from _claim_lines(against, "against: ")
    yield from (f"  {line}" for line in _conclusions(path))


def _denied_lines(explanation: Explanation) -> Iterator[str]:
    """Yield who denies the link itself: a path of many steps must not be read before that."""
    if explanation.denied:
        yield _DENIED.format(counted(len(explanation.denied), "claim"))
        yield from _claim_lines(explanation.denied, "", indent=2)


def _counts(path: Path) -> str:
    counts = {"step": len(path.steps), "join": len(path.joins), "paper": len(path.papers)}
    return ", ".join(counted(count, name) for name, count in counts.items())


def _marks(step: ShownStep) -> str:
    """Return how firmly a step is said, and whether it is disputed."""
    last = ["nothing follows from it"] if step.step.ends else []
    return "; ".join([step.step.words, *last, *(["contested"] if step.contested else [])])


def _claim_lines(held: Sequence[dict[str, Any]], mark: str, *, indent: int = 7) -> Iterator[str]:
    before = f"{' ' * indent}{mark}"
    yield from (f"{before}{row['key']}: {row['sentence']}" for row in held[:_MOST])
    if len(held) > _MOST:
        yield f"{before}{len(held) - _MOST} more; --format json has them all"


def _weakest(path: Path) -> str:
    """Return how firm a path is; where a join is its weakest link, how firm its steps are too."""
    joined = bool(path.weakest_joins)
    return f"{path.strength}; of its steps: {path.step_strength}" if joined else path.strength


def _conclusions(path: Path) -> Iterator[str]:
    """Yield the weakest link, who claims or denies the whole, and where the contexts differ."""
    joins = "; ".join(join.says for join in path.weakest_joins)
    if joins:
        yield f"{_numbered_title('Weakest link', path.weakest_joins)} ({path.strength}): {joins}."
    kind = "Weakest step" if joins else "Weakest link"
    said = "; ".join(f"step {number}, {step.who}" for number, step in path.weakest_steps)
    yield f"{_numbered_title(kind, path.weakest_steps)} ({path.step_strength}): {said}."
    if not path.is_claimed:
        whole = [f"{step.says} [{_marks(step)}]: {_speakers(step.claims)}" for step in path.whole]
        yield "Nobody claims this path as a whole."
        yield from (f"Of its two ends it is said directly: {line}." for line in whole)
        if path.against:
            yield f"Against the path as a whole: {_speakers(path.against)}."
    yield from (f"{line}." for line in path.contexts())


def _numbered_title(title: str, links: Sequence[object]) -> str:
    return title if len(links) == 1 else f"{title}s"


def _speakers(held: Sequence[dict[str, Any]]) -> str:
    """Return claims by their names, each with who says it and how."""
    said = [f"{row['key']}, {row['who']}" for row in held[:_MOST]]
    said += [f"and {len(held) - _MOST} more"] if len(held) > _MOST else []
    return "; ".join(said)
