"""Mapping sets beside tables of KGX: no row is lost, and none that is not exact links anything."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.merging import mappingsets
from studyclaims.merging.merge import merge
from studyclaims.merging.readers import read
from studyclaims.merging.readers.reading import Mapped

if TYPE_CHECKING:
    from random import Random

HEAD = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
HAND = "semapv:ManualMappingCuration"


def put(folder: Path, name: str, *rows: str, head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def merged(folder: Path, *sets: Path, rewrite: bool = False) -> tuple[dict[str, int], list[str]]:
    """Return what became of the rows of mapping sets, and the set that was written."""
    nodes = put(folder, "a_nodes.tsv", "A:1", "B:1", head="id\n")
    report = merge([nodes, *sets], folder / "out", rewrite=rewrite)
    path = folder / "out" / mappingsets.FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return report.to_dict()["totals"]["mappings"], lines


def row(one: str, predicate: str, other: str) -> str:
    return f"{one}\tskos:{predicate}\t{other}\t{HAND}"


def counts(*numbers: int) -> dict[str, int]:
    return dict(zip(("in", "merged", "duplicates", "quarantined"), numbers, strict=True))


def test_each_row_is_kept_once_with_all_its_origins(tmp_path: Path) -> None:
    near, exact = row("A:1", "closeMatch", "B:1"), row("C:1", "exactMatch", "D:1")
    one = put(tmp_path, "m.sssom.tsv", near, exact, row("A:1", "broadMatch", "B:2"))
    head = HEAD.replace("\n", "\tcomment\tpredicate_modifier\n")
    rows = (f"{near}\t\t", f"{near}\tsaid\t", f"{exact}\tagain\t", f"{exact}\t\tNot")
    two = put(tmp_path, "n.sssom.tsv", *rows, "A:1\tskos:closeMatch\t", head=head)
    total, lines = merged(tmp_path, one, two, rewrite=True)
    assert total == counts(8, 6, 1, 1)
    body = [line for line in lines if not line.startswith("#")]
    assert body[0] == f"{HEAD[:-1]}\tcomment\tpredicate_modifier\tmerged_from"
    assert sorted(body[1:]) == sorted(
        [
            f"{near}\t\t\tm line 2|n line 2",
            f"{exact}\t\t\tm line 3",
            f"{exact}\tagain\t\tn line 4",
            f"{near}\tsaid\t\tn line 3",
            f"{row('A:1', 'broadMatch', 'B:2')}\t\t\tm line 4",
            f"{exact}\t\tNot\tn line 5",
        ]
    )
    # What was written is a mapping set like any other, and merging it again changes nothing.
    kept = (tmp_path / "out" / mappingsets.FILE).rename(tmp_path / "again.sssom.tsv")
    assert [it.predicate for it in read(kept, "x").rows() if isinstance(it, Mapped)] == [
        line.split("\t")[1] for line in body[1:]
    ]
    total, again = merged(tmp_path / "out" / "..", kept)
    assert total == counts(6, 6, 0, 0)
    assert sorted(again[-6:]) == sorted(body[1:])


def test_who_says_that_two_are_one_is_kept_even_where_it_is_refused(tmp_path: Path) -> None:
    same = f"{row('A:1', 'exactMatch', 'B:1')}\t0.5"
    head = HEAD.replace("\n", "\tconfidence\tsssom:Predicate Modifier\n")
    rows = (f"{same}\t", f"{same}\t", f"{same}\tNot")
    total, lines = merged(tmp_path, put(tmp_path, "m.sssom.tsv", *rows, head=head))
    assert total == counts(3, 2, 1, 0)
    assert sorted(lines[-2:]) == [f"{same}\t\tm line 2|m line 3", f"{same}\tNot\tm line 4"]
    assert "predicate_modifier" in lines[-3]
    assert (tmp_path / "out" / "links.sssom.tsv").read_text().count("\n") == 1
    (tmp_path / "e.sssom.tsv").write_text(HEAD)
    assert merged(tmp_path, tmp_path / "e.sssom.tsv") == (counts(0, 0, 0, 0), [])


def test_a_set_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    packed = tmp_path / "m.sssom.tsv.gz"
    text = HEAD + row("A:1", "closeMatch", "B:1") + "\nA:1\n"
    packed.write_bytes(gzip.compress(text.encode(), mtime=0))
    bad = put(tmp_path, "n.sssom.tsv", head="subject_id\n")
    total, lines = merged(tmp_path, packed, bad)
    assert total == counts(2, 1, 0, 1)
    told = json.loads((tmp_path / "out" / "merge.json").read_text())
    assert told["totals"]["files"] == counts(2, 1, 0, 1)
    assert [it["rows"] for it in told["inputs"] if it["kind"] == "mappings"] == [2, 0]
    assert lines[-1].endswith("m line 2")
    kept = tmp_path / "out" / "quarantine" / "m.sssom.tsv.gz.tsv"
    assert kept.read_text() == f"{HEAD}A:1\n"


def test_two_sets_of_one_name_are_two_origins(tmp_path: Path) -> None:
    sets = []
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        sets.append(put(tmp_path / name, "m.sssom.tsv", row("A:1", "closeMatch", "B:1")))
    _, lines = merged(tmp_path, *sets)
    assert lines[-1].endswith("\tm line 2|m-2 line 2")


def test_no_two_sets_have_one_source(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    rows = [row("A:1", "closeMatch", "B:1")]
    sets = [put(tmp_path, f"{name}.sssom.tsv", *rows) for name in ("d/a", "a", "a-2")]
    packed = tmp_path / "a.sssom.tsv.gz"
    packed.write_bytes(gzip.compress(sets[0].read_bytes(), mtime=0))
    other = tmp_path / "a.sssom.tsv.zst"
    with pa.CompressedOutputStream(str(other), "zstd") as file:
        file.write(sets[0].read_bytes())
    total, lines = merged(tmp_path, *sets, packed, other)
    assert total == counts(5, 1, 4, 0)
    origins = {it.removesuffix(" line 2") for it in lines[-1].split("\t")[-1].split("|")}
    assert origins == {"a", "a-2", "a-2-2", "a-3", "a-4"}


def test_a_prefix_of_two_meanings_links_no_two_things(tmp_path: Path) -> None:
    paths = []
    for name, other in (("a", "MONDO:0000001"), ("b", "DOID:1")):
        head = f"#curie_map:\n#  LOC: http://{name}.org/\n#  same: http://s.org/\n{HEAD}"
        rows = (row("LOC:1", "exactMatch", other), row("same:1", "exactMatch", other))
        paths.append(put(tmp_path, f"{name}.sssom.tsv", *rows[: 1 + (name == "a")], head=head))
    merged(tmp_path, *paths)
    links = (tmp_path / "out" / "links.sssom.tsv").read_text().splitlines()[1:]
    assert sorted(link.split("\t")[0] for link in links) == [
        "http://a.org/1",
        "http://b.org/1",
        "same:1",
    ]


def test_the_head_says_what_prefixes_mean_and_where_the_rows_are_from(tmp_path: Path) -> None:
    def head(prefixes: str, name: str, licence: str) -> str:
        told = f"#mapping_set_id: https://x.org/{name}\n#license: https://x.org/{licence}\n"
        return f"#curie_map:\n{prefixes}{told}{HEAD}"

    rows = (row("ex:1", "closeMatch", "no:1"), row("MONDO:1", "closeMatch", "go:1"))
    given = ("#  ex: https://x.org/1/\n#  no: https://x.org/no/\n", "#  ex: https://x.org/2/\n")
    one = put(tmp_path, "m.sssom.tsv", *rows, head=head(given[0], "m", "free"))
    own = f"{given[1]}#  go: https://x.org/mine/\n"
    two = put(tmp_path, "n.sssom.tsv", *rows, head=head(own, "n", "free"))
    _, lines = merged(tmp_path, one, two)
    told = [line[1:] for line in lines if line.startswith("#")]
    assert [it for it in told if not it.startswith("mapping_set_id")] == [
        "curie_map:",
        '  MONDO: "http://purl.obolibrary.org/obo/MONDO_"',
        '  ex: "https://x.org/1/"',
        '  go: "http://purl.obolibrary.org/obo/GO_"',
        '  "no": "https://x.org/no/"',
        '  skos: "http://www.w3.org/2004/02/skos/core#"',
        "extension_definitions:",
        "  - slot_name: merged_from",
        "    property: https://w3id.org/studyclaims/merged_from",
        "license: https://x.org/free",
        "mapping_set_source:",
        '  - "https://x.org/m"',
        '  - "https://x.org/n"',
    ]
    ids = sorted(line.split("\t")[0] for line in lines if HAND in line)
    assert ids == ["MONDO:1", "MONDO:1", "ex:1", "https://x.org/2/1"]
    assert any("\thttps://x.org/mine/1\t" in line for line in lines)
    other = put(tmp_path, "n.sssom.tsv", *rows, head=head(given[1], "n", "bought"))
    assert "#license: https://w3id.org/sssom/license/unspecified" in merged(tmp_path, one, other)[1]


def test_a_set_that_is_larger_than_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappingsets, "BATCH", 2)
    rows = [row(f"A:{at}", "closeMatch", "B:1") for at in range(5)]
    total, lines = merged(tmp_path, put(tmp_path, "m.sssom.tsv", *rows))
    assert total == counts(5, 5, 0, 0)
    assert [line.split("\t")[0] for line in lines[-5:]] == [f"A:{at}" for at in range(5)]


kinds = st.sampled_from(["exactMatch", "closeMatch", "broadMatch"])
ids = st.sampled_from(["A:1", "B:1", "C:1", ""])
sets_of = st.lists(st.lists(st.builds(row, ids, kinds, ids), max_size=5), min_size=1, max_size=3)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(sets=sets_of, order=st.randoms(use_true_random=False))
def test_counts_balance_and_no_order_matters(sets: list[list[str]], order: Random) -> None:
    found = []
    for _ in range(2):
        with TemporaryDirectory() as name:
            folder = Path(name)
            paths = [put(folder, f"{at}.sssom.tsv", *rows) for at, rows in enumerate(sets)]
            order.shuffle(paths)
            total, lines = merged(folder, *paths)
        kept = sorted(line.rpartition("\t")[0] for line in lines if HAND in line)
        assert total["in"] == sum(map(len, sets)) == sum(total.values()) - total["in"]
        whole = {it for rows in sets for it in rows if it[0] != "\t" and "\t\t" not in it}
        assert kept == sorted(whole)
        assert total["merged"] == len(whole)
        found.append((total, kept))
        for rows in sets:
            order.shuffle(rows)
    assert found[0] == found[1]
