"""The table from what a claim is to the direct predicate it writes (docs/model.md, "predicates").

A row is the proposition's neutral relation, a column the first of four standings that fits the
claim: null, hedged, asserted, stated. Whatever fits none writes no direct triple. A hedge, a null
and a mere repetition have predicates of their own, so no store, reasoner or converter can turn one
into a causal fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Stance(StrEnum):
    """How a source stands to a proposition. ``noEffect``: tested, no effect detected."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    NO_EFFECT = "noEffect"
    INCONCLUSIVE = "inconclusive"


class Certainty(StrEnum):
    """How firmly a source words it."""

    ASSERTED = "asserted"
    SUGGESTED = "suggested"
    HYPOTHESISED = "hypothesised"
    SPECULATED = "speculated"


class Basis(StrEnum):
    """What kind of observation the wording rests on, for this very link."""

    INTERVENTION = "intervention"
    ASSOCIATION = "association"
    TEMPORAL = "temporal"
    COMPARISON = "comparison"
    NONE = "none"


class Role(StrEnum):
    """The part a sentence plays in its source."""

    RESULT = "result"
    CONCLUSION = "conclusion"
    BACKGROUND = "background"
    HYPOTHESIS = "hypothesis"
    IMPLICATION = "implication"


class Standing(StrEnum):
    """The column of the table that a claim falls into."""

    ASSERTED = "asserted"
    STATED = "stated"
    HEDGED = "hedged"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Wording:
    """What decides a claim's predicate.

    ``primary`` is false for a claim of a secondary source (news, a review of others' work);
    ``measured`` is true when the study itself tested the link; ``coefficient`` when a correlation
    coefficient is reported.
    """

    stance: Stance
    certainty: Certainty
    basis: Basis
    role: Role
    primary: bool
    measured: bool
    coefficient: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """One row: a neutral relation and the predicates that claims on it may write, as CURIEs.

    ``basis`` is what an asserted claim must rest on, None where the row names none;
    ``family`` is what `studyclaims.identifiers.topic_iri` groups by; ``kgx`` is the predicate an
    exchange file gives it, None where it gets no edge.
    """

    key: str
    family: str
    asserted: str
    stated: str
    hedged: str
    null: str
    basis: Basis | None
    kgx: str | None
    reads: str

    @property
    def curie(self) -> str:
        """The neutral relation itself.

        >>> RELATIONS["cause"].curie
        'sc:relCause'
        """
        return f"sc:rel{self.key.capitalize()}"

    @property
    def predicates(self) -> tuple[str, ...]:
        """Every predicate that a claim on this relation may write."""
        more = ("biolink:correlated_with",) if self.key == "associate" else ()
        return (self.asserted, *more, self.stated, self.hedged, self.null)


def _own(key: str, family: str, reads: str, *, kgx: str | None = "biolink:related_to") -> Relation:
    """Return a row whose four predicates are all our own, named after the relation."""
    name = key.capitalize()
    return Relation(
        key,
        family,
        f"sc:foundTo{name}",
        f"sc:statedTo{name}",
        f"sc:may{name}",
        f"sc:notFoundTo{name}",
        None,
        kgx,
        reads,
    )


