"""The record's types: frozen, strict about keys, each field described once.

These classes are what a record file says, one to one; `studyclaims.records` reads a file into them,
`studyclaims.schema` writes the JSON Schema for editors from them. Names inside a record
(sources, entities) are plain words; what they stand for is resolved in `studyclaims.identifiers`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from studyclaims.lags import Bound, Duration
from studyclaims.predicates import Basis, Certainty, Role, Stance
from studyclaims.terms import Term, check_iri

SCHEMA_VERSION = 1
"""The version of the record's form that this package reads and writes."""

MOST_DIGITS = 30
"""The most digits that a printed number may have."""


def _term(value: Any) -> Term:  # noqa: ANN401 - a validator takes whatever the file holds
    if isinstance(value, Term):
        return value
    if not isinstance(value, str):
        raise ValueError("a term is text: its CURIE, one blank, its label")
    return Term.parse(value)


def _duration(value: Any) -> Duration:  # noqa: ANN401 - as above
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise ValueError("a time is text, as in 24 h")
    return Duration.parse(value)


def _day(value: Any) -> dt.date:  # noqa: ANN401 - as above
    if type(value) is dt.date:
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", "a day is text")
    if not re.fullmatch(_DAY_PATTERN, value):
        raise ValueError("write a day, as in 2017-12-31")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("write a day that exists, as in 2017-12-31") from None


def _doi(text: str) -> str:
    unopened = text.count(")") > text.count("(")
    if text[-1] in ".,;:" or (text[-1] == ")" and unopened):
        raise ValueError(f"leave out the last {text[-1]!r}: it is the sentence's, not the DOI's")
    return text


def _of_few_digits(text: str) -> str:
    if sum(map(str.isdigit, text)) > MOST_DIGITS:
        raise ValueError(f"write at most {MOST_DIGITS} digits: none prints more")
    return text


def _orcid(text: str) -> str:
    if check_digit(text[:-1]) != text[-1]:
        raise ValueError("copy it once more: its last character does not fit the others")
    return text


def check_digit(digits: str) -> str:
    """Return the last character that an ORCID of these digits must have, ``0`` to ``9`` or ``X``.

    It is that of ISO/IEC 7064:2003, MOD 11-2, as ORCID says in "Structure of the ORCID Identifier"
    (support.orcid.org). Hyphens are passed over.

    >>> check_digit("0000-0002-1825-009"), check_digit("0000-0002-1694-233")
    ('7', 'X')

    Raises:
        ValueError: a character is neither a digit nor a hyphen.
    """
    total = 0
    for digit in digits.replace("-", ""):
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


_DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_P_PATTERN = r"^(([<>]=?|[=≤≥]) ?)?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_AT_PATTERN = (
    r"^[a-z][a-z ]*[a-z]"
    r"(, ((sentence|paragraph) [A-Za-z1-9][A-Za-z0-9.-]*|(figure|table) [A-Za-z0-9.-]+))*$"
)
_TERM_PATTERN = r"^[A-Za-z][A-Za-z0-9_.-]*:\S+ \S.*$"

