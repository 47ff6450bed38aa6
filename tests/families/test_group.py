from collections.abc import Sequence
from dataclasses import replace

import pytest
from family_stories import ORIGIN, ORIGIN_CLAIMS, day, derivation, origin, read, undated
from hypothesis import given
from hypothesis import strategies as st

from onrecord.families import group
from onrecord.records import Published, Read

REWRITE = (
    "A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead, the Varn Courier reports. "
    '"We carried them out on the doors of the weighing house," one said. '
    "The Ostrel Brigade fired the shells, the navy insists."
)
EXCERPT = "\n\n".join(ORIGIN.split("\n\n")[1:3])


def rewrite(id_: str = "st-rewrite", outlet: str = "Buzzley", published: Published | None = None) -> Read:
    return read(
        id_,
        outlet,
        published or day(5),
        REWRITE,
        claims=[
            (
                "A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead",
                {"kind": "narrator", "name": None},
            ),
            ('"We carried them out on the doors of the weighing house,"', {"kind": "witness", "name": "one"}),
            ("The Ostrel Brigade fired the shells", {"kind": "named_body", "name": "the navy"}),
        ],
        credited=[("Varn Courier", "reported_by")],
    )


def unrelated(id_: str = "st-other") -> Read:
    text = (
        "The council of Lower Ambry voted on Tuesday to plant two rows of lime trees along the canal, the mayor said."
    )
    claim = ("to plant two rows of lime trees along the canal", {"kind": "named_person", "name": "the mayor"})
    return read(id_, "Ambry Gazette", day(4), text, claims=[claim])


def told(reads: Sequence[Read], story: str) -> tuple[str, str | None, str | None]:
    found = derivation(group(reads), story)
    return (found.relation, found.origin, found.ghost)


@pytest.mark.parametrize("reads", [[], [origin()], [unrelated(), origin()]])
def test_strangers_are_originals_without_a_family(reads: list[Read]) -> None:
    grouped = group(reads)
    assert {(d.relation, d.origin, d.ghost, d.reasons) for d in grouped.derivations} <= {("original", None, None, ())}
    assert len(grouped.derivations) == len(reads)
    assert grouped.families == ()
    assert grouped.mutations == ()


def test_a_whole_text_in_another_outlet_is_a_reprint() -> None:
    copy = origin("st-copy", "Hill Herald", day(5))
    grouped = group([copy, origin()])
    assert told([copy, origin()], "st-copy") == ("reprint", "st-origin", None)
    assert derivation(grouped, "st-copy").reasons == ("shares 100% of its 5-word runs with st-origin",)
    assert [(family.root, family.stories) for family in grouped.families] == [("st-origin", ("st-copy", "st-origin"))]


def test_a_part_of_the_text_is_an_excerpt() -> None:
    part = read("st-part", "Hill Herald", day(5), EXCERPT)
    assert told([origin(), part], "st-part") == ("excerpt", "st-origin", None)


def test_the_agency_line_outweighs_the_time() -> None:
    early = read("st-early", "Hill Herald", day(3), f"VARN COURIER - {ORIGIN}", credited=[("VARN COURIER", "wire")])
    assert told([origin(), early], "st-early") == ("reprint", "st-origin", None)
    assert told([origin(), early], "st-origin") == ("original", None, None)


@pytest.mark.parametrize("relation", ["wire", "republished_from"])
def test_two_copies_of_an_agency_that_is_not_here_have_one_ghost(relation: str) -> None:
    text = f"(Meridian Press) - {ORIGIN}"
    copies = [
        read(f"st-{n}", outlet, day(4 + n), text, credited=[("Meridian Press", relation)])
        for n, outlet in enumerate(["Hill Herald", "Dale Post"])
    ]
    grouped = group(copies)
    assert {(d.relation, d.origin, d.ghost) for d in grouped.derivations} == {("reprint", None, "Meridian Press")}
    assert [(family.root, family.stories) for family in grouped.families] == [
        ("ghost:Meridian Press", ("st-0", "st-1"))
    ]