_ROWS: Final = (
    Relation(
        "cause",
        "effect",
        "biolink:causes",
        "sc:statedToCause",
        "sc:mayCause",
        "sc:noEffectOn",
        Basis.INTERVENTION,
        "biolink:causes",
        "cause",
    ),
    Relation(
        "contribute",
        "effect",
        "biolink:contributes_to",
        "sc:statedToContributeTo",
        "sc:mayContributeTo",
        "sc:noContributionFoundTo",
        None,
        "biolink:contributes_to",
        "contribute to",
    ),
    Relation(
        "associate",
        "association",
        "biolink:associated_with",
        "sc:statedAssociatedWith",
        "sc:mayBeAssociatedWith",
        "sc:noAssociationFoundWith",
        Basis.ASSOCIATION,
        "biolink:associated_with",
        "be associated with",
    ),
    Relation(
        "precede",
        "time",
        "biolink:precedes",
        "sc:statedToPrecede",
        "sc:mayPrecede",
        "sc:noOrderFoundWith",
        Basis.TEMPORAL,
        "biolink:precedes",
        "precede",
    ),
    Relation(
        "coincide",
        "time",
        "sc:foundToCoincideWith",
        "sc:statedToCoincideWith",
        "sc:mayCoincideWith",
        "sc:notFoundToCoincideWith",
        None,
        "biolink:related_to",
        "coincide with",
    ),
    _own("predispose", "effect", "predispose to"),
    _own("prevent", "effect", "prevent"),
    _own("attenuate", "effect", "attenuate"),
    _own("reverse", "effect", "reverse"),
    _own("amplify", "effect", "amplify"),
    _own("mediate", "effect", "mediate"),
    _own("explain", "effect", "explain"),
    _own("modify", "effect", "modify"),
    Relation(
        "require",
        "effect",
        "sc:foundRequiredFor",
        "sc:statedRequiredFor",
        "sc:mayBeRequiredFor",
        "sc:foundNotRequiredFor",
        None,
        "biolink:related_to",
        "be required for",
    ),
    Relation(
        "compare",
        "comparison",
        "sc:foundToExceed",
        "sc:statedToExceed",
        "sc:mayExceed",
        "sc:noDifferenceFoundFrom",
        None,
        None,
        "exceed",
    ),
    Relation(
        "describe",
        "description",
        "sc:foundToShow",
        "sc:statedToShow",
        "sc:mayShow",
        "sc:notFoundToShow",
        None,
        None,
        "show",
    ),
)

RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType({row.key: row for row in _ROWS})
"""The table, by the relation's key as a record writes it (``link: cause``)."""


CONTRADICTORY: Final = frozenset({"associate", "cause", "contribute", "describe", "predispose"})
"""The relations of which one cannot hold of an outcome and of its opposite at once."""


def standing(relation: Relation, wording: Wording) -> Standing | None:
    """Return the column that a claim falls into, or None when it writes no direct triple.

    The order of the tests is part of the rule: null, hedged, asserted, stated.

    >>> news = Wording(Stance.SUPPORTS, Certainty.SUGGESTED, Basis.NONE, Role.RESULT, False, False)
    >>> standing(RELATIONS["cause"], news).value
    'hedged'
    """
    firm = wording.certainty is Certainty.ASSERTED
    if wording.stance is Stance.NO_EFFECT:
        own_test = wording.primary and wording.measured and wording.role is not Role.BACKGROUND
        return Standing.NULL if firm and own_test else None
    if wording.stance is not Stance.SUPPORTS:
        return None
    if not firm:
        return Standing.HEDGED
    own_finding = (
        wording.primary
        and wording.measured
        and wording.role in {Role.RESULT, Role.CONCLUSION}
        and relation.basis in {None, wording.basis}
    )
    return Standing.ASSERTED if own_finding else Standing.STATED


def direct_predicate(relation: Relation, wording: Wording) -> str | None:
    """Return the CURIE of the predicate that a claim writes directly, or None.

    >>> title = Wording(
    ...     Stance.SUPPORTS, Certainty.ASSERTED, Basis.INTERVENTION, Role.CONCLUSION, True, True
    ... )
    >>> direct_predicate(RELATIONS["cause"], title)
    'biolink:causes'
    """
    column = standing(relation, wording)
    if column is None:
        return None
    if column is Standing.ASSERTED and relation.key == "associate" and wording.coefficient:
        return "biolink:correlated_with"
    predicate: str = getattr(relation, column.value)
    return predicate


def misfit(written: Sequence[str], expected: str | None) -> str | None:
    """Return what is wrong with the predicates that a claim writes; None where nothing is.

    >>> misfit(["biolink:causes"], "sc:mayCause")
    'writes biolink:causes where its words give sc:mayCause'

    Args:
        written: the CURIEs of what it writes.
        expected: what `direct_predicate` gives for its words.
    """
    if list(written) == ([] if expected is None else [expected]):
        return None
    return (
        f"writes {' and '.join(written) or 'nothing'} where its words give {expected or 'nothing'}"
    )
