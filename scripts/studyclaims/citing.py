"""Citing: where in a source words stand, the hash of their sentence, and whether hashes hold.

Whoever has a source's text gets what a record needs without a sentence in it.

A text, plain or Markdown, is blocks between blank lines. A heading, a rule, and a block in which no
sentence ends (a date line, a byline) is no paragraph, unless there is no other. The title is the
first heading, or without one a first block that is no paragraph. The first paragraph of a source
whose ``read:`` lists a lede is the lede, and counts as paragraph 1 of the body.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from studyclaims.checking.complaints import claims_of
from studyclaims.errors import TermError
from studyclaims.sentences import RULE, clean, sentence_hash
from studyclaims.splitting import ends_a_sentence, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.findings import Finding
    from studyclaims.model import Claim, Evidence, Source
    from studyclaims.records import Record

_RULER: Final = re.compile(r"[-*_=]{3,}|[-*_](?: [-*_]){2,}")
_HEADING: Final = re.compile(r"#{1,6}\s+(\S.*)")
_CUE: Final = re.compile(r"\S+( \S+){0,5}")
# Other readers of YAML than ours take more words than true, false and null for something else.
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z -]*", re.IGNORECASE
)
_TITLES: Final = frozenset({"title", "headline"})
_DOCUMENTED: Final = "ECO:0006151 documented statement evidence"


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence that holds the words that were asked for, as a record points at it.

    ``sentence`` is there to be read; it belongs in no record, and `snippet` leaves it out. One that
    is ``cut``, since its paragraph ends without an end mark, has no hash: it is not the sentence.
    """

    at: str
    hash: str | None
    cue: tuple[str, ...]
    secondary: bool
    sentence: str = field(repr=False)
    rule: str = RULE

    @property
    def cut(self) -> bool:
        """Whether the text seems to end inside the sentence."""
        return self.hash is None

    @property
    def snippet(self) -> str:
        """Cue and evidence as YAML, to paste into a claim; what the text cannot say is TODO."""
        kind, measured = (_DOCUMENTED, "false") if self.secondary else ("TODO", "TODO")
        words = ", ".join(word if _PLAIN.fullmatch(word) else json.dumps(word) for word in self.cue)
        return (
            f"        cue: [{words}]\n"
            "        evidence:\n"
            f"          - type: {kind}\n"
            f"            measured: {measured}\n"
            f"            at: {self.at}\n"
            + (f"            hash: {self.hash}\n" if self.hash else "")
        )


@dataclass(frozen=True, slots=True)
class HashReport:
    """How many evidence hashes were looked up in a text, what is wrong, what no text is there for.

    ``checked`` counts right and wrong ones; what is not checkable has not passed. ``failed`` of
    them are that of no sentence, of one that stands elsewhere, or of one in which a cue of its
    claim was looked for in vain.
    """

    checked: int
    wrong: list[Finding]
    not_checkable: int
    failed: int

    def __str__(self) -> str:
        return (
            f"{self.checked} evidence hashes checked, {len(self.wrong)} findings, "
            f"{self.not_checkable} not checkable"
        )


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    heading: bool
    sentences: tuple[str, ...]


def _blocks(text: str) -> list[_Block]:
    """Return the blocks of a text, each cleaned; rules are left out."""
    blocks: list[_Block] = []
    for raw in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()):
        lines = [line for line in raw.split("\n") if line.strip()]
        head = [*takewhile(lambda line: _HEADING.fullmatch(line.strip()), lines)]
        blocks += [_heading(line.strip()) for line in head]
        rest = lines[len(head) :]
        underlined = len(rest) == 2 and re.fullmatch(r"=+|-+", rest[1].strip())
        if underlined:
            blocks.append(_heading(f"# {rest[0].strip()}"))
            continue
        body = clean("\n".join(line for line in rest if not _RULER.fullmatch(line.strip())))
        if body:
            blocks.append(_Block(body, heading=False, sentences=tuple(sentences(body))))
    return blocks


def _heading(line: str) -> _Block:
    text = line.lstrip("#").strip()
    unmarked = text.rstrip("#")
    text = clean(unmarked if unmarked[-1:].isspace() else text)
    return _Block(text, heading=True, sentences=(text,))