def test_an_agency_line_goes_before_a_copy_without_one() -> None:
    stripped, marked = origin("st-stripped", "Hill Herald", day(4)), f"(Meridian Press) - {ORIGIN}"
    copy = read("st-marked", "Dale Post", day(5), marked, credited=[("Meridian Press", "wire")])
    assert told([stripped, copy], "st-marked") == ("reprint", None, "Meridian Press")


def test_a_credit_to_a_story_that_is_here() -> None:
    assert told([origin(), rewrite(), unrelated()], "st-rewrite") == ("rewrite", "st-origin", None)
    reasons = derivation(group([origin(), rewrite()]), "st-rewrite").reasons
    assert reasons == ("names Varn Courier as its source", "3 of its 3 claims stand in st-origin")


def test_a_source_that_is_the_outlet_of_another_story_is_a_credit() -> None:
    text = REWRITE.replace("the Varn Courier reports", "according to Gullwing")
    contents = [(c.content[0].text, {"kind": "narrator", "name": None}) for c in rewrite().reading.claims[:2]]
    last = ("The Ostrel Brigade fired the shells", {"kind": "named_body", "name": "Gullwing"})
    copy = read("st-rewrite", "Buzzley", day(5), text, claims=[*contents, last])
    for outlet, named in (("Gullwing", True), ("Varn Courier", False)):
        reasons = " ".join(derivation(group([origin(outlet=outlet), copy]), "st-rewrite").reasons)
        assert ("names Gullwing" in reasons) == named


def test_a_credit_to_a_story_that_is_not_here() -> None:
    grouped = group([rewrite(), unrelated()])
    assert told([rewrite(), unrelated()], "st-rewrite") == ("rewrite", None, "Varn Courier")
    assert [(family.root, family.stories) for family in grouped.families] == [("ghost:Varn Courier", ("st-rewrite",))]


def test_another_story_of_the_credited_outlet_is_not_the_origin() -> None:
    other = replace(unrelated("st-else"), story=replace(unrelated().story, id="st-else", outlet="Varn Courier"))
    assert told([rewrite(), other], "st-rewrite") == ("rewrite", None, "Varn Courier")


def test_of_two_versions_a_copy_follows_the_newer() -> None:
    newer = read(
        "st-newer", "Varn Courier", day(4, 20), f"{ORIGIN} Since noon 14 lorries have gone up.", claims=ORIGIN_CLAIMS
    )
    assert told([origin(), newer, rewrite()], "st-rewrite") == ("rewrite", "st-newer", None)


def test_a_later_story_is_no_origin() -> None:
    assert told([rewrite(published=day(5)), origin(published=day(9))], "st-rewrite") == (
        "rewrite",
        None,
        "Varn Courier",
    )


def test_an_outlet_under_another_of_its_names() -> None:
    ap = origin("st-ap", "AP")
    text = REWRITE.replace("the Varn Courier reports", "the Associated Press reports")
    copy = read("st-rewrite", "Buzzley", day(5), text, claims=[
        ("A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead", {"kind": "narrator", "name": None}),
        ('"We carried them out on the doors of the weighing house,"', {"kind": "witness", "name": "one"}),
    ], credited=[("Associated Press", "reported_by")])  # fmt: skip
    assert told([ap, copy], "st-rewrite") == ("rewrite", "st-ap", None)


