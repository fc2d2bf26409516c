"""Studies that nobody made, as many as are asked for, to see how the graph behaves as it grows.

Nothing in them is true. They are shaped like the records of ``graph/studies/``: 13 to 40 claims a
study, entities composed of terms of ``ontology/terms/``, null, hedged, refuting and repeated
claims, numbers, lags. Studies come in *fields* of twelve. A field has entities and propositions of
its own, which its studies share, so that a proposition is claimed by a few studies however many
there are; only the flagship's calf paralysis is an exposure in a quarter of all studies.

The studies are the same for the same seed, and those of a small number are the first of a larger
one, but for the last, which is cut to fit. They come one by one, so that a million claims need no
more memory than one field.

    python tests/benchmarks/synthetic.py --claims 10000 --seed 1 --out FILE.nq
"""

from __future__ import annotations

import argparse
import hashlib
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from studyclaims.formats import serialize
from studyclaims.identifiers import OPPOSITE
from studyclaims.model import Study
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import terms_dir
from studyclaims.quads import study_quads
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from studyclaims.terms import TermEntry

T = TypeVar("T")

FIELD: Final = 12
"""How many studies share their entities and propositions."""

MANY: Final = 50
"""From this field on every place is one within another."""

LEAST, MOST = 13, 40
"""How many claims a study has."""


BUILT_WITH: Final = "tests/benchmarks/synthetic.py"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOXIN: Final = "CHEBI:3160"
CALF: Final = "UBERON:0001665"
MUSCLES: Final = _words(
    """
    UBERON:0001377 UBERON:0001378 UBERON:0001383 UBERON:0001388 UBERON:0001389
    UBERON:0001630 UBERON:0003661 UBERON:0003663 UBERON:0004256 UBERON:0014892
    """
)
BONES: Final = ("UBERON:0001439", "UBERON:0001474", "UBERON:0002481", "UBERON:0002483")
PLACES: Final = _words(
    """
    UBERON:0000979 UBERON:0002103 UBERON:0002371 UBERON:0002484 UBERON:0002515
    UBERON:0003823 UBERON:0004384 UBERON:0004406 UBERON:0006862 UBERON:0006864
    UBERON:0006865 UBERON:0007119 UBERON:0009859 UBERON:0013280 UBERON:0013750
    UBERON:0016413
    """
)
CELLS: Final = ("CL:0000092", "CL:0000137", "CL:0008002", "CL:0009002")
PROTEINS: Final = _words(
    "PR:000000134 PR:000001091 PR:000002107 PR:000003113 MESH:D018031 MESH:D053244"
)
PROCESSES: Final = _words(
    """
    GO:0001816 GO:0002526 GO:0002534 GO:0006915 GO:0006935 GO:0006954 GO:0010467
    GO:0030316 GO:0045453 GO:0046849 GO:0072675
    """
)
BULKS: Final = _words(
    """
    scterm:tissue-amount scterm:tissue-mass scterm:tissue-volume
    scterm:tissue-volume-fraction scterm:bone-formation-rate PATO:0000915 PATO:0001230
    """
)
NARROWER: Final = _words(
    "PATO:0000627 scterm:contralateral scterm:homogeneous scterm:transient scterm:unreplaced"
)
SPECIES: Final = ("NCBITaxon:10090", "NCBITaxon:10090", "NCBITaxon:10116", "NCBITaxon:9606")
KINDS: Final = ("ECO:0000179", "ECO:0000179", "ECO:0000324", "ECO:0001051")
STATED: Final = "ECO:0000204"
REPEATED: Final = "ECO:0006151"

HUB: Final[dict[str, Any]] = {
    "variable": "PATO:0000763",
    "change": "present",
    "bearer": CALF,
    "by_agent": TOXIN,
    "modifier": ("scterm:transient",),
}
"""The flagship's calf paralysis."""

TIMES: Final = (("6 h", "12 h", "24 h"), ("48 h", "72 h", "5 d"), ("12 d", "21 d", "4 wk"))
"""When outcomes one, two and three steps after an exposure are seen: no effect before a cause."""

