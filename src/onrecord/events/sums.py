"""Which of a sentence's numbers add up several acts."""

import re
from functools import cache

from spacy.tokens import Token

from onrecord.events import harm, running
from onrecord.events.phrases import above
from onrecord.events.stated import ACTS, Stated
from onrecord.language.annotated import Sentence
from onrecord.records import TallyUnit

_SINCE = re.compile(r"\bsince\s", re.IGNORECASE)
_SINCE_OTHER = re.compile(
    r"\A(?:then|he|she|it|they|we|there|that|this|his|her|their|the\s(?:attack|strike|blast|explosion|bombing|raid|shooting|ambush|crash))"
    r"\b(?!\s(?:began|broke|started))(?!\s(?:on|of|in)\s[A-Z0-9])",
    re.IGNORECASE,
)
MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d)"
_MONTH = re.compile(MONTHS)
_PERIOD = re.compile(
    rf"\b(?:(?:in|during|over|throughout|from|between)\s(?:{MONTHS}|the\s(?:first|last|past))|[Ll]ast\s(?:year|month))\b",
)
_LONG = re.compile(
    r"\b(?:weeks|months|years)\sof\b|\b[Ii]n\s(?:[\w-]+\s){1,3}(?:weeks|months|years)\b|\bthis\s(?:spring|summer|autumn|fall|winter)\b"
    rf"|\b[Bb]etween\s{MONTHS}\s(?:\d+\s)?and\b|\b[Ff]rom\s(?:the\s\w+\sof\s)?{MONTHS}\s(?:\d+\s)?(?:to|until)\b"
    rf"|\b(?:weeks|months)\sto\sthe\send\sof\b"
)
_DAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday", "today"})
_DAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\byesterday\b", re.IGNORECASE)
_BEYOND = 40
"""How many characters behind the acts of a toll a day that is theirs may stand."""
_BEFORE = 20
"""How many characters before a toll a word may stand that only compares it ("the worst single toll of the war")."""
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_HARMS = frozenset({"killed", "injured", "civilians_killed", "killed_or_presumed_dead"})
_PERFECT = frozenset({"detained", "extradited", "freed", "abducted"})
_MANY = 10
"""From how many on people who have been taken or let go are more than one act's."""
_COSTS = frozenset({"leave", "claim", "cost", "take"})


def of(sentence: Sentence, stated: list[Stated]) -> list[Stated]:
    """Those of a sentence's numbers that are running totals. One act's toll is none."""
    text = sentence.text
    by_acts = _by_acts(sentence)
    harmed = any(not one.act and one.unit in _HARMS for one in stated)
    found = []
    adding: dict[str, bool] = {}
    for one in stated:
        clause = _clause(sentence, one)
        if clause not in adding:
            adding[clause] = _adds_up(clause)
        over = adding[clause]
        if one.part or _is_counted_in(one.token):
            total = False
        elif one.act:
            total = _is_number_of_acts(one, text, over or (harmed and by_acts))
        elif (brought := _brings(one.token)) is not None:
            total = _is_brought(one, brought, stated, over)
        elif over or _is_up_to_now_of_all(one.token):
            total = not (_is_of_the_start(one.token) or _is_one_act(one.token) or _is_said_since(one.token))
        else:
            total = not _is_of_the_start(one.token) and _is_total(one, text, by_acts)
        if total:
            found.append(one)
    return found