def test_a_rewrite_of_a_rewrite_goes_back_to_the_first_report() -> None:
    text = (
        "Six porters dead in Tarn Haven after a gunboat hammered grain sheds, writes Buzzley. The Navy says that shells of "
        "the Ostrel Brigade did it."
    )
    third = read("st-third", "Scrollo", day(6), text, claims=[
        ("Six porters dead in Tarn Haven after a gunboat hammered grain sheds", {"kind": "narrator", "name": None}),
        ("shells of the Ostrel Brigade did it", {"kind": "named_body", "name": "the Navy"}),
    ], credited=[("Buzzley", "cites")])  # fmt: skip
    assert told([third, rewrite(), origin()], "st-third") == ("rewrite", "st-origin", None)
    assert "st-rewrite has it from st-origin" in derivation(group([third, rewrite(), origin()]), "st-third").reasons
    # Without the first report its outlet is the ghost behind both.
    assert told([third, rewrite()], "st-third") == ("rewrite", None, "Varn Courier")
    assert group([third, rewrite()]).families[0].stories == ("st-rewrite", "st-third")


def test_own_reporting_before_a_credit_makes_an_original() -> None:
    text = (
        "Nobody fired on Tarn Haven, the minister of ports, Orla Quist, told parliament on Wednesday. She was answering a "
        "report by the Varn Courier. The sheds had been struck by lightning, she said."
    )
    own = read("st-own", "Hill Herald", day(5), text, claims=[
        ("Nobody fired on Tarn Haven", {"kind": "named_person", "name": "Orla Quist", "stance": "denies"}),
        ("The sheds had been struck by lightning", {"kind": "named_person", "name": "Orla Quist"}),
    ], credited=[("Varn Courier", "cites")])  # fmt: skip
    assert told([own], "st-own") == ("original", None, None)


def test_a_silent_rewrite_is_known_by_what_only_the_other_outlet_heard() -> None:
    text = (
        "A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead. "
        '"We carried them out on the doors of the weighing house," dockers wept.'
    )
    silent = read("st-silent", "Buzzley", day(5), text, claims=[
        ("A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead", {"kind": "narrator", "name": None}),
        ('"We carried them out on the doors of the weighing house,"', {"kind": "witness", "name": "dockers"}),
    ])  # fmt: skip
    assert told([origin(), silent], "st-silent") == ("rewrite", "st-origin", None)


def test_two_outlets_at_one_briefing_are_two_reports() -> None:
    quote = '"We have no boat that floats in that weather and no shells that would reach,"'
    text = f"The Ostrel Brigade did not shell Tarn Haven, its spokesman said. {quote} Pell Adrian told reporters."
    own = read("st-own", "Hill Herald", day(5), text, claims=[
        (quote, {"kind": "named_person", "name": "Pell Adrian", "stance": "denies"}),
    ])  # fmt: skip
    assert told([origin(), own], "st-own") == ("original", None, None)


def test_an_undated_copy_follows_a_dated_story() -> None:
    assert told([origin("st-copy", "Buzzley", undated()), origin()], "st-copy") == ("reprint", "st-origin", None)


MOULD = (
    "{who} jets hit an arms store at {town} on {when}, the Mirran Navy said, and {dead} fighters of the Ostrel Brigade were killed. "
    "The store held shells that the brigade had meant for the harbour, the navy said in a notice on its board. "
    "No sailor of the navy came to harm in the raid."
)


def notice(id_: str, outlet: str, town: str, on: int, dead: int) -> Read:
    text = MOULD.format(who="Mirran", town=town, when="Monday" if on == 3 else "Thursday", dead=dead)
    act = {"told": [f"jets hit an arms store at {town}"], "kind": "air_strike", "on": on, "at": town, "killed": [dead]}
    return read(id_, outlet, day(on), text, events=[act])


@pytest.mark.parametrize(
    ("town", "on", "dead", "relation"),
    [
        ("Tarn Haven", 3, 4, "reprint"),
        ("Tarn Haven", 3, 5, "reprint"),  # a copy that changed a number is one still
        ("Lower Ambry", 6, 7, "original"),
        ("Lower Ambry", 3, 7, "original"),
    ],
)
def test_announcements_from_one_mould_about_two_things_stay_two(town: str, on: int, dead: int, relation: str) -> None:
    first, second = notice("st-1", "Varn Courier", "Tarn Haven", 3, 4), notice("st-2", "Buzzley", town, on, dead)
    assert told([first, replace(second, story=replace(second.story, published=day(7)))], "st-2")[0] == relation


