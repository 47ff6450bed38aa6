"""More stories change no more and no less than grouping all of them anew would."""

import gc
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from family_stories import ORIGIN, ORIGIN_CLAIMS, day, origin, read, undated
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.families import Grouped, Grouping, group
from onrecord.families.copies import FULL, overlaps, share, shares
from onrecord.families.fingerprint import PERMUTATIONS, fingerprint
from onrecord.families.neighbours import Neighbours
from onrecord.families.tellings import Order, Sets
from onrecord.records import UNDATED, Family, Quantity, Read, Reading, Story

EXCERPT = "\n\n".join(ORIGIN.split("\n\n")[1:3])
REWRITE = (
    "A gunboat has blasted the grain sheds of Tarn Haven, leaving seven porters dead, the Varn Courier reports. "
    '"We carried them out on the doors of the weighing house," one said. '
    "The Ostrel Brigade fired the shells, the navy insists."
)
GHOSTLY = (
    "A mast came down across the cannery at Cape Lorne, Radio Lomond reports, and two keepers are missing in the surf. "
    "The lamp had not been lit since Sunday and the boats ran blind, a {} told the station."
)
LONG = (
    "The ferry to Low Ness will not sail before the thaw, the line said. Its hull was opened by ice on the run home with forty on "
    "board, and the pumps held for an hour. Nobody was hurt. The mail goes by sledge until then, over the causeway and the mill road."
)
LATER = (
    "Two of the porters hurt when the grain sheds of Tarn Haven were shelled have died, Dr. Una Felt said. The sheds were still "
    "smoking, the harbour office said. The shelling of the sheds was the worst in years."
)
TOLD_LATER = [
    "the grain sheds of Tarn Haven were shelled",
    "The sheds were still smoking",
    "The shelling of the sheds was the worst in years",
]


def rewrite(id_: str, outlet: str, published, credit: str = "Varn Courier", dead: str = "seven") -> Read:
    text = REWRITE.replace("Varn Courier", credit).replace("seven", dead)
    content = f"A gunboat has blasted the grain sheds of Tarn Haven, leaving {dead} porters dead"
    return read(
        id_,
        outlet,
        published,
        text,
        claims=[
            (content, {"kind": "narrator", "name": None}),
            ('"We carried them out on the doors of the weighing house,"', {"kind": "witness", "name": "one"}),
            ("The Ostrel Brigade fired the shells", {"kind": "named_body", "name": "the navy"}),
        ],
        credited=[(credit, "reported_by")],
        events=[{"told": [content], "at": "Tarn Haven", "on": 3, "killed": [7]}],
    )


def later(id_: str, outlet: str, published) -> Read:
    claims = [("Two of the porters hurt", {"kind": "named_person", "name": "Dr. Una Felt"})]
    return read(
        id_,
        outlet,
        published,
        LATER,
        claims=claims,
        events=[{"told": TOLD_LATER, "on": 3, "at": "Tarn Haven", "killed": [8]}],
    )


def version(of: Read, id_: str, published) -> Read:
    return Read(
        replace(of.story, id=id_, earlier=of.story.id, version=1, published=published),
        replace(of.reading, story=id_),
    )


def of_two_outlets(id_: str, published) -> Read:
    """Names two outlets as its sources, one of them only where a story of it is here."""
    text = "Six porters are dead and nine are hurt, Gullwing said. The sheds burned until dawn, according to the Hill Herald."
    return read(
        id_,
        "Dale Post",
        published,
        text,
        claims=[
            ("Six porters are dead and nine are hurt", {"kind": "named_body", "name": "Gullwing"}),
            ("The sheds burned until dawn", {"kind": "outlet", "name": "the Hill Herald"}),
        ],
        credited=[("Hill Herald", "cites")],
    )


def ghostly(id_: str, outlet: str, published, who: str) -> Read:
    text = GHOSTLY.format(who)
    return read(
        id_,
        outlet,
        published,
        text,
        claims=[("two keepers are missing in the surf", {"kind": "outlet", "name": "Radio Lomond"})],
        credited=[("Radio Lomond", "reported_by")],
    )


