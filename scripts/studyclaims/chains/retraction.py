"""Retraction: what a graph would lose if one paper fell, with whatever reports on it.

Nothing is changed. The claims of the paper and of its secondary sources are left out, and what
stands before is set beside what stands after: propositions, direct triples, chains.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from studyclaims.chains.joins import read_joins
from studyclaims.chains.sayings import speaker, step_says, words
from studyclaims.chains.search import Search, taken
from studyclaims.chains.steps import read_steps
from studyclaims.errors import QueryError
from studyclaims.queries import ask, each_row
from studyclaims.showing.claims import name_of
from studyclaims.showing.details import entity_reading, named, said_of, thing
from studyclaims.showing.names import candidates
from studyclaims.terminal import shown
from studyclaims.terms import BASE, SC, compress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from studyclaims.chains.joins import Joins
    from studyclaims.chains.steps import Saying, Step, Steps
    from studyclaims.showing.details import Said
    from studyclaims.stores.embedded import EmbeddedStore

STARTS: Final = 200
"""From how many entities broken chains are looked for; where there are more, the text says so."""

_DOI: Final = "https://doi.org/"

_SOURCES: Final = """
SELECT DISTINCT ?source ?key
WHERE { ?source a sc:Source . OPTIONAL { ?study dct:source ?source ; rdfs:label ?key } }
"""

_STATED_IN: Final = "SELECT ?claim ?source { ?claim sc:statedIn ?source }"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one proposition: the step before and after, None where nobody is left."""

    before: Step
    after: Step | None
    says: str
    lost: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def kind(self) -> str:
        """How it fares: ``kept``, ``unsupported``, or ``unspoken`` where no support was lost."""
        if not self.before.supported:
            return "unspoken"
        return "kept" if self.after is not None and self.after.supported else "unsupported"

    @property
    def change(self) -> str:
        """How firmly it is said before and after, one word where that is the same."""
        before = self.before.words
        after = self.after.words if self.after else "nobody speaks of it"
        return before if before == after else f"{before} → {after}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fate as plain values, for JSON."""
        after = self.after.strength.name.lower() if self.after else None
        return {
            "proposition": self.before.proposition,
            "says": self.says,
            "fate": self.kind,
            "strengthBefore": self.before.strength.name.lower(),
            "strengthAfter": after,
            "lost": list(self.lost),
            "left": list(self.left),
        }