def test_who_reprints_a_rewrite_has_a_rewrite() -> None:
    again = rewrite("st-again", "Chatterly", day(6))
    found = told([origin(), rewrite(), again], "st-again")
    assert found == ("rewrite", origin().story.id, None)


def test_of_two_undated_copies_one_is_the_origin() -> None:
    pair = [origin("st-a", "Buzzley", undated()), origin("st-b", "Scrollo", undated())]
    assert sorted(told(pair, story)[0] for story in ("st-a", "st-b")) == ["original", "reprint"]


def test_two_stories_that_credit_each_other_do_not_go_round() -> None:
    one = read("st-a", "Hill Herald", undated(), f"{ORIGIN} (Dale Post)", credited=[("Dale Post", "wire")])
    two = read("st-b", "Dale Post", undated(), f"{ORIGIN} (Hill Herald)", credited=[("Hill Herald", "wire")])
    assert sorted(told([one, two], story)[0] for story in ("st-a", "st-b")) == ["original", "reprint"]


class TestTheSameOutlet:
    def test_the_same_text_again_is_a_reprint(self) -> None:
        assert told([origin(), origin("st-again", published=day(6))], "st-again") == ("reprint", "st-origin", None)

    def test_a_corrected_text_stands_for_itself(self) -> None:
        text = ORIGIN.replace("killed 31 people", "killed 29 people")
        corrected = read("st-corrected", "Varn Courier", day(5), text, claims=[])
        found = derivation(group([origin(), corrected]), "st-corrected")
        assert (found.relation, found.origin) == ("follow-up", "st-origin")
        assert group([origin(), corrected]).families == ()

    def test_a_form_filled_in_again_tells_of_something_else(self) -> None:
        form = (
            "The centre received a report of an incident in its area. Units of the coast watch went to the place given and "
            "found {}. Masters are asked to keep a distance of three miles, to keep a listening watch and to report at once "
            "whatever they see to the duty officer of the centre by radio or by telephone at any hour of the day."
        )
        bulletins = [
            read(f"st-{n}", "Tarn Centre", day(n), form.format(what), events=[{"told": [what], "on": n, "at": place}])
            for n, what, place in [(4, "a tug on fire", "Tarn Haven"), (9, "a barge adrift", "Cape Lorne")]
        ]
        assert told(bulletins, "st-9") == ("original", None, None)


class TestFollowUps:
    def later(self, published: Published, outlet: str) -> Read:
        text = (
            "Two of the porters hurt when the grain sheds of Tarn Haven were shelled have died, Dr. Una Felt said. The sheds "
            "were still smoking, the harbour office said. The shelling of the sheds was the worst in years."
        )
        told_in = [
            "the grain sheds of Tarn Haven were shelled",
            "The sheds were still smoking",
            "The shelling of the sheds was the worst in years",
        ]
        claims = [("Two of the porters hurt", {"kind": "named_person", "name": "Dr. Una Felt"})]
        text = text.replace("\n", " ")
        event = {"told": told_in, "on": 3, "at": "Tarn Haven", "killed": [8]}
        return read("st-later", outlet, published, text, claims=claims, events=[event])

    @pytest.mark.parametrize("outlet", ["Varn Courier", "Hill Herald"])
    def test_new_reporting_on_an_earlier_occurrence(self, outlet: str) -> None:
        assert told([origin(), self.later(day(7), outlet)], "st-later") == ("follow-up", "st-origin", None)

    def test_a_report_of_the_same_hours_is_an_original(self) -> None:
        assert told([origin(), self.later(day(4, 15), "Hill Herald")], "st-later") == ("original", None, None)

    def test_a_follow_up_is_not_in_the_family(self) -> None:
        assert group([origin(), self.later(day(7), "Hill Herald")]).families == ()