TermText = Annotated[
    Term,
    BeforeValidator(_term),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": _TERM_PATTERN, "description": "CURIE and label"}),
]
DurationText = Annotated[
    Duration,
    BeforeValidator(_duration),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+ (min|h|d|wk)$"}),
]
Day = Annotated[
    dt.date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY_PATTERN}$"}),
]
Name = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Line = Annotated[StrictStr, Field(min_length=1, max_length=600, pattern=r"^\S(.*\S)?$")]
Words = Annotated[StrictStr, Field(pattern=r"^\S+( \S+){0,5}$", max_length=60)]
Address = Annotated[StrictStr, BeforeValidator(lambda v: check_iri(v) if isinstance(v, str) else v)]
Doi = Annotated[
    StrictStr,
    Field(pattern=r"^10\.[0-9]{4,9}/[^\sA-Z\"<>{}|\\^`%#]+$"),
    AfterValidator(_doi),
]
Orcid = Annotated[
    StrictStr,
    Field(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$"),
    AfterValidator(_orcid),
]
Part = Literal[
    "title", "abstract", "full text", "figures", "tables", "supplement", "headline", "lede", "body"
]
Change = Literal["increased", "decreased", "changed", "present", "absent"]
Relates = Literal[
    "cause", "contribute", "associate", "precede", "coincide", "predispose", "prevent",
    "attenuate", "reverse", "amplify", "mediate", "explain", "modify", "require", "compare",
    "describe",
]  # fmt: skip


class Block(BaseModel):
    """The base of every part of a record: frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Author(Block):
    """One author, in the order of the byline."""

    name: Line
    orcid: Orcid | None = None
    affiliations: tuple[Name, ...] = ()


class Source(Block):
    """A document that makes claims: the study's own paper, or a news item about it."""

    kind: Literal["article", "preprint", "news"]
    title: Line
    doi: Doi | None = Field(default=None, description="lower case, without a resolver before it")
    pmid: Annotated[StrictStr, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = None
    pmcid: Annotated[StrictStr, Field(pattern=r"^PMC[1-9][0-9]{0,8}$")] | None = None
    page: Address | None = Field(
        default=None, description="the address, for a source without DOI, PMID, PMCID"
    )
    primary_source: Name | None = Field(
        default=None, description="the source that this one reports on; makes this one secondary"
    )
    journal: Line | None = None
    publisher: Line | None = None
    provided_by: Line | None = Field(
        default=None, description="who wrote a news item, where printed"
    )
    year: StrictInt | None = Field(default=None, ge=1600, le=2200)
    date: Day | None = None
    volume: Line | None = None
    issue: Line | None = None
    pages: Line | None = None
    authors: tuple[Author, ...] = ()
    affiliations: dict[Name, Line] = Field(default_factory=dict)
    read: tuple[Part, ...] = Field(min_length=1, description="the parts that were read; no other")
    read_at: tuple[Address, ...] = Field(default=(), description="the pages where they were read")
    licence: Address | None = Field(
        default=None, description="set only where it allows quoting whole sentences"
    )
    note: Line | None = None


class Drafter(Block):
    """Who or what drafted or reviewed a record: a person's ORCID, or a tool and its version."""

    orcid: Orcid | None = Field(
        default=None, description="a person's; of a program give tool and version in its place"
    )
    tool: Line | None = None
    version: Line | None = None
    date: Day | None = None


class Curation(Block):
    """Who drafted the record, how, and whether a person has checked or signed it."""

    drafted_by: Drafter
    agent_type: Literal[
        "manual_agent",
        "automated_agent",
        "text_mining_agent",
        "manual_validation_of_automated_agent",
    ]
    status: Literal["draft", "checked", "signed"]
    reviewed_by: tuple[Drafter, ...] = ()
    date: Day = Field(description="the day the record is written")
    note: Line | None = None


class Context(Block):
    """In what the claims hold: organism, dose, place, comparison. Never part of a key."""

    species: TermText | None = None
    strain: Line | None = None
    sex: Literal["female", "male", "mixed"] | None = None
    age: Line | None = None
    dose: Line | None = None
    route: Line | None = None
    site: TermText | None = None
    site_printed: Line | None = Field(default=None, description="the site as the source words it")
    assay: Line | None = None
    compared_with: Line | None = None
    stated_in: tuple[Name, ...] = Field(
        default=(), description="the sources that print this context"
    )


class ClaimContext(Context):
    """What holds for one claim: added to, or put in place of, what the record says for all."""

    shared: StrictBool = Field(
        default=True, description="false: nothing of the record's own context holds here"
    )


class Entity(Block):
    """What a claim is about: a named term, or a composition of slots."""

    term: TermText | None = Field(
        default=None, description="CURIE, one blank, label, as in ontology/terms/"
    )
    variable: TermText | None = None
    change: Change | None = None
    bearer: TermText | None = None
    within_part: tuple[TermText, ...] = Field(default=(), description="innermost first")
    by_agent: TermText | None = None
    due_to: Name | None = Field(default=None, description="another entity of this record")
    toward: Name | None = Field(
        default=None, description="the entity a relational variable is directed at"
    )
    modifier: tuple[TermText, ...] = ()
    note: Line | None = None


class Measurement(Block):
    """One number as printed, with unit, n, p and comparator; whatever is not printed is absent."""

    value: (
        Annotated[
            StrictStr, Field(pattern=r"^[+-]?[0-9]+(\.[0-9]+)?$"), AfterValidator(_of_few_digits)
        ]
        | None
    ) = None
    spread: (
        Annotated[StrictStr, Field(pattern=r"^[0-9]+(\.[0-9]+)?$"), AfterValidator(_of_few_digits)]
        | None
    ) = Field(
        default=None, description="the figure after ±; its kind, where printed, goes into a note"
    )
    unit: Annotated[StrictStr, Field(max_length=60)] | None = Field(
        default=None, description="as UCUM writes it, case-sensitive"
    )
    n: StrictInt | None = Field(default=None, ge=1)
    p: Annotated[StrictStr, Field(pattern=_P_PATTERN)] | None = Field(
        default=None, description="a number from 0 to 1, with < > = <= or >= before it if printed"
    )
    compared_with: Line | None = None
    time: DurationText | None = None
    pattern: Literal["peak", "transient", "partialRecovery", "noRecovery"] | None = None
    coefficient: StrictBool = Field(
        default=False, description="the value is a correlation coefficient"
    )


class Evidence(Block):
    """Why a claim is made: what kind of evidence, whether measured here, and where it stands."""

    type: TermText = Field(description="a class of the Evidence and Conclusion Ontology")
    measured: StrictBool = Field(
        description="false: the source states the link and this study did not test it"
    )
    design: Line | None = None
    test_of: (
        Literal["sufficiency", "necessity", "rescue", "doseResponse", "mediation", "equivalence"]
        | None
    ) = None
    at: Annotated[
        StrictStr,
        Field(pattern=_AT_PATTERN),
    ] = Field(description="as in abstract, sentence 6")
    hash: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="SHA-256 of the sentence, as studyclaims cite prints it"
    )
    hash_rule: Literal["sc-text-1"] = "sc-text-1"
    measurements: tuple[Measurement, ...] = ()
    note: Line | None = None


class Lag(Block):
    """When, after which entity's start, the outcome was seen."""

    bound: Bound
    time: DurationText
    after: Name = Field(description="the entity whose start is hour 0")


class Claim(Block):
    """One source's take on one proposition."""

    id: Name
    source: Name
    stance: Stance
    certainty: Certainty
    cue: tuple[Words, ...] = Field(min_length=1, description="at most six words each, as printed")
    basis: Basis
    role: Role
    lag: Lag | None = None
    context: ClaimContext | None = None
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    note: Line | None = None

    @property
    def measured(self) -> bool:
        """Whether the study itself tested the link."""
        return any(item.measured for item in self.evidence)

    @property
    def coefficient(self) -> bool:
        """Whether a correlation coefficient is reported."""
        return any(m.coefficient for item in self.evidence for m in item.measurements)


class Proposition(Block):
    """Entity, neutral relation, entity; true of nothing by itself; the claims stand under it."""

    about: Name
    link: Relates
    outcome: Name
    note: Line | None = None
    claims: tuple[Claim, ...] = Field(min_length=1)


class Withdrawal(Block):
    """The tombstone of a claim that once was published: its id is never used again."""

    id: Name
    date: Day
    reason: Line


class Study(Block):
    """A record: one publication, what was read of it, and what it claims."""

    schema_version: Literal[1]
    key: Name
    sources: dict[Name, Source] = Field(min_length=1)
    curation: Curation
    context: Context = Context()
    entities: dict[Name, Entity] = Field(min_length=1)
    propositions: tuple[Proposition, ...] = Field(min_length=1)
    withdrawn: tuple[Withdrawal, ...] = ()

    @property
    def publication(self) -> Source:
        """The study's own paper: the one source that reports on no other."""
        return next(s for s in self.sources.values() if s.primary_source is None)