def cite(source: Source, words: Iterable[str] | str, text: str) -> list[Citation]:
    """Return every sentence of a source's text that holds all these words, where it stands first.

    Args:
        source: the source, as `studyclaims.records.read_source` has it.
        words: cue words as printed, at most six each; case and line breaks do not matter.
        text: the source's text, plain or Markdown; it is not kept.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_source
    >>> paper = read_source(studies_dir() / "ausk-2017.yaml", "paper")
    >>> [found.at for found in cite(paper, "may", "Mice ran. It may rain. It may not.")]
    ['abstract, sentence 2', 'abstract, sentence 3']

    Raises:
        TermError: words that can be no cue, or none.
    """
    cues = [_cue(word) for word in ([words] if isinstance(words, str) else words)]
    if not cues:
        raise TermError("", "no words to look for", "give the words that show the certainty")
    secondary = source.primary_source is not None
    found: list[Citation] = []
    for at, sentence, cut in _places(source, text):
        printed = [_printed(cue, sentence) for cue in cues]
        if all(printed):
            cue = tuple(dict.fromkeys(word for word in printed if word))
            digest = None if cut else sentence_hash(sentence)
            found.append(Citation(at, digest, cue, secondary, sentence))
    return found


def located(source: Source, text: str) -> Iterator[tuple[str, str]]:
    """Yield (locator, sentence) of a text's title, if it has one, and of every sentence.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_source
    >>> list(located(read_source(studies_dir() / "ausk-2017.yaml", "paper"), "# Rain"))
    [('title', 'Rain')]
    """
    for at, sentence, _ in _places(source, text):
        yield at, sentence