def test_several_credits_and_occurrences_make_a_roundup() -> None:
    text = (
        "The sheds of Tarn Haven were shelled, the Varn Courier reported. A mast was felled at Cape Lorne, the Hill Herald "
        "said. A bridge was mined at Ambry. A tug was seized off Quill."
    )
    parts = [
        "The sheds of Tarn Haven were shelled",
        "A mast was felled at Cape Lorne",
        "A bridge was mined at Ambry",
        "A tug was seized off Quill",
    ]
    roundup = read(
        "st-week",
        "Coast Weekly",
        day(9),
        text,
        credited=[("Varn Courier", "cites"), ("Hill Herald", "cites")],
        events=[
            {"told": [part], "kind": kind}
            for part, kind in zip(parts, ["shelling", "other", "bombing", "seizure"], strict=True)
        ],
    )
    assert told([origin(), roundup], "st-week") == ("roundup", None, None)


def test_two_reports_of_one_ghost_are_two_families() -> None:
    other_text = "A mast has come down at Cape Lorne and two keepers are missing, the Varn Courier reports, in a gale."
    claim = ("two keepers are missing", {"kind": "narrator", "name": None})
    other = read("st-mast", "Buzzley", day(20), other_text, claims=[claim], credited=[("Varn Courier", "reported_by")])
    families = group([rewrite(), other]).families
    assert [family.root for family in families] == ["ghost:Varn Courier"] * 2
    assert len({family.id for family in families}) == 2


STORIES = (
    origin(),
    rewrite(),
    unrelated(),
    origin("st-copy", "Hill Herald", undated()),
    read("st-part", "Dale Post", day(5), EXCERPT),
    rewrite("st-second", "Scrollo", undated()),
    TestFollowUps().later(day(7), "Dale Post"),
)


@given(st.permutations(STORIES))
def test_the_order_does_not_matter(reads: list[Read]) -> None:
    assert group(reads) == group(STORIES)


@given(st.sets(st.sampled_from(range(len(STORIES)))))
def test_every_story_has_one_derivation_and_at_most_one_origin(chosen: set[int]) -> None:
    reads = [STORIES[n] for n in sorted(chosen)]
    grouped = group(reads)
    ids = {read.story.id for read in reads}
    assert [d.story for d in grouped.derivations] == sorted(ids)
    for found in grouped.derivations:
        assert found.origin is None or (found.origin in ids and found.origin != found.story)
        assert found.origin is None or found.ghost is None
        assert (found.relation == "original") == (found.reasons == ())
    members = [story for family in grouped.families for story in family.stories]
    assert len(members) == len(set(members))


def test_a_reading_without_claims_is_grouped_by_its_words() -> None:
    bare = [
        replace(r, reading=replace(r.reading, claims=(), events=(), tallies=())) for r in STORIES[:1] + STORIES[3:5]
    ]
    grouped = group(bare)
    assert [(d.story, d.relation) for d in grouped.derivations] == [
        ("st-copy", "reprint"),
        ("st-origin", "original"),
        ("st-part", "excerpt"),
    ]


def test_an_outlet_that_got_no_answer_makes_no_roundup() -> None:
    text = (
        "A landing at Tarn Haven is planned, three officials told the Lorne Post. The sheds were shelled in March. A bridge "
        "was mined at Ambry. A tug was seized off Quill. The army would not answer the Hill Herald."
    )
    story = read(
        "st-farm",
        None,
        day(9),
        text,
        claims=[
            (
                "A landing at Tarn Haven is planned",
                {"kind": "anonymous", "name": "three officials", "told": "Lorne Post"},
            ),
            (
                "The army would not answer the Hill Herald",
                {"kind": "named_body", "name": "army", "told": "Hill Herald", "stance": "declines to comment"},
            ),
        ],
        credited=[("Lorne Post", "told"), ("Hill Herald", "told")],
        events=[
            {"told": ["The sheds were shelled in March"]},
            {"told": ["A bridge was mined at Ambry"]},
            {"told": ["A tug was seized off Quill"]},
            {"told": ["A landing at Tarn Haven is planned"], "status": "planned", "kind": "ground_mission"},
        ],
    )
    found = derivation(group([story]), "st-farm")
    assert (found.relation, found.ghost) == ("rewrite", "Lorne Post")