CUES: Final = {
    "asserted": ("induces", "led to", "resulted in", "was followed by"),
    "suggested": ("suggest that", "consistent with"),
    "hypothesised": ("we hypothesised that", "we asked whether"),
    "speculated": ("may promote", "could perhaps"),
}
BASES: Final = {
    "associate": "association",
    "coincide": "temporal",
    "compare": "comparison",
    "precede": "temporal",
}
"""The basis that claims on these relations rest on."""

TESTS: Final = {
    "attenuate": "rescue",
    "mediate": "mediation",
    "prevent": "rescue",
    "require": "necessity",
    "reverse": "rescue",
}
"""What a measured claim on these relations tests; every other tests sufficiency or a dose."""


TERM_KEYS: Final = frozenset(
    {"bearer", "by_agent", "modifier", "site", "species", "type", "variable", "within_part"}
)
"""The keys of a record whose values are terms."""


class Dice:
    """Choices that follow from a seed alone, whatever the version of Python."""

    def __init__(self, *seed: object) -> None:
        # Of this generator only random() is promised to stay the same between versions.
        self._random = random.Random("/".join(map(str, seed)))  # noqa: S311 - nothing secret

    def below(self, number: int) -> int:
        """Return a whole number from 0 on, below this one."""
        return int(self._random.random() * number)

    def between(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + self.below(most - least + 1)

    def chance(self, share: float) -> bool:
        """Return true in this share of cases."""
        return self._random.random() < share

    def pick(self, things: Sequence[T]) -> T:
        """Return one of these."""
        return things[self.below(len(things))]

    def some(self, things: Sequence[T], number: int) -> list[T]:
        """Return this many of these, no place twice, in any order; all where there are fewer."""
        rest = list(things)
        return [rest.pop(self.below(len(rest))) for _ in range(min(number, len(rest)))]


@dataclass(frozen=True)
class Draft:
    """A proposition of a field, before a study claims it.

    ``start`` is the exposure that lags count from, ``depth`` how many steps the outcome is from it,
    ``settled`` whether the studies agree.
    """

    about: str
    link: str
    outcome: str
    start: str = ""
    depth: int = 0
    settled: bool = True


@dataclass
class Field:
    """What a dozen studies are about: entities by name, and the propositions between them."""

    number: int
    dice: Dice
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    on_hub: list[Draft] = field(default_factory=list)

    def add(self, name: str, entity: dict[str, Any]) -> str:
        """Return the name of an entity: that which it has, where it is here already."""
        for known, other in self.entities.items():
            if other == entity:
                return known
        self.entities[name] = entity
        return name


def make_field(seed: int, number: int) -> Field:
    """Return the field of this number: exposures, two layers between, outcomes, and the links."""
    made = Field(number, Dice(seed, "field", number))
    made.add("calf-paralysis", HUB)
    exposures = [made.add(f"exposure-{n}", _exposure(made, n)) for n in range(5)]
    layers = [
        [made.add(f"early-{n}", _process(made)) for n in range(10)],
        [made.add(f"later-{n}", _cellular(made)) for n in range(10)],
        [made.add(f"outcome-{n}", _outcome(made, n)) for n in range(12)],
    ]
    treatments = [made.add(f"treatment-{n}", _treatment(made)) for n in range(3)]
    made.on_hub += _caused(made, "calf-paralysis", layers, (3, 2, 4))
    for exposure in exposures:
        made.drafts += _caused(made, exposure, layers, (6, 4, 5))
    for step in range(2):
        made.drafts += _chain(made, exposures, layers, step)
    made.drafts += _treated(made, treatments, layers[2])
    made.drafts += [_contrary(made, draft) for draft in made.dice.some(made.drafts, 14)]
    made.drafts = _distinct(made.drafts)
    return made


def _distinct(drafts: list[Draft]) -> list[Draft]:
    return list({(draft.about, draft.link, draft.outcome): draft for draft in drafts}.values())


def _exposure(made: Field, number: int) -> dict[str, Any]:
    """Return an exposure: two of five are to the toxin, none of them of the calf itself."""
    places = _places(made)
    if number < 2:
        return {
            "variable": ("OBI:0000426", "PATO:0000763")[number],
            "change": "present",
            "within_part": (made.dice.pick(MUSCLES), made.dice.pick(PLACES)),
            "by_agent": TOXIN,
            "modifier": _modifiers(made.dice),
        }
    if number == 2:
        return {"variable": "scterm:disuse", "change": "present", "within_part": places}
    if number == 3:
        load = ("scterm:weight-bearing", "scterm:muscular-loading", "scterm:gravitational-loading")
        return {"variable": made.dice.pick(load), "change": "decreased", "within_part": places}
    return {
        "variable": "scterm:activity-or-abundance",
        "change": made.dice.pick(("decreased", "absent")),
        "bearer": made.dice.pick(PROTEINS),
        "within_part": (made.dice.pick(CELLS), made.dice.pick(PLACES)),
    }


def _places(made: Field) -> tuple[str, ...]:
    """Return one place, or one within another; always two where the fields are many.

    There are few places: with one alone, later fields would have the entities of earlier ones.
    """
    return tuple(made.dice.some(PLACES, 2 if made.number >= MANY or made.dice.chance(0.15) else 1))


def _modifiers(dice: Dice) -> tuple[str, ...]:
    return (dice.pick(NARROWER),) if dice.chance(0.25) else ()


def _process(made: Field) -> dict[str, Any]:
    return {
        "variable": made.dice.pick(PROCESSES),
        "change": made.dice.pick(("increased", "increased", "decreased", "changed")),
        "within_part": _places(made),
        "modifier": _modifiers(made.dice),
    }


def _cellular(made: Field) -> dict[str, Any]:
    return {
        "variable": made.dice.pick(("PATO:0000070", "PATO:0000117", "scterm:cell-activity")),
        "change": made.dice.pick(("increased", "decreased")),
        "bearer": made.dice.pick((*CELLS, *PROTEINS)),
        "within_part": _places(made),
        "modifier": _modifiers(made.dice),
    }


def _outcome(made: Field, number: int) -> dict[str, Any]:
    """Return an outcome: a tissue's bulk, now and then as due to an exposure, or a recovery."""
    if number == 11:
        return {"variable": "scterm:recovery", "change": "present", "toward": "outcome-0"}
    entity: dict[str, Any] = {
        "variable": made.dice.pick(BULKS),
        "change": made.dice.pick(("decreased", "decreased", "decreased", "increased")),
        "bearer": made.dice.pick((*BONES, *BONES, *MUSCLES)),
        "within_part": () if made.dice.chance(0.4) else _places(made),
    }
    return entity | ({"due_to": f"exposure-{number - 8}"} if number in {9, 10} else {})


def _treatment(made: Field) -> dict[str, Any]:
    variable = made.dice.pick(("scterm:vibration", "MAXO:0000002", "scterm:mechanical-loading"))
    return {"variable": variable, "change": "present", "within_part": _places(made)}


def _draft(made: Field, about: str, link: str, outcome: str, start: str, depth: int) -> Draft:
    return Draft(about, link, outcome, start, depth, settled=made.dice.chance(0.8))


def _caused(
    made: Field, exposure: str, layers: list[list[str]], numbers: tuple[int, ...]
) -> list[Draft]:
    """Return what an exposure is said to cause, so many things in each layer."""
    return [
        _draft(made, exposure, made.dice.pick(("cause",) * 5 + ("contribute",)), name, exposure, n)
        for n, (layer, number) in enumerate(zip(layers, numbers, strict=True), start=1)
        for name in made.dice.some(layer, number)
        if not (made.entities[name].get("due_to") or made.entities[name].get("toward"))
    ]


def _chain(made: Field, exposures: list[str], layers: list[list[str]], step: int) -> list[Draft]:
    """Return the links from one layer to the next."""
    links = "cause cause cause cause contribute mediate associate precede coincide predispose "
    links += "require modify explain amplify associate describe"
    dice = made.dice
    return [
        _draft(made, dice.pick(layers[step]), link, dice.pick(layers[step + 1]), start, step + 2)
        for link in links.split()
        for start in [dice.pick(exposures)]
    ] + [Draft(dice.pick(layers[step]), "compare", dice.pick(layers[step + 1]))]


def _treated(made: Field, treatments: list[str], outcomes: list[str]) -> list[Draft]:
    """Return what treatments are said to do about losses."""
    changes = [name for name in outcomes if made.entities[name].get("change") != "present"]
    return [
        _draft(made, made.dice.pick(treatments), link, made.dice.pick(changes), "", 0)
        for link in ("prevent", "prevent", "attenuate", "attenuate", "reverse", "modify")
    ]


def _contrary(made: Field, draft: Draft) -> Draft:
    """Return the draft with the opposite outcome, or the draft where there is no opposite."""
    outcome = made.entities[draft.outcome]
    change = OPPOSITE.get(outcome["change"])
    if change is None:
        return draft
    name = made.add(f"{draft.outcome}-{change}", outcome | {"change": change})
    return replace(draft, outcome=name)


def studies(claims: int, seed: int) -> Iterator[Study]:
    """Yield studies that together make so many claims; the last one is cut to fit.

    >>> [len(list(_claims(study))) for study in studies(30, 1)][-1] <= MOST
    True
    """
    index = read_slices(terms_dir())
    number, left = 0, claims
    while left > 0:
        if number % FIELD == 0:
            made = make_field(seed, number // FIELD)
        study = _study(made, Dice(seed, "study", number), number, left, index)
        left -= len(list(_claims(study)))
        number += 1
        yield study


def _claims(study: Study) -> Iterator[Any]:
    return (claim for proposition in study.propositions for claim in proposition.claims)


def _study(
    made: Field, dice: Dice, number: int, left: int, index: Mapping[str, TermEntry]
) -> Study:
    """Return a study of a field; every fourth is about calf paralysis too."""
    key, wanted = f"synthetic-{number:07}", min(left, dice.between(LEAST, MOST))
    has_news = dice.chance(0.35)
    drafts = dice.some(made.on_hub, 6) if number % 4 == 0 else []
    propositions: list[dict[str, Any]] = []
    done = 0
    for draft in (*drafts, *dice.some(made.drafts, wanted)):
        claims = _drawn(made, draft, dice, has_news=has_news)[: wanted - done]
        for place, claim in enumerate(claims, start=done + 1):
            claim["id"] = f"c{place}"
            _locate(claim, key, dice)
        done += len(claims)
        if claims:
            pair = {"about": draft.about, "link": draft.link, "outcome": draft.outcome}
            propositions.append(pair | {"claims": claims})
    data = {
        "schema_version": 1,
        "key": key,
        "sources": _sources(dice, number, has_news=has_news),
        "curation": _curation(dice),
        "context": _context(dice),
        "entities": {name: made.entities[name] for name in _named(made, propositions)},
        "propositions": propositions,
        "withdrawn": _withdrawn(number),
    }
    return Study.model_validate(_labelled(data, index))


def _drawn(made: Field, draft: Draft, dice: Dice, *, has_news: bool) -> list[dict[str, Any]]:
    """Return what a study's sources claim on a proposition: the paper once or twice, the news."""
    claims = [_own(made, draft, dice)]
    if dice.chance(0.2):
        claims.append(_own(made, draft, dice))
    if has_news and dice.chance(0.2):
        certainty = dice.pick(("asserted", "suggested", "speculated"))
        news = {"source": "news", "stance": "supports", "certainty": certainty, "basis": "none"}
        claims.append(news | {"role": dice.pick(("result", "conclusion", "implication"))})
        claims[-1]["evidence"] = [{"type": REPEATED, "measured": False}]
    return claims


def _own(made: Field, draft: Draft, dice: Dice) -> dict[str, Any]:
    """Return a claim of the paper itself."""
    stance = _stance(draft, dice)
    claim: dict[str, Any] = {"source": "paper", "stance": stance, "certainty": "asserted"}
    claim["role"] = dice.pick(("result",) * 6 + ("conclusion",) * 2 + ("background",) * 2)
    claim["basis"] = _basis(draft, dice)
    _reword(claim, dice)
    own = claim["role"] in {"result", "conclusion"}
    measured = own and (stance == "noEffect" or dice.chance(0.9))
    claim["evidence"] = [_evidence(made, draft, dice, stance) if measured else {}]
    claim["evidence"][0] |= {"measured": measured}
    claim["evidence"][0].setdefault("type", STATED)
    if draft.depth and own and dice.chance(0.4):
        bounds = ("at", "by") if stance == "noEffect" else ("at", "by", "by", "from", "atPeak")
        time = dice.pick(TIMES[draft.depth - 1])
        claim["lag"] = {"bound": dice.pick(bounds), "time": time, "after": draft.start}
    if dice.chance(0.3):
        claim["context"] = {"site": dice.pick(PLACES), "site_printed": "as worded there"}
    return claim


def _reword(claim: dict[str, Any], dice: Dice) -> None:
    """Hedge some of the claims; a hedged one may be a hypothesis too."""
    if dice.chance(0.25):
        certainty = dice.pick(("suggested", "suggested", "hypothesised", "speculated"))
        roles = ("hypothesis",) if certainty == "hypothesised" else ("conclusion", "implication")
        claim |= {"certainty": certainty, "role": dice.pick(roles)}


def _stance(draft: Draft, dice: Dice) -> str:
    if draft.settled:
        return dice.pick(("supports",) * 37 + ("noEffect",) * 2 + ("refutes",))
    return dice.pick(("supports",) * 10 + ("noEffect",) * 6 + ("refutes",) * 3 + ("inconclusive",))


def _basis(draft: Draft, dice: Dice) -> str:
    fitting = BASES.get(draft.link)
    if fitting:
        return fitting
    if draft.about == draft.start or not draft.start:
        return dice.pick(("intervention",) * 15 + ("temporal",) * 2 + ("none",) * 3)
    return dice.pick(("intervention",) * 3 + ("none",) * 4 + ("association", "temporal"))


def _evidence(made: Field, draft: Draft, dice: Dice, stance: str) -> dict[str, Any]:
    """Return what was measured, with numbers in somewhat less than half of the cases."""
    found: dict[str, Any] = {"type": dice.pick(KINDS)}
    if dice.chance(0.4):
        usual = dice.pick(("sufficiency", "sufficiency", "doseResponse", "equivalence"))
        found["test_of"] = TESTS.get(draft.link, usual)
    if dice.chance(0.45):
        found["measurements"] = [_measurement(made, draft, dice, stance)]
    return found


def _measurement(made: Field, draft: Draft, dice: Dice, stance: str) -> dict[str, Any]:
    """Return one number; its sign is that of what the proposition says."""
    signs = {"increased": 1, "decreased": -1}
    sign = signs.get(made.entities[draft.outcome]["change"], 1)
    time = dice.pick(TIMES[max(draft.depth - 1, 0)])
    number: dict[str, Any] = {"n": dice.between(5, 24), "time": time, "compared_with": "controls"}
    number["p"] = "> 0.05" if stance == "noEffect" else dice.pick(("< 0.05", "< 0.01", "0.032"))
    if draft.link == "associate":
        together = sign * signs.get(made.entities[draft.about]["change"], 1)
        return number | {"value": f"{together * dice.between(31, 92) / 100}", "coefficient": True}
    number["pattern"] = dice.pick(("peak", "transient", "partialRecovery", "noRecovery"))
    value, spread = sign * dice.between(5, 60), f"{dice.between(1, 9) / 10}"
    return number | {"value": f"{value}.{dice.below(10)}", "spread": spread, "unit": "%"}


def _locate(claim: dict[str, Any], key: str, dice: Dice) -> None:
    """Say in which words and at which sentence of its source a claim stands."""
    claim["cue"] = [dice.pick(CUES[claim["certainty"]])]
    part = {"paper": "abstract", "news": "body"}[claim["source"]]
    for item in claim["evidence"]:
        item["at"] = f"{part}, sentence {dice.between(1, 12)}"
        text = f"{key} {claim['source']} {item['at']}"
        item["hash"] = hashlib.sha256(text.encode()).hexdigest()


def _sources(dice: Dice, number: int, *, has_news: bool) -> dict[str, Any]:
    """Return a paper, with the news about it where there is any. Nobody wrote either.

    DOIs with the prefix 10.5555 are for tests alone.
    """
    authors = [{"name": f"Author {dice.between(0, number // 3)}"} for _ in range(5)]
    paper = {
        "kind": "preprint" if dice.chance(0.1) else "article",
        "title": f"Made-up study {number}",
        "doi": f"10.5555/studyclaims.synthetic.{number}",
        "journal": f"Made-up Journal {dice.below(40)}",
        "year": dice.between(1995, 2025),
        "authors": [author for n, author in enumerate(authors) if author not in authors[:n]],
        "read": ["title", "abstract"],
    }
    news = {
        "kind": "news",
        "title": f"Made-up news about study {number}",
        "page": f"https://example.org/synthetic/news/{number}",
        "primary_source": "paper",
        "read": ["headline", "body"],
    }
    return {"paper": paper} | ({"news": news} if has_news else {})


def _curation(dice: Dice) -> dict[str, Any]:
    tool = {"tool": "synthetic generator", "version": "1"}
    curation: dict[str, Any] = {
        "drafted_by": tool,
        "agent_type": "automated_agent",
        "status": "draft",
        "date": f"20{dice.between(20, 25)}-0{dice.between(1, 9)}-1{dice.below(10)}",
        "note": "Made up: nothing in this study is true.",
    }
    reviewed = {"status": "checked", "reviewed_by": [{**tool, "date": curation["date"]}]}
    return curation | (reviewed if dice.chance(0.3) else {})


def _context(dice: Dice) -> dict[str, Any]:
    context: dict[str, Any] = {
        "species": dice.pick(SPECIES),
        "sex": dice.pick(("female", "male", "mixed")),
        "dose": f"{dice.between(1, 6)} units",
        "compared_with": dice.pick(("saline", "the other side", "untreated animals")),
        "assay": dice.pick(("micro-CT", "histology", "flow cytometry")),
        "stated_in": ["paper"],
    }
    return context | {"age": f"{dice.between(8, 30)} weeks", "strain": f"strain {dice.below(8)}"}


def _named(made: Field, propositions: list[dict[str, Any]]) -> list[str]:
    """Return the entities that these propositions use, those they are made of too, sorted."""
    ahead = [proposition[side] for proposition in propositions for side in ("about", "outcome")]
    claims = (claim for proposition in propositions for claim in proposition["claims"])
    ahead += [claim["lag"]["after"] for claim in claims if "lag" in claim]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        found.add(name)
        entity = made.entities[name]
        ahead += [entity[slot] for slot in ("due_to", "toward") if slot in entity]
    return sorted(found)


def _withdrawn(number: int) -> list[dict[str, Any]]:
    """Return the tombstone of a claim, in every tenth study."""
    tomb = {"id": "withdrawn-1", "date": "2025-06-01", "reason": "It was made up twice."}
    return [] if number % 10 else [tomb]


def _labelled(value: Any, index: Mapping[str, TermEntry], key: str = "") -> Any:  # noqa: ANN401 - any part of a record
    """Return a part of a record, its CURIEs with their labels behind them."""
    if isinstance(value, dict):
        return {name: _labelled(item, index, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_labelled(item, index, key) for item in value]
    return f"{value} {index[expand(value)].label}" if key in TERM_KEYS else value


def quads(claims: int, seed: int) -> Iterator[frozenset[Quad]]:
    """Yield the graph of each of the studies, built as every record's is.

    >>> len(next(quads(13, 1))) > 13 * 20
    True
    """
    index = read_slices(terms_dir())
    return (study_quads(study, index, BUILT_WITH) for study in studies(claims, seed))


def main() -> None:
    """Write the studies as N-Quads, the lines of each sorted."""
    parser = argparse.ArgumentParser(description="Write synthetic studies as N-Quads.")
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    words = parser.parse_args()
    with words.out.open("wb") as file:
        for graph in quads(words.claims, words.seed):
            file.write(serialize(graph, "nq", {}))


if __name__ == "__main__":
    main()