@dataclass(frozen=True, slots=True)
class Freed:
    """A proposition that keeps its support and loses a word against it."""

    proposition: str
    says: str
    lost: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A direct triple of a lost claim, and the claims left that write it too."""

    triple: tuple[str, str, str]
    says: str
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Two entities that steps and joins connect before and not after, and how many steps it took.

    What one step connected is a proposition and told as such: here it took two or more.
    """

    start: str
    end: str
    steps: int
    says: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Retraction:
    """What falls with a source, and what stays.

    ``claims`` are those that fall, by source; ``records`` gives, by study, how many fall and how
    many there are. ``unplaced`` are claims that stay, whose context only a fallen source states.
    ``complete`` is false where broken chains were not looked for everywhere; ``unread`` says, of
    each claim or entity of the graph that cannot be read, what is wrong.
    """

    source: str
    title: str
    claims: Mapping[str, tuple[str, ...]]
    records: Mapping[str, tuple[int, int]]
    fates: tuple[Fate, ...]
    freed: tuple[Freed, ...]
    triples: tuple[Written, ...]
    broken: tuple[Broken, ...]
    unplaced: tuple[str, ...]
    complete: bool
    unread: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the retraction as plain values, for JSON."""
        return {
            "source": self.source,
            "title": self.title,
            "claims": {source: list(claims) for source, claims in self.claims.items()},
            "records": {
                study: {"lost": lost, "claims": held}
                for study, (lost, held) in self.records.items()
            },
            "propositions": [fate.to_dict() for fate in self.fates],
            "wordsAgainstLost": [asdict(freed) for freed in self.freed],
            "triples": [asdict(written) for written in self.triples],
            "brokenChains": [asdict(broken) for broken in self.broken],
            "contextLost": list(self.unplaced),
            "complete": self.complete,
            "unread": dict(self.unread),
        }

    def __str__(self) -> str:
        from studyclaims.chains.retractiontexts import retraction_text

        return retraction_text(self)

    def _repr_html_(self) -> str:
        """Return the retraction as a notebook shows it."""
        from studyclaims.showing.htmlpages import text_html

        return text_html(str(self))


def retract(store: EmbeddedStore, name: str) -> Retraction:
    """Return what the graph would lose without a source and whatever reports on it.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "warden-2013.trig").store
    >>> found = retract(store, "warden-2013")
    >>> found.source, found.records
    ('https://doi.org/10.1016/j.bone.2013.01.043', {'warden-2013': (8, 8)})

    Raises:
        QueryError: the graph has no source of that name; names the nearest.
    """
    source = _source_named(store, name)
    before = read_steps(store)
    return _Fall(store, source, before, before.without(lambda said: _falls(said, source))).told()


def _falls(saying: Saying, source: str) -> bool:
    return source in {saying.source, saying.primary}


def _source_named(store: EmbeddedStore, name: str) -> str:
    """Return the IRI of the source that a DOI, an address or a study's key stands for."""
    for iri in candidates(store, name):
        # A DOI is the same in capitals; in the graph it is small.
        small = iri.lower() if iri.startswith("https://doi.org/") else iri
        said = said_of(store, small)
        kinds = {value for curie, value, _ in said if curie == "rdf:type"}
        if f"{SC}Source" in kinds:
            return small
        if f"{SC}Study" in kinds:
            return _paper_of(name, said)
    rows = each_row(ask(store, _SOURCES))
    known = {str(name).removeprefix(_DOI) for row in rows for name in row.values() if name}
    near = get_close_matches(name.lower().removeprefix(_DOI), sorted(known), n=3, cutoff=0.5)
    hint = f"; the nearest: {shown(', '.join(near))}" if near else ""
    raise QueryError(
        f"the graph has no source {name!r}{hint}; write a DOI, an address or a study's key"
    )


def _paper_of(name: str, said: Iterable[Said]) -> str:
    """Return the paper of a study, out of what a graph says of it."""
    found = [str(value) for curie, value, _ in said if curie == "dct:source"]
    papers = [paper for paper in found if isinstance(thing(paper), NamedNode)]
    if papers:
        return papers[0]
    had = ", ".join(found) or "nothing"
    raise QueryError(
        f"the study {name!r}: found dct:source {had!r}, expected the IRI of its paper; "
        "name the paper itself"
    )