def has(text: str, words: str) -> bool:
    """Whether the words stand in the text."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


# ---- the sentence


def _clause(sentence: Sentence, one: Stated) -> str:
    """The words that may say of a number that it adds up several acts: the sentence, of a headline what stands between semicolons, for
    it tells several things at once.
    """
    if sentence.part != "headline" or ";" not in sentence.text:
        return sentence.text
    at = one.span.start - sentence.start
    return sentence.text[sentence.text.rfind(";", 0, at) + 1 :].partition(";")[0]


def _adds_up(text: str) -> bool:
    """Whether the words tell that their numbers add up several acts."""
    if any(has(text, words) for words in running.words("running")) or _LONG.search(text) is not None:
        return True
    if _since_phrase(text) is not None and not _is_compared(text):
        return True
    tolls = (m for m in _toll_of_acts().finditer(text) if not _compares(text[max(0, m.start() - _BEFORE) : m.start()]))
    return any(_DAY.search(text[m.start() : m.end() + _BEYOND]) is None for m in tolls)


def _compares(words: str) -> bool:
    return any(word in running.words("compared") for word in words.lower().split())


@cache
def _toll_of_acts() -> re.Pattern[str]:
    """A toll of several acts ("the number of people killed in the raids", "the toll from the campaign")."""
    acts = "|".join(sorted({*running.words("acts"), *running.words("courses")}))
    figures = "|".join(sorted(running.words("figure")))
    return re.compile(
        rf"\b(?:{figures})\b[^,;.]{{0,60}}?\b(?:of|from|in|by)\s(?:[\w’'-]+\s){{0,4}}?(?:{acts})\b", re.IGNORECASE
    )


def _since_phrase(text: str) -> re.Match[str] | None:
    return next((m for m in _SINCE.finditer(text) if not _SINCE_OTHER.match(text[m.end() : m.end() + 40])), None)


def _is_compared(text: str) -> bool:
    """Whether "since" dates a comparison ("the first attack since the truce")."""
    match = _since_phrase(text)
    if match is None:
        return False
    clause = re.split(r"[;:,]\s", text[max(0, match.start() - 120) : match.start()])[-1]
    return _compares(clause)


def _by_acts(sentence: Sentence) -> bool:
    """Whether acts in the plural are what killed or hurt, or what it happened in ("the raids have killed", "in four attacks")."""
    if any(t.lower_ in _DAYS for t in sentence.syntax):
        return False
    for token in sentence.syntax:
        if token.lower_ not in running.words("acts") or token.dep_ not in {"nsubj", "pobj"} or not _is_several(token):
            continue
        if token.dep_ == "nsubj" and (harm.find("acted_on", token.head) is not None or token.head.lemma_ in _COSTS):
            return True
        if token.dep_ == "pobj" and token.head.lower_ in {"in", "by", "during", "from", "of"}:
            verb = token.head.head
            if (
                harm.find("acted_on", verb)
                or harm.find("acting", verb)
                or harm.find("state", verb)
                or verb.lemma_ in {"lose", "toll"}
            ):
                return True
            if any(c.pos_ == "NUM" for c in token.children) and any(harm.find("acted_on", a) for a in above(verb)):
                return True
    return False


def _is_several(acts: Token) -> bool:
    """Whether acts in the plural are more than one report's: numbered, or somebody's or known ones told of up to now ("the raids
    have").
    """
    if any(c.dep_ == "nummod" for c in acts.children):
        return True
    known = any(
        c.dep_ == "poss" or (c.dep_ in {"amod", "compound"} and c.text[:1].isupper() and not c.is_sent_start)
        or (c.dep_ == "amod" and c.ent_type_ == "NORP")
        or (c.dep_ == "det" and c.lower_ in {"the", "these", "those"})
        for c in acts.children
    )  # fmt: skip
    verb = next((t for t in above(acts) if t.pos_ == "VERB"), acts)
    owned = known or any(c.dep_ == "prep" and c.lower_ == "by" for c in acts.children)
    return owned and _is_perfect(verb)


# ---- one number


def _is_number_of_acts(one: Stated, text: str, over: bool) -> bool:
    """Whether a number of acts is a total: several, in a sentence that adds up, or by their order up to now."""
    if (one.quantity.number or 2) < 2:
        return False
    if any(t.ent_type_ == "ORDINAL" for t in one.token.children) or one.span.text.lower().split()[0] in _ordinals():
        return over or _ends_period(one.token)
    return (
        over or _has_a_course(one.token) or _is_said_now(one.token) or (one.token.lower_ == "times" and _period(text))
    )


@cache
def _ordinals() -> frozenset[str]:
    return frozenset(running.table()["ordinals"])


def _ends_period(noun: Token) -> bool:
    """Whether the words behind a noun, or the names at it, tell over what its order runs."""
    behind = noun.doc[noun.i : noun.sent.end]
    if any(t.lower_ in {"since", "months", "weeks"} or t.lower_ in running.words("courses") for t in behind):
        return True
    if re.search(r"\bthis (?:year|month)\b", str(behind.text)):
        return True
    return noun.dep_ == "attr" and any(
        c.dep_ in {"amod", "compound", "poss"} and c.text[:1].isupper() for c in noun.children
    )


def _is_total(stated: Stated, text: str, by_acts: bool) -> bool:
    """Whether a number without words of a running total is one all the same."""
    if stated.unit == "bodies_found":
        return _period(text)
    if stated.unit in {"rounds", "sites"}:
        return _period(text) and is_up_to_now(stated.token)
    in_months = stated.unit == "killed" and _in_a_period(stated.token)
    many = (stated.quantity.number or 0) >= _MANY and stated.unit in _PERFECT and _is_perfect(_verb(stated.token))
    return in_months or many or (by_acts and stated.unit != "vessels")


def _is_counted_in(token: Token) -> bool:
    """Whether the number is told of as a part of another ("18 dead, counting the two who are missing")."""
    governor = token.head
    parting = governor.lower_ in running.words("parting") and governor.tag_ in {"VBG", "IN"}
    return parting and token.dep_ in {"dobj", "pobj"} and governor.i < token.i


def _is_of_the_start(token: Token) -> bool:
    """Whether the number tells of what "since" counts from ("since the riot, which left 24 dead")."""
    clause = next((t for t in (token, *above(token)) if t.dep_ == "relcl"), None)
    if clause is None or clause.head.lemma_ in {"start", "beginning", "outset"} or clause.head.ent_type_ == "DATE":
        return False
    return any(t.lower_ == "since" for t in (clause.head.head, *above(clause.head.head)))


def _period(text: str) -> bool:
    return _PERIOD.search(text) is not None


def _in_a_period(token: Token) -> bool:
    """Whether the words set the number in a whole month or year ("22 people were killed in May", "812 killings last year")."""
    if token.lemma_ in {"killing", "murder", "homicide", "death"}:
        return token.tag_ == "NNS" and _period(str(token.sent.text))
    verb = token.head
    if token.dep_ not in _SUBJECTS or verb.pos_ != "VERB":
        return False
    inside = [
        c for c in verb.children if c.dep_ == "prep" and c.lower_ in {"in", "at", "during", "throughout", "on", "when"}
    ]
    return bool(inside) and all(any(_MONTH.fullmatch(w.text) for w in p.children) for p in inside)


def _verb(token: Token) -> Token:
    """The verb that governs a word, or what stands highest."""
    while token.head != token and token.pos_ not in {"VERB", "AUX"}:
        token = token.head
    return token


def is_up_to_now(token: Token) -> bool:
    """Whether the verb of a number is told of up to now, and not of one act."""
    return _is_perfect(_verb(token)) and not _is_one_act(token)


def _is_perfect(verb: Token) -> bool:
    """Whether a verb, or the one that it goes on from, is told of up to now ("have killed 64 and wounded 90")."""
    if any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children) and verb.tag_ in {"VBN", "VBD"}:
        return True
    goes_on = (verb.dep_ == "conj" and verb.tag_ in {"VBN", "VBD"}) or (verb.dep_ == "advcl" and verb.tag_ == "VBG")
    return goes_on and verb.head != verb and verb.head.pos_ == "VERB" and _is_perfect(verb.head)


def _is_said_now(token: Token) -> bool:
    """Whether the number's verb is told of up to now in so many words ("has now carried out 15 strikes")."""
    verb = _verb(token)
    verbs = (verb, *(t for t in above(verb) if t.pos_ == "VERB"))
    return _is_perfect(verb) and any(c.lower_ == "now" and c.dep_ == "advmod" for v in verbs for c in v.children)


def _is_up_to_now_of_all(token: Token) -> bool:
    """Whether the number is told of up to now, of a whole war or of both sides of it."""
    both = has(str(token.sent.text), "on both sides") and is_up_to_now(token)
    return both or _has_a_course(token) or _is_said_now(token)


def _has_a_course(token: Token) -> bool:
    """Whether a war or a campaign is what did it, up to now, or what it happened in."""
    verb = _verb(token)
    for child in verb.children:
        if child.dep_ in _SUBJECTS and (_is_course(child) or (child.lower_ == "which" and _is_course(verb.head))):
            return _is_perfect(verb)
        if child.dep_ == "prep" and child.lower_ in {"in", "during", "from"}:
            inside = [c for c in child.children if c.dep_ == "pobj" and c.lemma_.lower() in running.words("long")]
            if inside and _is_perfect(verb):
                return True
    return False


def _is_course(noun: Token) -> bool:
    return noun.lemma_.lower() in running.words("courses")


def _is_said_since(token: Token) -> bool:
    """Whether "since" tells how long the number has been spoken of ("have said since Monday that four boys were taken")."""
    verb = _verb(token)
    if verb.dep_ != "ccomp" or _is_perfect(verb):
        return False
    return any(c.lower_ == "since" for c in verb.head.children)


def _is_one_act(token: Token) -> bool:
    """Whether the number is the toll of an act with its own day or that brings itself in ("an attack on Friday killed")."""
    verb = _verb(token)
    if harm.is_one_of("standing", verb) and verb.lemma_ != "be":
        # "stood at 51 on Friday"
        return False
    for child in verb.children:
        harmed = harm.find("acted_on", verb) is not None or verb.lemma_ in _COSTS
        if (
            child.dep_ == "nsubj"
            and child.tag_ == "NN"
            and harmed
            and not any(c.dep_ == "nummod" for c in child.children)
        ):
            return _is_act(child) or any(c.dep_ == "det" and c.lower_ in {"a", "an"} for c in child.children)
        if (
            child.dep_ in {"prep", "npadvmod"}
            and child.lower_ not in {"with", "until", "up", "by", "after", "following"}
            and any(t.lower_ in _DAYS for t in child.subtree)
            and not any(t.lower_ == "since" for t in child.subtree)
        ):
            return True
    return (
        verb.dep_ == "advcl"
        and verb.tag_ == "VBG"
        and verb.head.tag_ in {"VBD"}
        and not any(c.lower_ in running.words("acts") for c in verb.head.children)
    )


def _is_act(noun: Token) -> bool:
    unit: TallyUnit | None = running.units("noun").get(harm.singular(noun))
    return unit in ACTS and not _is_course(noun)


# ---- a total that an act brings to its figure


def _brings(token: Token) -> Token | None:
    """The verb that brings a toll to the number ("bringing the number of dead to 64")."""
    verb = next((t for t in above(token) if t.lemma_ in running.words("bringing") and t.pos_ == "VERB"), None)
    if verb is None or not any(c.lower_ == "to" for c in verb.subtree) or token.dep_ not in {"pobj", "dobj", "dep"}:
        return None
    return verb if any(t.lower_ in running.words("figure") for t in verb.subtree) else None


def _is_brought(one: Stated, verb: Token, stated: list[Stated], over: bool) -> bool:
    """Whether what a toll is brought to is a total: an act brings it there, and not those who died of that act later."""
    if over:
        return True
    if any(t.i > verb.i and _is_act(t) and t.tag_ == "NN" for t in verb.subtree):
        return False
    main = verb.head if verb.dep_ in {"advcl", "acl", "relcl", "conj"} else verb
    subjects = [c for v in (verb, main) for c in v.children if c.dep_ == "nsubj"]
    own = any(not s.part and s is not one and s.unit == one.unit for s in stated)
    return any(_is_act(subject) for subject in subjects) or (own and harm.find("acted_on", main) is not None)
