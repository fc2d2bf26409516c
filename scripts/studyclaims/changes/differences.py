"""What differs between two graphs, claim by claim: what a claim is and says, not which triples.

A claim is known by its IRI, an item of evidence by what it says, so that another order is no
difference. What was changed has the name that a record gives it. First stands the predicate that a
claim writes: where that changes, the graph says something else.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from studyclaims.changes.described import FIELDS, Described, Part, Value
from studyclaims.terminal import visible
from studyclaims.terms import BASE, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

_ORDER: Final = ("study", "source", "claim", "withdrawn claim", "entity", "relation")
_NOTHING: Final = Value((), ())
_ENTITIES: Final = ("about", "outcome", "lag.after")
"""The fields of a claim that name an entity."""

_NESTED: Final = ("due_to", "toward")
"""The slots of an entity that hold another one."""

_OF_TOMBSTONE: Final = ("date", "reason")

_RANK: Final = {name: number for number, name in enumerate(FIELDS)}
_LAST: Final = len(FIELDS)

_WIDTH: Final = 80
"""A change that has more columns than this stands on two lines."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a thing, in the words of either side; empty where a side has none."""

    field: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values: nothing, one text, or a list of texts."""
        return {"field": self.field, "old": _plain(self.old), "new": _plain(self.new)}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Args:
        what: study, source, claim, withdrawn claim, entity or relation.
        name: the thing, as short as it can be named.
        change: added, removed, changed; of a claim also withdrawn or restored, of an entity
            replaced.
        fields: what differs in it; of what one side lacks, all that the other has.
        words: what it says, for a reader.
    """

    what: str
    name: str
    change: str
    fields: tuple[FieldChange, ...] = ()
    words: str = field(default="", compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        fields = [item.to_dict() for item in self.fields]
        said = {"what": self.what, "name": self.name, "change": self.change, "fields": fields}
        return said | ({"words": self.words} if self.words else {})


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two graphs; ``others`` counts the statements that are about no claim.

    ``alike`` is how many claims are the same, ``compared`` how many there are on either side.
    """

    changes: tuple[Change, ...]
    alike: int
    compared: int
    others: tuple[int, int]

    @property
    def same(self) -> bool:
        """Whether claims were compared, and they and what belongs to them are the same."""
        return self.compared > 0 and not self.changes

    def counts(self) -> dict[str, int]:
        """Return how many claims are the same and how many are not, by how."""
        kinds = Counter(item.change for item in self.changes if item.what == "claim")
        written = (
            item
            for item in self.changes
            if item.what == "claim" and item.change == "changed" and _writes_otherwise(item)
        )
        named = ("added", "removed", "changed", "withdrawn", "restored")
        return {
            "the same": self.alike,
            **{kind: kinds[kind] for kind in named},
            "writing another predicate": sum(1 for _ in written),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        only = dict(zip(("only in old", "only in new"), self.others, strict=True))
        return {
            "same": self.same,
            "claims": self.counts(),
            "changes": [item.to_dict() for item in self.changes],
            "other statements": only,
        }


def differences(old: Iterable[Quad], new: Iterable[Quad]) -> Differences:
    """Return what differs between the claims of two graphs, and what belongs to claims.

    >>> from pyoxigraph import Quad
    >>> from studyclaims.rdf import node
    >>> claim = Quad(node("sc:x"), node("rdf:type"), node("sc:Claim"))
    >>> stance = Quad(node("sc:x"), node("sc:stance"), node("sc:refutes"))
    >>> differences([claim], [claim, stance]).changes[0].fields
    (FieldChange(field='stance', old=(), new=('refutes',)),)
    """
    before, after = Described(old), Described(new)
    claims = list(_claim_changes(before, after))
    found = [
        *_changes("study", before.studies, after.studies),
        *_changes("source", before.sources, after.sources),
        *claims,
        *_entity_changes(before, after),
        *_relation_changes(before, after),
    ]
    compared = before.claims.keys() | after.claims.keys()
    touched = sum(item.what == "claim" for item in claims)
    others = before.others - after.others, after.others - before.others
    return Differences(
        tuple(sorted(found, key=lambda item: (_ORDER.index(item.what), item.name, item.change))),
        len(compared) - touched,
        len(compared),
        (len(others[0]), len(others[1])),
    )


def _claim_changes(before: Described, after: Described) -> Iterator[Change]:
    """Yield what differs of claims and of what stands in the place of withdrawn ones."""
    for iri, change in _each("claim", before.claims, after.claims):
        kind = change.change
        if kind == "added" and iri in before.tombstones:
            kind = "restored"
        elif kind == "removed" and iri in after.tombstones:
            kind = "withdrawn"
        gone, new_gone = (side.tombstones.get(iri, Part(iri, {})) for side in (before, after))
        side = after if iri in after.claims else before
        yield replace(
            change,
            change=kind,
            fields=(*change.fields, *_compared(gone, new_gone)),
            words=side.reading(iri),
        )
    claims = before.claims.keys() | after.claims.keys()
    rest = (
        {iri: part for iri, part in side.tombstones.items() if iri not in claims}
        for side in (before, after)
    )
    yield from _changes("withdrawn claim", *rest)


def _entity_changes(before: Described, after: Described) -> Iterator[Change]:
    """Yield the entities that gave way to others in the same claims, and those labelled anew."""
    found: dict[tuple[str, str], set[str]] = {}
    for iri in sorted(before.claims.keys() & after.claims.keys()):
        sides = before.claims[iri].fields, after.claims[iri].fields
        for name in _ENTITIES:
            pair = _pair(*sides, name)
            if pair:
                found.setdefault(_root(before, after, pair), set()).add(_short(iri))
    for (one, other), claims in sorted(found.items()):
        old, new = before.entity(one), after.entity(other)
        fields = _compared(old, new)
        labels = [" ".join(side.fields.get("label", _NOTHING).words) for side in (old, new)]
        if one != other:
            fields = [item for item in fields if item.field != "label"] or fields
            words = f"{' -> '.join(labels)}, in {len(claims)} of the claims"
            yield Change("entity", ", ".join(sorted(claims)), "replaced", tuple(fields), words)
        elif fields:
            yield Change("entity", compress(one), "changed", tuple(fields))


def _pair(old: Mapping[str, Value], new: Mapping[str, Value], name: str) -> tuple[str, str] | None:
    """Return the IRIs that a field has on either side, where it has one."""
    one, other = (side.get(name, _NOTHING).ids for side in (old, new))
    return (one[0][1:-1], other[0][1:-1]) if len(one) == len(other) == 1 else None


def _root(before: Described, after: Described, pair: tuple[str, str]) -> tuple[str, str]:
    """Return the entities inside two others that make all the difference between them."""
    seen: set[tuple[str, str]] = set()
    # An outside graph may have an entity that is due to itself.
    while pair not in seen:
        seen.add(pair)
        old, new = before.entity(pair[0]), after.entity(pair[1])
        names = {item.field for item in _compared(old, new)} - {"label"}
        nested = names.pop() if len(names) == 1 else ""
        pair = (nested in _NESTED and _pair(old.fields, new.fields, nested)) or pair
    return pair


def _relation_changes(before: Described, after: Described) -> Iterator[Change]:
    """Yield the relations without a claim that one side alone has."""
    for change, one, other in ("removed", before, after), ("added", after, before):
        for triple in one.loose - other.loose:
            name = " ".join(one.words(term) for term in triple)
            yield Change("relation", name, change, words="no claim stands for it")


def _changes(what: str, before: Mapping[str, Part], after: Mapping[str, Part]) -> list[Change]:
    return [change for _, change in _each(what, before, after)]


def _each(
    what: str, before: Mapping[str, Part], after: Mapping[str, Part]
) -> Iterator[tuple[str, Change]]:
    """Yield the IRI of each thing that differs, of those of one kind, and how it does."""
    for iri in sorted(before.keys() | after.keys()):
        nothing = Part(iri, {})
        fields = tuple(_compared(before.get(iri, nothing), after.get(iri, nothing)))
        if iri not in before or iri not in after:
            kind, part = ("added", after[iri]) if iri in after else ("removed", before[iri])
            title = " ".join(part.fields.get("title", _NOTHING).words)
            yield iri, Change(what, _short(iri), kind, fields, title)
        elif fields:
            yield iri, Change(what, _short(iri), "changed", fields)


def _compared(old: Part, new: Part, prefix: str = "") -> list[FieldChange]:
    """Return what differs between two things; what follows from fields only where no field does."""
    found = list(_fields(old.fields, new.fields, prefix))
    noun = "measurement" if prefix else "evidence"
    for number, one, other in _paired(old.parts, new.parts):
        found += _compared(one, other, f"{prefix}{noun} {number}.")
    return found or list(_fields(old.derived, new.derived, prefix))


def _fields(
    old: Mapping[str, Value], new: Mapping[str, Value], prefix: str
) -> Iterator[FieldChange]:
    for name in sorted(old.keys() | new.keys(), key=lambda name: (_RANK.get(name, _LAST), name)):
        one, other = old.get(name, _NOTHING), new.get(name, _NOTHING)
        if one.ids != other.ids:
            alike = one.words == other.words
            words = (one.ids, other.ids) if alike else (one.words, other.words)
            yield FieldChange(prefix + name, *words)


def _paired(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[int, Part, Part]]:
    """Return the parts that belong together, by number: the same, of the same place, the rest.

    The number of a pair is the lower of the two, so that it does not hang on which side is old.
    """
    left, right = list(enumerate(old, start=1)), list(enumerate(new, start=1))
    pairs = []
    for key in _content, _place, _anything:
        for one in list(left):
            other = next((o for o in right if key(o[1]) == key(one[1])), None)
            if other is not None:
                pairs.append((min(one[0], other[0]), one[1], other[1]))
                left.remove(one)
                right.remove(other)
    pairs += [(number, part, Part(part.iri, {})) for number, part in left]
    pairs += [(number, Part(part.iri, {}), part) for number, part in right]
    return sorted(pairs, key=lambda pair: (pair[0], *sorted(part.content for part in pair[1:])))


def _content(part: Part) -> object:
    return part.content


def _place(part: Part) -> object:
    """Return where an item of evidence stands; what has no place has none like another's."""
    return part.fields["at"].ids if "at" in part.fields else part


def _anything(_: Part) -> object:
    return None


def _writes_otherwise(change: Change) -> bool:
    return any(item.field == "writes" for item in change.fields)


def _short(iri: str) -> str:
    """Return what a claim or a study of ours is called, else the CURIE."""
    own = re.fullmatch(rf"{re.escape(BASE)}(?:claim/(.+)|study/([^/#]+)#study)", iri)
    return own[1] or own[2] if own else compress(iri)


def _plain(words: tuple[str, ...]) -> str | list[str] | None:
    return list(words) if len(words) > 1 else next(iter(words), None)


def differences_text(found: Differences, old: str, new: str) -> str:
    """Return the differences for a reader, what is called old first; and a line that counts them.

    ``!`` stands before a predicate that a claim no longer writes, or writes now.

    >>> print(differences_text(differences([], []), "a.nq", "b.nq"), end="")
    a.nq -> b.nq
    nothing compared: neither side holds a claim
    """
    lines = [f"{old} -> {new}"]
    alike: dict[tuple[FieldChange, ...], list[Change]] = {}
    for change in found.changes:
        key = change.fields if change.change == "changed" else (FieldChange(change.name, (), ()),)
        alike.setdefault((FieldChange(change.what, (), ()), *key), []).append(change)
    for changes in alike.values():
        lines += [_headline(change) for change in changes]
        lines += _field_lines(changes[0])
    return "".join(f"{visible(line)}\n" for line in (*lines, *_summary(found)))


def _headline(change: Change) -> str:
    """Return one line on what differs, and of a claim that one side lacks how it is worded."""
    words = f": {change.words}" if change.words else ""
    if change.what == "entity":
        name = "" if change.words else f" {change.name}"
        return f"{change.change} entity{name}{words}"
    if change.what == "claim" and change.change != "changed":
        held = {item.field: " ".join(item.old or item.new) for item in change.fields}
        said = [held.get(name, "") for name in ("stance", "certainty", "role")]
        said += [f"writes {held['writes']}" if "writes" in held else "writes no direct triple"]
        words += f"; {', '.join(filter(None, said))}"
    return f"{change.change} {change.what} {change.name}{words}"


def _field_lines(change: Change) -> Iterator[str]:
    """Yield the fields that differ; of what one side lacks, why it was withdrawn."""
    for item in change.fields:
        told = "claim" in change.what and item.field in _OF_TOMBSTONE
        if change.change not in {"changed", "replaced"} and not told:
            continue
        mark = "!" if item.field == "writes" else " "
        old, new = ("; ".join(words) or "(nothing)" for words in (item.old, item.new))
        if len(item.field) + len(old) + len(new) <= _WIDTH:
            yield f"  {mark} {item.field}: {old} -> {new}"
        else:
            yield f"  {mark} {item.field}:"
            yield from (f"      - {old}", f"      + {new}")


def _summary(found: Differences) -> Iterator[str]:
    if not found.compared:
        yield "nothing compared: neither side holds a claim"
        return
    counts = found.counts()
    if found.same:
        yield f"no difference in claims: {counts['the same']} the same"
    else:
        kinds = (f"{number} {kind}" for kind, number in counts.items() if number)
        yield f"claims: {', '.join(kinds)}"
    if any(found.others):
        yield "statements about no claim: {} only in the old, {} only in the new".format(
            *found.others
        )