class _Fall:
    """The steps before and after, set side by side."""

    def __init__(self, store: EmbeddedStore, source: str, before: Steps, after: Steps) -> None:
        self._store, self._source, self._before, self._after = store, source, before, after
        self._readings: dict[str, str] = {}
        self._lost = [
            (step, saying) for step in before for saying in step.sayings if _falls(saying, source)
        ]

    def told(self) -> Retraction:
        """Return what falls and what stays."""
        claims: defaultdict[str, list[str]] = defaultdict(list)
        for _, saying in self._lost:
            claims[saying.source].append(name_of(saying.claim))
        broken, complete = self._broken()
        title = named({"title": "dct:title"}, said_of(self._store, self._source))
        return Retraction(
            source=self._source,
            title=str(title.get("title", self._source)),
            claims={source: tuple(sorted(claims[source])) for source in sorted(claims)},
            records=self._records(),
            fates=tuple(
                sorted(self._fates(), key=lambda fate: (fate.says, fate.before.proposition))
            ),
            freed=tuple(sorted(self._freed(), key=lambda freed: (freed.says, freed.proposition))),
            triples=tuple(sorted(self._triples(), key=lambda each: (each.says, each.triple))),
            broken=broken,
            unplaced=self._unplaced(),
            complete=complete,
            unread=self._before.unread,
        )

    def _records(self) -> dict[str, tuple[int, int]]:
        held = Counter(saying.study for step in self._before for saying in step.sayings)
        lost = Counter(saying.study for _, saying in self._lost)
        return {_key(study): (lost[study], held[study]) for study in sorted(lost)}

    def _fates(self) -> Iterator[Fate]:
        """Yield what becomes of each proposition that a lost claim is on."""
        touched = {step.proposition: step for step, _ in self._lost}
        for name, step in touched.items():
            after = self._after.by_proposition.get(name)
            fallen = tuple(name_of(s.claim) for s in step.sayings if _falls(s, self._source))
            left = [(speaker(s), s) for s in after.sayings] if after else []
            said = [f"{who} {words(s, step.relation, ())}" for who, s in left]
            kept = tuple(dict.fromkeys(said))
            yield Fate(step, after, self._says(step), fallen, kept)

    def _freed(self) -> Iterator[Freed]:
        """Yield the supported propositions of others that lose a claim against them."""
        for step in self._after:
            against = self._before.against(step) if step.supported else ()
            lost = tuple(name_of(s.claim) for _, s in against if _falls(s, self._source))
            if lost:
                left = (name_of(s.claim) for _, s in against if not _falls(s, self._source))
                yield Freed(step.proposition, self._says(step), lost, tuple(left))

    def _triples(self) -> Iterator[Written]:
        """Yield the direct triples of the lost claims."""
        writers: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for step in self._after:
            for saying in step.sayings:
                if saying.writes:
                    triple = (step.about, saying.writes, step.outcome)
                    writers[triple].append(name_of(saying.claim))
        lost = {(step.about, s.writes, step.outcome) for step, s in self._lost if s.writes}
        for about, predicate, outcome in lost:
            says = f"{self._reading(about)} | {compress(predicate)} | {self._reading(outcome)}"
            left = writers.get((about, predicate, outcome), [])
            yield Written((about, predicate, outcome), says, tuple(left))

    def _broken(self) -> tuple[tuple[Broken, ...], bool]:
        """Return the pairs that chains connected, the longest chains first, and whether all."""
        joins = read_joins(self._store, self._before.entities)
        steps = [_causal(steps) for steps in (self._before, self._after)]
        left = {step.proposition for step in steps[1]}
        cut = {step.start for step in steps[0] if step.proposition not in left}
        starts = _upstream(steps[0], joins, cut)
        found = []
        for start in starts[:STARTS]:
            there, still = (Search(each, joins, [start], ()).reached() for each in steps)
            for end in there.keys() - still.keys():
                if there[end] > 1:
                    says = (self._reading(start), self._reading(end))
                    found.append(Broken(start, end, there[end], says))
        found.sort(key=lambda pair: (-pair.steps, pair.says, pair.start, pair.end))
        return tuple(found), len(starts) <= STARTS

    def _unplaced(self) -> tuple[str, ...]:
        """Return the claims that stay and whose context no other than a fallen source states."""
        fallen = {saying.claim for _, saying in self._lost}
        gone = {saying.source for _, saying in self._lost}
        stated: defaultdict[str, set[str]] = defaultdict(set)
        for row in each_row(ask(self._store, _STATED_IN)):
            stated[row["claim"]].add(row["source"])
        bare = (claim for claim, sources in stated.items() if sources <= gone)
        return tuple(sorted(name_of(claim) for claim in bare if claim not in fallen))

    def _says(self, step: Step) -> str:
        return step_says(step, self._reading(step.about), self._reading(step.outcome))

    def _reading(self, entity: str) -> str:
        return entity_reading(self._store, entity, self._readings)


def _key(study: str) -> str:
    """Return a study as a user names it."""
    return study.removeprefix(f"{BASE}study/").removesuffix("#study")


def _causal(steps: Steps) -> list[Step]:
    return [step for step in taken(steps, beside=False) if step.supported]


def _upstream(steps: Collection[Step], joins: Joins, ends: Iterable[str]) -> list[str]:
    """Return where steps and joins to one of these may start, these too, the nearest first."""
    back: defaultdict[str, set[str]] = defaultdict(set)
    for step in steps:
        # After what is prevented nothing follows, so no chain passes there.
        if not step.ends:
            back[step.end].add(step.start)
    starts = {step.start for step in steps}
    for entity in starts | back.keys():
        for onward in joins.ahead(entity):
            back[onward].add(entity)
    found = dict.fromkeys(sorted(ends))
    ahead = list(found)
    while ahead:
        ahead = sorted({before for end in ahead for before in back[end]} - found.keys())
        found.update(dict.fromkeys(ahead))
    return [entity for entity in found if entity in starts]
