"""Triggers by tables and network together."""

from onrecord.events import mentions, noticed, triggers


def found(annotated, told=False):
    (sentence, *_) = annotated.sentences
    hits = triggers.find(sentence.syntax, False, told)
    return {hit.token.text for hit in hits}, {h.token.text for h in noticed.with_network(annotated, sentence, hits)}


def test_a_word_that_no_table_has_is_found(annotate):
    by_tables, together = found(
        annotate("Gunmen mowed down six villagers and carted off the schoolmistress in Tarrow.")
    )
    assert by_tables <= together


def test_the_order_is_that_of_the_text(annotate):
    annotated = annotate("A blast levelled the station and rebels torched two farms before troops stormed the town.")
    (sentence,) = annotated.sentences
    hits = noticed.with_network(annotated, sentence, triggers.find(sentence.syntax))
    assert [h.token.i for h in hits] == sorted({h.token.i for h in hits})


def test_a_story_without_acts_tells_of_none(annotate):
    annotated = annotate(
        "The harbour choir sang on Sunday. Tickets for the regatta sold out, and the mayor praised the bakers."
    )
    assert mentions.find(annotated, ()) == ()
