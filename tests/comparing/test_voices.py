"""What of a graph's claims is read to set them side by side."""

from __future__ import annotations

from samples import changed, quads, store
from studyclaims.comparing.voices import Entities, papers, read_entities, read_voices
from studyclaims.predicates import Stance
from studyclaims.stores.embedded import EmbeddedStore


def test_every_claim_is_read_once_with_its_context() -> None:
    voices = list(read_voices(store(), read_entities(store())))
    assert [voice.claim.rpartition("/")[2] for voice in voices] == sorted(
        {voice.claim.rpartition("/")[2] for voice in voices}
    )
    assert len(voices) == 5
    title = next(voice for voice in voices if voice.claim.endswith("title-inflames"))
    assert title.position.stance is Stance.SUPPORTS
    assert (title.position.relation, title.position.outcome) == ("cause", "increased")
    assert dict(title.context) == {
        "species": "Mus musculus", "strain": "black", "sex": "female", "age": "10 weeks",
        "dose": "4 units", "route": "by mouth", "site": "tibia", "site as printed": "the shin",
        "assay": "histology", "compared with": "sham", "time": "3 d",
    }  # fmt: skip


def test_a_value_that_stands_twice_is_kept_twice() -> None:
    data = changed("context.strain", "any")
    voices = read_voices(EmbeddedStore(quads(data)), read_entities(EmbeddedStore(quads(data))))
    assert all(len(voice.context) == len(set(voice.context)) for voice in voices)


def test_news_has_the_paper_as_its_primary_source() -> None:
    voices = list(read_voices(store(), read_entities(store())))
    assert len({voice.source for voice in voices}) == 2
    assert len(papers(voices)) == 1


def entities() -> Entities:
    """Return a narrow entity, two ways up from it of different length, and a modifier on one."""
    found = Entities()
    found.labels = {"n": "increased thing", "m": "present thing", "w": "increased wide thing"}
    found.changes = {"n": "increased", "m": "present", "w": "increased"}
    found.unsigned = {"n": "thing", "m": "thing", "w": "wide"}
    found.wider["n"] = ["m", "w"]
    found.wider["m"] = ["w"]
    found.modifiers["n"] = {"slow"}
    found.modifiers["m"] = {"slow"}
    return found


def test_what_is_reached_has_the_fewest_steps() -> None:
    assert entities().reached("n", modified=False) == {"thing": 0, "wide": 1}
    longer = entities()
    longer.unsigned["m"] = "wide"
    longer.wider["n"] = ["w"]
    longer.wider["w"] = ["m"]
    assert longer.reached("n", modified=False) == {"thing": 0, "wide": 1}


def test_no_step_drops_a_modifier_where_it_must_stay() -> None:
    assert entities().reached("n", modified=True) == {"thing": 0}


def test_the_label_without_a_change_is_that_of_what_is_present() -> None:
    assert entities().unsigned_labels == {"thing": "present thing".removeprefix("present "),
                                          "wide": "wide thing"}  # fmt: skip
    other = entities()
    other.labels["m"] = "thinged"
    assert other.unsigned_labels["thing"] == "thinged"