BRIDGE = (
    "The span at Marrow Gap gave way under a train of 14 wagons, the roads board said on Friday. Some 31 sheep and 260 casks went "
    "into the Tessel. Guard Oda Prynne walked back along the line with a lamp to stop the mail."
)
# Longer than what it retells, so that only the credit can show whence it comes
BRIDGE_AGAIN = (
    "A railway crossing fell: in the Tessel lie 260 casks and 31 sheep after 14 wagons dropped from Marrow Gap, so the Harbour "
    "Times. Prynne, the guard, went to warn whoever came next. The casks held cider that had been sold to the garrison, and boys "
    "from three villages were out with boathooks until dark."
)
SILENT = (
    "A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead. "
    '"We carried them out on the doors of the weighing house," dockers wept.'
)
DISTANT = [
    read("st-bridge", "Harbour Times", day(12), BRIDGE),
    read("st-bridge2", "Tidings", day(13), BRIDGE_AGAIN, credited=[("Harbour Times", "reported_by")]),
    read(
        "st-silent",
        "Tidings",
        day(8),
        SILENT,
        claims=[
            (
                "A gunboat has blasted the grain sheds of Tarn Haven, leaving six porters dead",
                {"kind": "narrator", "name": None},
            ),
            ('"We carried them out on the doors of the weighing house,"', {"kind": "witness", "name": "dockers"}),
        ],
    ),
]
CIRCLE = [
    read("st-a", "Ambry Gazette", undated(), f"{LONG} (Dale Post)", credited=[("Dale Post", "wire")]),
    read("st-b", "Dale Post", undated(), f"{LONG} (Ambry Gazette)", credited=[("Ambry Gazette", "wire")]),
]
STORIES = (
    origin(),
    origin("st-second", published=day(5)),
    origin("st-copy", "Hill Herald", undated()),
    read("st-gull", "Gullwing", day(4, 11), "Six porters are dead and nine are hurt.", claims=ORIGIN_CLAIMS[:0]),
    read("st-part", "Dale Post", day(5), EXCERPT),
    rewrite("st-rewrite", "Buzzley", day(5)),
    rewrite("st-rewrite2", "Scrollo", day(6), "Buzzley", "twelve"),
    ghostly("st-ghostly", "Scrollo", day(6, 12), "stoker"),
    ghostly("st-ghostly2", "Tidings", day(5, 12), "cook who was ashore for the night and saw it fall"),
    ghostly("st-ghostly3", "Buzzley", undated(), "boy"),
    of_two_outlets("st-two", day(5)),
    later("st-later", "Dale Post", day(7)),
    later("st-own", "Varn Courier", day(9)),
    version(origin(), "st-origin2", day(4, 20)),
    version(rewrite("st-rewrite", "Buzzley", day(5)), "st-rewrite3", day(6)),
    *CIRCLE,
    *DISTANT,
)


def added(grouping: Grouping, reads: Sequence[Read], whole: dict[str, dict]) -> None:
    """Adds stories, and keeps a second set of books by what is said to have changed."""
    found = grouping.add(reads)
    whole["derivations"].update(found.derivations)
    whole["mutations"].update(found.mutations)
    for id_ in found.gone:
        del whole["families"][id_]
    whole["families"].update({family.id: family for family in found.families})


def in_order(whole: dict[str, dict]) -> Grouped:
    families: list[Family] = list(whole["families"].values())
    return Grouped(
        tuple(sorted(families, key=lambda family: (family.root, family.id))),
        tuple(whole["derivations"][story] for story in sorted(whole["derivations"])),
        tuple(one for story in sorted(whole["mutations"]) for one in whole["mutations"][story]),
    )


@pytest.mark.slow
@settings(max_examples=40)
@given(st.permutations(STORIES), st.integers(0, len(STORIES)), st.integers(1, 4))
def test_one_by_one_as_all_at_once(reads: list[Read], first: int, step: int) -> None:
    grouping, books = Grouping(), {"derivations": {}, "mutations": {}, "families": {}}
    added(grouping, reads[:first], books)
    for at in range(first, len(reads), step):
        added(grouping, reads[at : at + step], books)
        assert grouping.grouped() == group(reads[: at + step])
    assert in_order(books) == grouping.grouped() == group(STORIES)