def test_a_credited_report_of_other_weeks_is_not_the_origin() -> None:
    old = origin(published=day(1))
    late = rewrite(published=day(28))
    late = replace(
        late,
        reading=replace(late.reading, quotes=(), signature=(), facts=("2 harbour", "tarn haven", "ostrel brigade")),
    )
    old = replace(old, reading=replace(old.reading, quotes=(), signature=()))
    assert told([old, late], "st-rewrite") == ("rewrite", None, "Varn Courier")
    assert told([replace(old, story=replace(old.story, published=day(26))), late], "st-rewrite")[1] == "st-origin"


def test_what_an_agency_tells_week_after_week_is_not_one_report() -> None:
    carriers = [rewrite(f"st-{n}", published=day(n)) for n in (1, 14, 28)]
    carriers = [replace(one, reading=replace(one.reading, quotes=(), signature=())) for one in carriers]
    families = group(carriers).families
    assert [family.root for family in families] == ["ghost:Varn Courier"] * 3


class TestATownThatIsStruckWeekAfterWeek:
    def shelling(self, id_: str, published: Published, dead: int, on: int | None = None) -> Read:
        told = ["Shells fell on Tarn Haven", "The shells hit the fish market", "The shelling lasted an hour"]
        text = f"{told[0]} and {dead} people died, the harbour office said. {told[1]}. {told[2]}."
        event = {"told": told, "on": on, "at": "Tarn Haven", "killed": [dead]}
        claim = (told[0], {"kind": "named_body", "name": "the harbour office"})
        return replace(
            one := read(id_, "Varn Courier", published, text, claims=[claim], events=[event]),
            reading=replace(one.reading, signature=()),
        )

    def test_a_new_act_goes_on_with_none(self) -> None:
        weeks = [self.shelling(f"st-{n}", day(n), n) for n in (2, 10, 18, 26)]
        assert {d.relation for d in group(weeks).derivations} == {"original"}

    def test_the_day_shows_which_act_it_is(self) -> None:
        weeks = [self.shelling(f"st-{n}", day(n), n, n) for n in (2, 9, 17)]
        again = self.shelling("st-again", day(21), 19, 17)
        assert told([*weeks, again], "st-again") == ("follow-up", "st-17", None)

    def test_a_toll_is_revised_within_days(self) -> None:
        pair = [self.shelling("st-2", day(2), 4), self.shelling("st-4", day(4), 6)]
        assert told(pair, "st-4") == ("follow-up", "st-2", None)


def test_thousands_of_one_text_at_one_moment_are_one_report() -> None:
    """No chain of copies of copies: each follows the first, or the work would grow with the square of their number."""
    first = origin("st-0000")
    copies = [
        replace(
            first, story=replace(first.story, id=f"st-{n:04}", outlet=f"Paper {n}", published=first.story.published)
        )
        for n in range(1, 1500)
    ]
    grouped = group([*copies, first])
    assert {(d.relation, d.origin) for d in grouped.derivations} == {("original", None), ("reprint", "st-0000")}
    assert [len(family.stories) for family in grouped.families] == [1500]


def test_stories_without_a_word_have_nothing_in_common() -> None:
    grouped = group([read(f"st-{n}", "Varn Courier", undated(), "", headline="") for n in range(3)])
    assert {d.relation for d in grouped.derivations} == {"original"}
    assert grouped.families == ()