def _places(source: Source, text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (locator, sentence, whether it is cut) of a text's title and of every sentence."""
    title, paragraphs = _parts(_blocks(text))
    if title:
        yield ("headline" if source.kind == "news" else "title"), title.text, False
    homes = _homes(source, len(paragraphs))
    for where, block in zip(homes, paragraphs, strict=True):
        for place, sentence in enumerate(block.sentences, start=1):
            is_last = place == len(block.sentences)
            yield f"{where}, sentence {place}", sentence, is_last and not ends_a_sentence(sentence)


def _parts(blocks: list[_Block]) -> tuple[_Block | None, list[_Block]]:
    """Return the title, or None, and the paragraphs."""
    others = [block for block in blocks if not block.heading]
    paragraphs = [b for b in others if any(map(ends_a_sentence, b.sentences))]
    headings = [block for block in blocks if block.heading]
    if not paragraphs:
        return next(iter(headings), None), others
    unmarked = [block for block in others[:1] if block is not paragraphs[0]]
    return next(iter([*headings, *unmarked]), None), paragraphs


def _cue(word: str) -> str:
    cue = clean(word)
    if not _CUE.fullmatch(cue) or len(cue) > 60:
        problem = "can be no cue, which has one to six words and at most 60 characters"
        raise TermError(word, problem, "give only the words that show the certainty")
    return cue


def _printed(cue: str, sentence: str) -> str | None:
    """Return a cue as the sentence prints it, or None where it is not in it as whole words."""
    pattern = rf"(?<!\w){re.escape(clean(cue))}(?!\w)"
    match = re.search(pattern, sentence, re.IGNORECASE)
    return match[0] if match else None


def check_hashes(record: Record, texts: Mapping[str, str]) -> HashReport:
    """Return whether the evidence of a record is in the texts that are at hand.

    H001: a hash is that of no sentence; where all of a source are, it is told once, at the source.
    H002: a cue is in none of its claim's sentences, which is looked for only where all of them were
    found. H003: a sentence stands elsewhere. Evidence without a text or a hash, and a title where
    the text has no heading, is counted as not checkable.

    Args:
        record: the record.
        texts: source name to text.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> check_hashes(read_record(studies_dir() / "ausk-2017.yaml"), {}).checked
    0
    """
    known = {
        name: _Text.of(source, texts[name])
        for name, source in record.study.sources.items()
        if name in texts
    }
    foreign = {name for name, text in known.items() if _is_foreign(record, name, text)}
    wrong = [_wrong_text(record, name) for name in foreign]
    checked = not_checkable = failed = 0
    for path, claim in claims_of(record.study):
        text = known.get(claim.source)
        told: dict[int, Finding] = {}
        found: dict[int, str] = {}
        for number, item in enumerate(claim.evidence):
            if text is None or not text.decides(item):
                not_checkable += 1
                continue
            checked += 1
            where = (*path, "evidence", number)
            sentence = text.sentences.get(item.hash or "")
            if sentence is None:
                told[number] = _wrong_hash(record, (*where, "hash"), claim, item.at)
                continue
            found[number] = sentence
            if not text.stands(item):
                told[number] = _wrong_place(record, (*where, "at"), claim, text.places(item))
        whole = len(found) == len(claim.evidence)
        missing = list(_missing_cues(record, path, claim, found.values())) if whole else []
        failed += len(found.keys() | told.keys()) if missing else len(told)
        wrong += [f for f in told.values() if claim.source not in foreign] + missing
    return HashReport(checked, sorted(wrong), not_checkable, failed)


@dataclass(frozen=True, slots=True)
class _Text:
    """A source's text: hash to each sentence and whole block, and hash to where they stand."""

    sentences: Mapping[str, str]
    located: Mapping[str, tuple[str, ...]]
    titled: bool
    single: bool

    @classmethod
    def of(cls, source: Source, text: str) -> _Text:
        title, paragraphs = _parts(_blocks(text))
        places: dict[str, tuple[str, ...]] = {}
        wholes = zip(_homes(source, len(paragraphs)), paragraphs, strict=True)
        units = [*((home, block.text) for home, block in wholes), *located(source, text)]
        for at, unit in units:
            digest = sentence_hash(unit)
            places[digest] = (*places.get(digest, ()), at)
        return cls(_by_hash(text), places, title is not None, len(paragraphs) == 1)

    def decides(self, item: Evidence) -> bool:
        """Return whether the text can say that an item's hash is wrong."""
        is_title = item.at in _TITLES and not self.titled and item.hash not in self.sentences
        return item.hash is not None and not is_title

    def places(self, item: Evidence) -> tuple[str, ...]:
        """Return where the sentence of an item stands, sentences before whole paragraphs."""
        return tuple(reversed(self.located.get(item.hash or "", ())))

    def stands(self, item: Evidence) -> bool:
        """Return whether the sentence stands where an item says, as far as the text can tell.

        It does not say where figures and tables are, nor which of several parts a paragraph is of.
        """
        at = item.at.replace(", paragraph 1", "") if self.single else item.at
        part = at.partition(",")[0]
        if re.search(r", (?:figure|table) ", at) or (part in _TITLES and not self.titled):
            return True
        places = self.places(item)
        if not places:
            return ", sentence " not in at
        named = {place.partition(",")[0] for place in places}
        if part not in named and not (named | {part}) & {*_TITLES, "lede"}:
            return True
        return any(place == at or place.startswith(f"{at}, ") for place in places)


def _homes(source: Source, count: int) -> Iterator[str]:
    """Yield where each of this many paragraphs of a source stands."""
    usual = ("body", "full text", "abstract") if count > 1 else ("abstract", "body")
    part = next((name for name in usual if name in source.read), source.read[-1])
    for number in range(1, count + 1):
        where = part if count == 1 else f"{part}, paragraph {number}"
        yield "lede" if number == 1 and "lede" in source.read else where


def _is_foreign(record: Record, name: str, text: _Text) -> bool:
    """Return whether a text has none of a source's sentences, of which the record has several."""
    items = [item for _, c in claims_of(record.study) if c.source == name for item in c.evidence]
    hashes = {item.hash for item in items if text.decides(item)}
    return len(hashes) > 1 and not hashes & text.sentences.keys()


def _wrong_text(record: Record, name: str) -> Finding:
    message = f"no hash of {name!r} is in the text at hand, which is not the text of that source"
    hint = f"give its text: studyclaims cite {record.study.key} {name} FILE --find WORDS"
    return record.finding(("sources", name), "H001", message, hint)


def _by_hash(text: str) -> dict[str, str]:
    """Return hash to text of every sentence and every whole block."""
    blocks = _blocks(text)
    units = [unit for block in blocks for unit in (block.text, *block.sentences)]
    return {sentence_hash(unit): unit for unit in units}


def _wrong_hash(record: Record, path: tuple[str | int, ...], claim: Claim, at: str) -> Finding:
    message = f"the hash is that of no sentence of the text of {claim.source!r}"
    hint = f"look at {at} again: studyclaims cite {record.study.key} {claim.source} --find WORDS"
    return record.finding(path, "H001", message, hint)


def _wrong_place(
    record: Record, path: tuple[str | int, ...], claim: Claim, places: tuple[str, ...]
) -> Finding:
    message = f"the sentence of this hash stands elsewhere in the text of {claim.source!r}"
    elsewhere = "give a sentence of a paragraph: this is a heading, or a line without an end"
    hint = f"write {' or '.join(places)}" if places else elsewhere
    return record.finding(path, "H003", message, hint)


def _missing_cues(
    record: Record, path: tuple[str | int, ...], claim: Claim, found: Iterable[str]
) -> Iterator[Finding]:
    for number, cue in enumerate(claim.cue):
        if not any(_printed(cue, sentence) for sentence in found):
            message = f"the cue {cue!r} is not in the sentence"
            hint = f"write it as {claim.source!r} prints it, or add the evidence it is from"
            yield record.finding((*path, "cue", number), "H002", message, hint)