def told_otherwise(one: Read, pick: random.Random) -> Read:
    """A story as people may set it right: claims or events taken out, a source, a kind, a toll or a place set."""
    claims, events = list(one.reading.claims), list(one.reading.events)
    if claims and pick.random() < 0.6:
        at = pick.randrange(len(claims))
        name = pick.choice(["Gullwing", "Hill Herald", "stoker", None])
        source = replace(claims[at].source, name=name, told=pick.choice([None, "Hill Herald"]))
        claims[at : at + 1] = [] if pick.random() < 0.4 else [replace(claims[at], source=source)]
    if events and pick.random() < 0.6:
        at = pick.randrange(len(events))
        where = replace(events[at].where, name=pick.choice(["Low Ness", "Cape Lorne"])) if events[at].where else None
        counts = tuple(replace(c, quantity=Quantity(pick.randrange(20))) for c in events[at].counts)
        event = replace(events[at], kind=pick.choice(["raid", "shelling"]), where=where, counts=counts)
        events[at : at + 1] = [] if pick.random() < 0.4 else [event]
    return replace(one, reading=replace(one.reading, claims=tuple(claims), events=tuple(events)))


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_stories_told_otherwise_as_all_at_once(seed: int) -> None:
    pick = random.Random(seed)
    grouping, books = Grouping(), {"derivations": {}, "mutations": {}, "families": {}}
    held = {one.story.id: one for one in STORIES}
    added(grouping, STORIES, books)
    more = [version(origin(), "st-origin3", day(4, 22)), ghostly("st-ghostly4", "Dale Post", day(6, 15), "cook")]
    for _ in range(6):
        some = [told_otherwise(one, pick) for one in pick.sample(list(held.values()), pick.choice([1, 1, 2, 3]))]
        if pick.random() < 0.2:
            some = [one for one in STORIES if one.story.id in {other.story.id for other in some}] or some
        some += [more.pop()] if more and pick.random() < 0.2 else []
        held.update((one.story.id, one) for one in some)
        added(grouping, some, books)
        assert in_order(books) == grouping.grouped() == group(list(held.values()))


@pytest.mark.parametrize(
    "changed", [{"outlet": "Hill Herald"}, {"published": day(1)}, {"earlier": "st-gull", "version": 2}]
)
def test_a_story_that_stands_elsewhere_is_grouped_anew_with_all(changed: dict[str, object]) -> None:
    grouping, books = Grouping(), {"derivations": {}, "mutations": {}, "families": {}}
    added(grouping, STORIES, books)
    held = {one.story.id: one for one in STORIES}
    moved = replace(held["st-part"], story=replace(held["st-part"].story, **changed))
    added(grouping, [moved, ghostly("st-ghostly4", "Dale Post", day(6, 15), "cook")], books)
    held |= {"st-part": moved, "st-ghostly4": ghostly("st-ghostly4", "Dale Post", day(6, 15), "cook")}
    assert in_order(books) == grouping.grouped() == group(list(held.values())) != group(STORIES)


def test_the_stories_of_this_test_are_of_every_sort() -> None:
    grouped = group(STORIES)
    sorts = {d.relation for d in grouped.derivations}
    assert sorts == {"original", "reprint", "excerpt", "rewrite", "follow-up"}
    assert {d.ghost for d in grouped.derivations} >= {"Radio Lomond"}
    found = {d.story: d.origin for d in grouped.derivations}
    assert (found["st-bridge2"], found["st-silent"]) == ("st-bridge", "st-origin")
    assert grouped.mutations


def test_nothing_is_added_by_nothing() -> None:
    grouping = Grouping()
    grouping.add(STORIES)
    nothing = grouping.add([])
    assert not nothing.derivations
    assert not nothing.mutations
    assert nothing.families == ()
    assert nothing.gone == frozenset()


@pytest.mark.parametrize("count", [45, 90])
def test_facts_that_many_tell_and_outlets_that_many_credit(count: int) -> None:
    """Lists that are cut off are cut off alike, however they grew."""
    pool = []
    for n in range(count):
        credit = ("Varn Courier", "Hill Herald")[n % 2]
        pool.append(
            rewrite(f"st-r{n:03}", f"Paper {n % 7}", day(5 + n % 3, n % 24), credit, ("seven", "eight")[n % 3 > 0])
        )
        if n % 3 == 0:
            pool.append(origin(f"st-o{n:03}", ("Varn Courier", "Hill Herald")[n % 4 > 1], day(4, n % 24)))
    drawn = random.Random(count)
    whole = group(pool)
    for _ in range(2):
        drawn.shuffle(pool)
        grouping = Grouping()
        grouping.add(pool[: len(pool) - 24])
        for story in pool[len(pool) - 24 :]:
            grouping.add([story])
        assert grouping.grouped() == whole


