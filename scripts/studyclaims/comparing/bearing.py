"""How a claim bears on a link that someone asks after: for it, against it, or neither.

A claim bears on the link where its entities are those named, or narrower ones. It is against where
it denies the link, or supports what cannot hold beside it. It is neither where it leaves open the
sign that was asked for, denies the opposite, starts from the opposite, or denies no more than a
manner in which the outcome comes about.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from studyclaims.checking.opposition import AGAINST, Position, opposed
from studyclaims.identifiers import UNORDERED
from studyclaims.predicates import RELATIONS, Stance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from studyclaims.comparing.voices import Entities, Voice

_UNSIGNED: Final = frozenset({"", "changed"})
_SIGNED: Final = ({"increased", "decreased"}, {"present", "absent"})


class Met(NamedTuple):
    """Where an entity meets one that was named: at itself, or at a wider entity.

    ``change`` is what the entity says there, ``asked`` what was named: another one for
    ``otherwise``, a mere change for ``any_change``. ``loose`` is true where both a change and its
    opposite were named, so that neither is asked for. The least is the nearest.
    """

    otherwise: bool
    steps: int
    any_change: bool
    change: str
    asked: str
    loose: bool

    @property
    def narrower(self) -> bool:
        """Whether the entity is narrower than what was named."""
        return self.steps > 0 or self.any_change


class Named:
    """Entities that were named, found again at or above those that claims are about.

    >>> from studyclaims.comparing.voices import Entities
    >>> entities = Entities(changes={"less bone": "decreased", "less spongy bone": "decreased"})
    >>> entities.wider["less spongy bone"].append("less bone")
    >>> Named(entities, ["less bone"]).met("less spongy bone").narrower
    True
    """

    def __init__(self, entities: Entities, names: Iterable[str]) -> None:
        self.entities = entities
        self.unsigned: defaultdict[str, set[str]] = defaultdict(set)
        for name in names:
            self.unsigned[entities.unsigned.get(name, name)].add(entities.changes.get(name, ""))
        # Claims are many and entities few.
        self._met: dict[tuple[str, bool], Met | None] = {}

    def met(self, entity: str, *, modified: bool = False) -> Met | None:
        """Return where an entity meets these, whatever its change; None where it does not.

        With ``modified`` the entity may not be one in a certain manner only.
        """
        if (entity, modified) not in self._met:
            self._met[entity, modified] = min(self._places(entity, modified=modified), default=None)
        return self._met[entity, modified]

    def _places(self, entity: str, *, modified: bool) -> Iterator[Met]:
        """Yield each place at which an entity meets these."""
        for wide, steps in self.entities.above(entity, modified=modified).items():
            named = self.unsigned.get(self.entities.unsigned.get(wide, wide), set())
            loose = any(pair <= named for pair in _SIGNED)
            change = self.entities.changes.get(wide, "")
            for asked in named:
                # A rise is a change: whoever asks for a change asks for it too.
                any_change = change != asked and asked in _UNSIGNED
                otherwise = change != asked and not any_change
                yield Met(otherwise, steps, any_change, change, asked, loose)

    def without_absence(self) -> Named:
        """Return these without the absence of a thing, where other changes of it are named too.

        Who names a term means the thing: what its absence brings about is another link.
        """
        kept = Named(self.entities, ())
        for name, changes in self.unsigned.items():
            kept.unsigned[name] = changes - {"absent"} or changes
        return kept


@dataclass(frozen=True, slots=True)
class Bearing:
    """Where a claim stands to the link that was asked after, and the side that it takes.

    ``turned`` is true where its proposition is written the other way round.
    """

    turned: bool
    about: Met
    outcome: Met
    side: str

    @property
    def otherwise(self) -> bool:
        """Whether one of its entities has another sign than was asked for."""
        return self.about.otherwise or self.outcome.otherwise


def bearing(voice: Voice, source: Named, target: Named) -> Bearing | None:
    """Return how a claim bears on the link from one thing to another; None where it does not.

    The families of `studyclaims.identifiers.UNORDERED` are found whichever way they are written.

    >>> from studyclaims.comparing.voices import Entities, Voice
    >>> denied, ends = Position("cause", Stance.REFUTES, "", ""), ("rest", "loss")
    >>> voice = Voice("a-2020/x", "", "", "", denied, "asserted", "result", ends, ends, ())
    >>> bearing(voice, Named(Entities(), ["rest"]), Named(Entities(), ["loss"])).side
    'against'
    """
    unordered = RELATIONS[voice.position.relation].family in UNORDERED
    for turned in (False, True) if unordered else (False,):
        first, second = (target, source) if turned else (source, target)
        about, outcome = first.met(voice.entities[0]), second.met(voice.entities[1])
        if about and outcome:
            denies = voice.position.stance in AGAINST
            manner = denies and second.met(voice.entities[1], modified=True) is None
            start = outcome if turned else about
            side = "neither" if manner else _side(voice.position, about, outcome, start)
            return Bearing(turned, about, outcome, side)
    return None


def _side(position: Position, about: Met, outcome: Met, start: Met) -> str:
    """Return the side that a claim takes of its proposition, with the changes asked for in it."""
    said = replace(position, about=about.change, outcome=outcome.change)
    asked = Position(position.relation, Stance.SUPPORTS, about.asked, outcome.asked)
    # That less loading lowers and more loading raises bone are no rivals: where the start has no
    # sign of its own, the outcome's sign decides nothing.
    if opposed(said, asked) and (position.stance in AGAINST or not start.loose):
        return "against"
    if about.otherwise or outcome.otherwise:
        return "neither"
    return "for" if position.stance is Stance.SUPPORTS else "inconclusive"


def are_rivals(one: Voice, other: Voice, entities: Entities, *, crossed: bool) -> bool:
    """Return whether a claim opposes whoever supports the proposition of another one.

    One of the two propositions must hold the other on both sides; what is denied of a thing is
    denied of its kinds alone. ``crossed`` says that the one is about what the other has as outcome.

    >>> from studyclaims.comparing.voices import Entities, Voice
    >>> denied, ends = Position("cause", Stance.REFUTES, "", ""), ("rest", "loss")
    >>> voice = Voice("a-2020/x", "", "", "", denied, "asserted", "result", ends, ends, ())
    >>> are_rivals(voice, voice, Entities(), crossed=False)
    True
    """
    way = -1 if crossed else 1
    ends = list(zip(one.entities, other.entities[::way], strict=True))
    held = [Named(entities, [theirs]).met(ours) for ours, theirs in ends]
    levels = [[(met.change, met.asked) for met in held if met]]
    if other.position.stance not in AGAINST:
        holds = [Named(entities, [ours]).met(theirs) for ours, theirs in ends]
        levels.append([(met.asked, met.change) for met in holds if met])
    for level in levels:
        if len(level) == len(ends):
            (about, outcome), theirs = zip(*level, strict=True)
            first, second = theirs[::way]
            said = replace(other.position, about=first, outcome=second, swapped=crossed)
            if opposed(Position(one.position.relation, Stance.SUPPORTS, about, outcome), said):
                return True
    return False
