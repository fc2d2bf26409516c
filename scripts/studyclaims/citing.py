"""Citing: where in a source words stand, the hash of their sentence, and whether hashes hold.

Whoever has a source's text gets what a record needs without a sentence in it. A text handed in is
kept, if at all, in a folder of the current one that git ignores.

A text, plain or Markdown, is blocks between blank lines. A heading, a rule, and a block in which no
sentence ends (a date line, a byline) is no paragraph, unless there is no other. The title is the
first heading, or without one a first block that is no paragraph. The first paragraph of a source
whose ``read:`` lists a lede is the lede, and counts as paragraph 1 of the body.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studyclaims.complaints import claims_of
from studyclaims.errors import TermError
from studyclaims.files import write_atomic
from studyclaims.sentences import RULE, clean, sentence_hash
from studyclaims.splitting import ends_a_sentence, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.findings import Finding
    from studyclaims.model import Claim, Source
    from studyclaims.records import Record

CACHE_HOME: Final = "STUDYCLAIMS_CACHE"
"""The environment variable that names the folder of the cache; else it is the current one."""

CACHE: Final = ".studyclaims-cache"
"""The folder of texts, in the current folder."""

TEXT_LIMIT: Final = 5_000_000
"""The most bytes a text may have."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_RULER: Final = re.compile(r"[-*_=]{3,}|[-*_](?: [-*_]){2,}")
_HEADING: Final = re.compile(r"#{1,6}\s+(\S.*)")
_CUE: Final = re.compile(r"\S+( \S+){0,5}")
# Other readers of YAML than ours take more words than true, false and null for something else.
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z -]*", re.IGNORECASE
)
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
    them are that of no sentence, or of one in which a cue of its claim was looked for in vain.
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
    usual = ("body", "full text", "abstract") if len(paragraphs) > 1 else ("abstract", "body")
    part = next((name for name in usual if name in source.read), source.read[-1])
    for number, block in enumerate(paragraphs, start=1):
        where = part if len(paragraphs) == 1 else f"{part}, paragraph {number}"
        if number == 1 and "lede" in source.read:
            where = "lede"
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

    H001: a hash is that of no sentence. H002: a cue is in none of its claim's sentences, which is
    looked for only where all of them were found. Evidence without a text or a hash, and a title
    where the text has no heading, is counted as not checkable.

    Args:
        record: the record.
        texts: source name to text.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> check_hashes(read_record(studies_dir() / "ausk-2017.yaml"), {}).checked
    0
    """
    known = {name: _by_hash(texts[name]) for name in texts if name in record.study.sources}
    titled = {name for name in known if _parts(_blocks(texts[name]))[0]}
    checked = not_checkable = failed = 0
    wrong: list[Finding] = []
    for path, claim in claims_of(record.study):
        found: list[str] = []
        by_hash = known.get(claim.source)
        for number, item in enumerate(claim.evidence):
            sentence = (by_hash or {}).get(item.hash or "")
            is_title = item.at in {"title", "headline"} and claim.source not in titled
            if sentence is not None:
                checked += 1
                found.append(sentence)
            elif by_hash is None or item.hash is None or is_title:
                not_checkable += 1
            else:
                checked += 1
                failed += 1
                where = (*path, "evidence", number, "hash")
                wrong.append(_wrong_hash(record, where, claim, item.at))
        if len(found) == len(claim.evidence):
            missing = list(_missing_cues(record, path, claim, found))
            failed += len(found) if missing else 0
            wrong += missing
    return HashReport(checked, sorted(wrong), not_checkable, failed)


def _by_hash(text: str) -> dict[str, str]:
    """Return hash to text of every sentence and every whole block."""
    blocks = _blocks(text)
    units = [unit for block in blocks for unit in (block.text, *block.sentences)]
    return {sentence_hash(unit): unit for unit in units}


def _wrong_hash(record: Record, path: tuple[str | int, ...], claim: Claim, at: str) -> Finding:
    message = f"the hash is that of no sentence of the text of {claim.source!r}"
    hint = f"look at {at} again: studyclaims cite {record.study.key} {claim.source} --find WORDS"
    return record.finding(path, "H001", message, hint)


def _missing_cues(
    record: Record, path: tuple[str | int, ...], claim: Claim, found: list[str]
) -> Iterator[Finding]:
    for number, cue in enumerate(claim.cue):
        if not any(_printed(cue, sentence) for sentence in found):
            message = f"the cue {cue!r} is not in the sentence"
            hint = f"write it as {claim.source!r} prints it, or add the evidence it is from"
            yield record.finding((*path, "cue", number), "H002", message, hint)


def keep_text(key: str, source: str, text: str, folder: Path | None = None) -> Path:
    """Keep a source's text in the cache of a folder, by default the current one; return its file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     _ = keep_text("ausk-2017", "news", "It may rain.", Path(home))
    ...     cached_text("ausk-2017", "news", Path(home))
    'It may rain.'

    Raises:
        TermError: a name that cannot be a file's, or a text too long.
        GraphError: something that is no plain file has the place.
    """
    path = _cache_file(key, source, folder)
    data = text.encode("utf-8")
    if len(data) > TEXT_LIMIT:
        problem = f"the text has {len(data):,} bytes; at most {TEXT_LIMIT:,} are kept"
        raise TermError(source, problem, "give the text of one publication")
    path.parent.mkdir(parents=True, exist_ok=True)
    # In whatever repository the current folder is: the text is not ours to commit.
    write_atomic(path.parents[1] / ".gitignore", b"*\n")
    write_atomic(path, data)
    return path


def cached_text(key: str, source: str, folder: Path | None = None) -> str | None:
    """Return a source's text as it was kept, or None where it was not.

    >>> cached_text("ausk-2017", "no-such-source") is None
    True

    Raises:
        TermError: a name that cannot be a file's, or a file that is not UTF-8.
    """
    path = _cache_file(key, source, folder)
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(TEXT_LIMIT).decode("utf-8")
    except UnicodeDecodeError as error:
        raise TermError(str(path), "is not UTF-8", "remove it and give the text again") from error


def source_text(key: str, source: str, given: str | None, folder: Path | None = None) -> str:
    """Return a source's text: the one given, which is kept then, else the one that was kept.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     source_text("ausk-2017", "news", "It may rain.", Path(home))
    'It may rain.'

    Raises:
        TermError: none was given and none is kept.
    """
    if given is not None:
        keep_text(key, source, given, folder)
        return given
    kept = cached_text(key, source, folder)
    if kept is None:
        raise TermError(source, "has no text here yet", "give a FILE, or - for standard input")
    return kept


def _cache_file(key: str, source: str, folder: Path | None) -> Path:
    for name in (key, source):
        if not _KEY.fullmatch(name):
            remedy = "use lower-case letters, digits and hyphens, at most 64"
            raise TermError(name, "cannot name a text", remedy)
    root = (folder or Path(os.environ.get(CACHE_HOME) or Path.cwd())) / CACHE
    path = root / key / f"{source}.txt"
    # A link inside the folder, or the folder itself being one, would lead out of it.
    if root.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        raise TermError(str(path), "leads out of the cache", "remove the symbolic link")
    return path