def test_what_many_repeat_shows_no_longer_who_has_it_from_whom() -> None:
    silent = next(one for one in DISTANT if one.story.id == "st-silent")
    chorus = [
        read(
            f"st-{n:02}",
            f"Paper {n}",
            day(20),
            f"{SILENT.partition('. ')[2]} Choir {n} sang of Tarn Haven in {n} verses.",
        )
        for n in range(45)
    ]
    grouping = Grouping()
    grouping.add([origin(), silent])
    seen = set()
    for n, one in enumerate(chorus):
        grouping.add([one])
        whole = group([origin(), silent, *chorus[: n + 1]])
        assert grouping.grouped() == whole
        seen.add(next(d.origin for d in whole.derivations if d.story == "st-silent"))
    assert seen == {"st-origin", None}


def words(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice("abcdefghijkl") for _ in range(5)) for _ in range(count)]


def signature(text: list[str]) -> tuple[int, ...]:
    return fingerprint(Story("st-0", None, None, None, "", None, UNDATED, None, " ".join(text))).signature


@pytest.mark.parametrize("seed", range(4))
def test_near_copies_of_a_widely_printed_report_however_they_came(seed: int) -> None:
    whole, other = words(1, 120), words(2, 120)
    draw = random.Random(seed)
    texts = [
        [*draw.choice((whole, other))[draw.randrange(40) :], *words(100 + n, draw.randrange(60))]
        for n in range(5 * FULL)
    ]
    signatures = [signature(text) for text in texts]
    signatures[3] = ()
    # Several at one time, as a day without an hour gives them
    times: list[Order] = [(False, float(draw.randrange(20)), 0, 0, str(n)) for n in range(len(texts))]
    by_time = sorted(range(len(texts)), key=lambda n: times[n])
    expected = {
        frozenset((by_time[pair.first], by_time[pair.second])) for pair in overlaps([signatures[n] for n in by_time])
    }
    came = list(range(len(texts)))
    draw.shuffle(came)
    grown = Neighbours(lambda n: times[came[n]])
    for at, n in enumerate(came):
        grown.hold(signatures[n])
        if at + 1 >= 10 * seed:
            grown.extend()
    found = {frozenset((came[n], came[m])) for n in range(len(came)) for m in grown.of(n)}
    assert found == expected


def test_the_first_stories_are_taken_as_they_come_and_let_go_of() -> None:
    stories = [
        origin("st-a", "Varn Courier", day(3)),
        *(rewrite(f"st-{n}", f"Dale Post {n}", day(4)) for n in range(3, 9)),
    ]
    waiting = [replace(one, reading=replace(one.reading, words=("unmistakable",))) for one in stories]
    held: list[int] = []

    def kept() -> int:
        return sum(type(one) is Reading and one.words == ("unmistakable",) for one in gc.get_objects())

    def come() -> Iterator[Read]:
        while waiting:
            held.append(kept() - len(waiting))
            yield waiting.pop()

    grouping = Grouping()
    grouping.add(come())
    # The one that was given last is let go of when the next is there
    assert max(held) <= 1
    assert kept() == 0
    assert grouping.grouped() == group(stories)


def test_equal_sets_are_kept_once() -> None:
    sets = Sets()
    first = sets.of(["Cape Lorne", "Tarn Haven"])
    assert sets.of(iter(["Tarn Haven", "Cape Lorne"])) is first
    assert sets.of(["Tarn Haven"]) is not first


@given(st.integers(1, PERMUTATIONS), st.integers(1, 5000), st.integers(1, 5000))
def test_the_shares_of_one_pair_are_those_of_many_to_the_last_bit(equal: int, mine: int, theirs: int) -> None:
    _, here, there, sure = shares(np.array([equal], dtype=np.uint8), mine, np.array([theirs]))
    assert share(equal, mine, theirs) == (here[0], there[0], sure[0])
