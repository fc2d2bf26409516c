"""Retractions as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.readings import counted
from studyclaims.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from studyclaims.chains.retraction import Fate, Retraction

_SHOWN: Final = 10
"""How many items of a long list a text shows; JSON has all."""

_TITLES: Final = {
    "unsupported": "{} without any support left",
    "kept": "{} still supported",
    "unspoken": "{} that had no support, only a denial or an open question",
}


def retraction_text(retraction: Retraction) -> str:
    """Return a retraction as text.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.chains.retraction import retract
    >>> store = load(studies_dir() / "warden-2013.trig").store
    >>> print(retraction_text(retract(store, "warden-2013")).splitlines()[-1])
    Nothing was changed: this only says what would fall.
    """
    lines = (*_lines(retraction), "", "Nothing was changed: this only says what would fall.")
    return "\n".join(map(shown, lines))


def _lines(retraction: Retraction) -> Iterator[str]:
    yield f"If this fell: {retraction.title} <{retraction.source}>"
    yield ""
    yield f"{counted(sum(map(len, retraction.claims.values())), 'claim')} would fall"
    for source, claims in retraction.claims.items():
        report = "" if source == retraction.source else ", which reports on it"
        yield f"  {len(claims)} of {source}{report}"
    for study, (lost, held) in retraction.records.items():
        yield f"  record {study}: {lost} of its {counted(held, 'claim')}"
    if retraction.unplaced:
        title = "{} would stay, and no source left states in what species and setting"
        yield from _section(title, "claim", retraction.unplaced)
    for kind, title in _TITLES.items():
        fates = [fate for fate in retraction.fates if fate.kind == kind]
        yield from _section(title, "proposition", [_fate_line(fate) for fate in fates])
    freed = [
        f"{f.says} (lost: {', '.join(f.lost)}; left: {', '.join(f.left) or 'none'})"
        for f in retraction.freed
    ]
    yield from _section("{} losing a word against it", "supported proposition", freed)
    gone = [written.says for written in retraction.triples if not written.left]
    stay = [f"{w.says} (by {', '.join(w.left)})" for w in retraction.triples if w.left]
    yield from _section("{} that nobody else writes", "direct triple", gone)
    yield from _section("{} that others write too", "direct triple", stay)
    pairs = [f"{' … '.join(b.says)} ({b.steps} steps)" for b in retraction.broken]
    title = "{} of entities no longer connected by steps and joins, the longest chain first"
    yield from _section(title if retraction.complete else f"at least {title}", "pair", pairs)


def _section(title: str, noun: str, lines: Sequence[str]) -> Iterator[str]:
    yield ""
    yield title.format(counted(len(lines), noun))
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more; --format json has them all"


def _fate_line(fate: Fate) -> str:
    left = f"; left: {'; '.join(fate.left)}" if fate.left else ""
    return f"{fate.says} [{fate.change}{left}]"
