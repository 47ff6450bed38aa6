"""Who a noun phrase names as a source: a person, a body, a group, an outlet, a document."""

from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.claims import bodies, groups, lexicon
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.records import Quantity, SourceKind
from onrecord.wording import actors, numbers, outlets, people

_OF_PRESS = frozenset({"news", "press", "wire"})
_QUESTIONS = frozenset({"how", "what", "which", "whose"})
_VAGUE = frozenset({"several", "many", "some", "few", "multiple", "other"})
_HE_OR_SHE = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_HONORIFIC_GENDER = {"mr": "m", "mrs": "f", "ms": "f", "miss": "f"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One who speaks in a story. key: what makes two mentions one voice. head: lemma of the noun, for "the official".
    plural: more than one person. gender: "f", "m" or None. short: a group by its number and noun only. told: the outlet that
    the story shows the voice to have spoken to, where no verb of telling does. itself: an outlet that tells of its report.
    """

    key: str
    kind: SourceKind
    name: str | None
    head: str = ""
    role: str | None = None
    affiliation: str | None = None
    count: Quantity | None = None
    plural: bool = False
    gender: str | None = None
    short: str | None = None
    told: str | None = None
    itself: bool = False


NOBODY = Voice("nobody", "anonymous", None)
NARRATOR = Voice("narrator", "narrator", None)


def of_head(head: Token, names: Names, place: str) -> Voice | None:
    """The voice that a noun phrase names by itself, from its head. place: what makes a group of this sentence its own.
    None for words that name no source.
    """
    if head.left_edge.lower_ in _QUESTIONS:
        return None
    head = _name_behind(head)
    mid_capital = naming.capital(head) and not head.is_sent_start and (head.pos_ == "NOUN" or bool(head.ent_type_))
    # A word that no text of the language model knew, in capitals and alone, is a name that the parser took for a noun.
    unknown = head.tag_ == "NN" and head.is_oov and people.role_kind(head.lemma_) is None
    mid_capital = mid_capital or (naming.capital(head) and unknown and head.left_edge == head)
    if (head.pos_ == "PROPN" or mid_capital) and not _is_office(head, names):
        return _proper(head, names)
    return (
        _amount(head, names, place)
        or _called(head, names)
        or _joined(head, names)
        or _held(head, names)
        or _press(head, names)
        or _sender(head, names, place)
        or _by_noun(head, names, place)
    )


def body(name: str, head: str = "", role: str | None = None) -> Voice:
    """A named body."""
    return Voice(f"body {name.casefold()}", "named_body", name, head, role)


def gender(lemma: str) -> str | None:
    """The gender that a noun tells."""
    lower = lemma.casefold()
    return "f" if lower in lexicon.words("female") else "m" if lower in lexicon.words("male") else None


def outlet_name(words: str) -> str | None:
    """The outlet that the words name or look like, or None."""
    known = outlets.named(words)
    if known is not None:
        return known.name
    return outlets.canonical(words) if outlets.looks_like_outlet(words) else None


def sender(head: Token) -> Token | None:
    """Whose a message is: "a statement by the navy", "the movement's leaflet", "a message attributed to the front"; None
    where the words are no message or tell of nobody.
    """
    if head.lemma_.casefold() not in lexicon.words("messages"):
        return None
    for child in head.children:
        if child.dep_ == "poss":
            return child
        sent = child.dep_ in ("acl", "relcl") and child.lemma_ in lexicon.words("sending")
        links = [c for c in child.children if c.dep_ in ("prep", "agent")] if sent else [child]
        for link in links:
            named = link.lower_ in ("by", "from", "in") if sent else link.lower_ in ("by", "from")
            inner = next((c for c in link.children if c.dep_ == "pobj"), None)
            if inner is None or not (named or (sent and link.lower_ == "to")):
                continue
            if inner.lower_ == "name":
                # "circulated in the gang's name"
                return next((c for c in inner.children if c.dep_ == "poss"), None)
            if link.lower_ != "in" and inner.pos_ in ("NOUN", "PROPN"):
                return inner
    return None


def _name_behind(head: Token) -> Token:
    """The end of the name that a title opens, where the parser took the title for the head: "Brig. Tova Rell"."""
    if not people.is_title(head.text) or not naming.capital(head):
        return head
    while head.i + 1 < head.sent.end and head.nbor().text[:1].isupper() and head.nbor().pos_ not in ("DET", "PRON"):
        head = head.nbor()
    return head


def _is_office(head: Token, names: Names) -> bool:
    """Whether words in capitals are an office without a name: "the Minister"."""
    words = naming.run(head)
    pointed = groups.is_definite(head) or any(c.dep_ == "poss" for c in head.children)
    return pointed and people.is_title(words) and not names.is_person(words)


def _called(head: Token, names: Names) -> Voice | None:
    """The name, or the body, that one without a name gives: "a man who said he spoke for the Red Tide"."""
    if people.role_kind(head.lemma_) not in ("anonymous", "witness") or groups.is_plural(head):
        return None
    behind = head.doc[head.i + 1 : head.right_edge.i + 1]
    told = people.called(behind.text)
    if told is None:
        return None
    kind, at = told
    token = next((t for t in behind if t.idx - behind.start_char >= at), None)
    if token is None:
        return None
    while token.i + 1 < head.sent.end and naming.capital(token.nbor()):
        token = token.nbor()
    return person(naming.run(token), token, names) if kind == "person" else body(bodies.filed(naming.run(token), names))


def _proper(head: Token, names: Names) -> Voice | None:
    words = naming.run(head)
    if head.i + 1 < head.sent.end and head.nbor().dep_ == "nummod" and naming.capital(head.nbor()):
        words = f"{words} {head.nbor().text}"
    lemma = head.lemma_.casefold()
    press = names.outlet(words)
    if press is None and not names.is_person(words):
        press = outlet_name(words) or _short_outlet(words, head, names)
    if press is not None:
        return Voice(f"outlet {press.casefold()}", "outlet", press, lemma)
    if _is_person(words, head, names):
        return person(words, head, names)
    if people.is_spokesperson(lemma):
        return _spoken_for(head, names)
    return body(bodies.proper(words, head, names), lemma)


def _short_outlet(words: str, head: Token, names: Names) -> str | None:
    """The outlet that one word of its name stands for: "the Chronicle", "Gullwing" for the Gullwing news service."""
    if " " in words:
        return None
    full = names.body(words)
    if full != words:
        return outlet_name(full)
    articled = any(c.lower_ == "the" for c in head.lefts)
    return words if articled and outlets.ends_name(words) else None


def _is_person(words: str, head: Token, names: Names) -> bool:
    bodily = any(people.is_body_word(word) for word in people.strip_title(words).split())
    articled = any(c.lower_ == "the" for c in head.lefts)
    if names.is_person(words) or (people.title(words) and not people.is_body_word(head.text)):
        return not (bodily and articled)
    if bodily or actors.named(words) is not None or words.rsplit(maxsplit=1)[-1] in names.adjectives:
        return False
    if any(c.dep_ == "det" for c in head.lefts):
        return False
    if naming.described_as_person(head):
        return True
    # A person is given whole once; one word that only looks like a person's name is as often a country or a movement.
    return head.ent_type_ == "PERSON" and (" " in words or any(t.lower_ in _HE_OR_SHE for t in head.sent))


def person(words: str, head: Token, names: Names) -> Voice:
    """A person by the name."""
    full = names.person(words)
    bare = people.strip_title(full)
    joined = [c for c in head.children if c.dep_ == "appos"]
    role = next((_role(c) for c in joined if c.pos_ == "NOUN"), None)
    belongs = [bodies.affiliation(noun, names) for noun in (*joined, head)]
    title = people.title(words).casefold().split()
    told = _HONORIFIC_GENDER.get(title[0].rstrip(".")) if title else None
    beside = [gender(c.lemma_) for c in head.children if c.dep_ in ("appos", "compound")]
    return Voice(
        key=f"person {bare.casefold()}",
        kind="named_person",
        name=full,
        head=head.lemma_,
        role=role,
        affiliation=next((name for name in belongs if name), None),
        count=groups.ONE,
        gender=told or next((g for g in beside if g), None),
    )


def _role(noun: Token) -> str:
    first = next((t.i for t in noun.lefts if t.dep_ in ("amod", "compound", "nmod")), noun.i)
    return str(noun.doc[first : noun.i + 1].text)


def _amount(head: Token, names: Names, place: str) -> Voice | None:
    """The group behind "dozens of", with its number."""
    if head.lower_ not in lexicon.words("amounts"):
        return None
    of = next((c for c in head.rights if c.lower_ == "of"), None)
    inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    group = of_head(inner, names, place) if inner is not None else None
    if group is None or inner is None or group.kind not in ("anonymous", "witness"):
        return None
    words = str(head.doc[head.left_edge.i : inner.right_edge.i + 1].text)
    name = words[:1].lower() + words[1:]
    return replace(group, name=name, short=name, count=groups.amount(head, inner), plural=True)


def _joined(head: Token, names: Names) -> Voice | None:
    """Who stands beside a common noun: "its spokesman, Idris Torvik", "the owner, Ostmark Lines"."""
    if head.lemma_.casefold() in lexicon.words("press"):
        return None
    apposed = next((c for c in head.children if c.dep_ == "appos" and c.pos_ == "PROPN"), None) or _apposed_far(head)
    known = _proper(apposed, names) if apposed is not None else None
    if known is None or apposed is None:
        return None
    if known.kind == "named_body" and _tells_person(head, apposed):
        known = person(naming.run(apposed), apposed, names)
    elif known.kind == "named_person" and people.role_kind(head.lemma_) == "named_body" and not _speaks(head):
        known = body(bodies.proper(naming.run(apposed), apposed, names), apposed.lemma_.casefold())
    if known.kind == "named_body" and people.role_kind(head.lemma_) == "named_body":
        known = _with_partner(known, apposed)
    if known.kind == "named_person":
        belongs = bodies.affiliation(head, names)
        return replace(known, role=_role(head), affiliation=belongs or known.affiliation, gender=gender(head.lemma_))
    return known if known.kind == "named_body" and not groups.is_plural(head) else None


def _with_partner(firm: Voice, apposed: Token) -> Voice:
    """The body with the name that "and" ties to its own: "the charity Bread and Salt"."""
    partner = next((c for c in apposed.rights if c.dep_ == "conj" and c.i == apposed.i + 2 and naming.capital(c)), None)
    if partner is None or apposed.nbor().lower_ != "and" or " and " in (firm.name or ""):
        return firm
    return body(f"{firm.name} and {naming.run(partner)}", firm.head)


def _speaks(head: Token) -> bool:
    return people.is_spokesperson(head.lemma_.casefold())


def _tells_person(head: Token, apposed: Token) -> bool:
    """Whether the noun makes a person of the name beside it: "its self-styled general, Boma Ikpen"."""
    lemma, words = head.lemma_.casefold(), naming.run(apposed)
    person = people.role_kind(lemma) in ("anonymous", "witness") or _speaks(head) or people.is_title(lemma)
    if not person or groups.is_plural(head) or lemma in lexicon.words("firm_or_person"):
        return False
    if " " not in words and not any(c.dep_ == "poss" for c in head.children):
        return False
    articled = any(c.dep_ == "det" for c in apposed.lefts)
    return not articled and actors.named(words) is None and not any(people.is_body_word(w) for w in words.split())


def _apposed_far(head: Token) -> Token | None:
    """The name beside a role that the parser hung on the role's place: "the governor of Tarn province, Ana Torvik"."""
    if people.role_kind(head.lemma_) not in ("anonymous", "witness") and not _speaks(head):
        return None
    for token in head.doc[head.i + 1 : head.right_edge.i + 1]:
        parted = token.dep_ == "appos" and token.left_edge.nbor(-1).text == ","
        of_place = token.head.dep_ == "pobj" and token.head.head.lower_ in ("of", "for", "in", "at")
        person = token.ent_type_ == "PERSON" or (token.pos_ == "PROPN" and _tells_person(head, token))
        if parted and of_place and token.head.head.head == head and person:
            return token
    return None


def _held(head: Token, names: Names) -> Voice | None:
    """The one person of the story who holds the role: "the interior minister"."""
    points = groups.is_definite(head) or any(c.dep_ == "poss" for c in head.children)
    holder = names.holder(_role(head)) if points and not groups.is_plural(head) else None
    if holder is None:
        return None
    return replace(person(holder, head, names), role=_role(head), gender=gender(head.lemma_))


def _press(head: Token, names: Names) -> Voice | None:
    """An outlet by its noun ("the station", "the broadcaster Gullwing"), or an outlet's own count."""
    lemma = head.lemma_.casefold()
    known = outlets.named(str(head.text))
    if known is not None:
        return Voice(f"outlet {known.name.casefold()}", "outlet", known.name, lemma)
    beside = next((c for c in head.children if c.dep_ in ("compound", "appos") and c.pos_ == "PROPN"), None)
    behind = head.nbor(1) if head.i + 1 < head.sent.end else None
    if beside is None and behind is not None and behind.pos_ == "PROPN":
        # "the state agency Gullwing confirmed", which the parser may take apart
        beside = behind
    if beside is not None and lemma in lexicon.words("press"):
        words = naming.run(beside)
        told = beside.dep_ == "appos" and not names.is_person(words)
        shown = names.outlet(words) or (outlet_name(words) or words if told else None)
        if shown is not None:
            return Voice(f"outlet {shown.casefold()}", "outlet", shown, lemma)
    owned = any(c.dep_ == "poss" and c.text.islower() for c in head.lefts)
    if lemma in lexicon.words("press_or_body") and not owned and any(c.lower_ in _OF_PRESS for c in head.lefts):
        name = groups.name(head)
        return Voice(f"outlet {name.casefold()}", "outlet", name, lemma)
    if lemma in lexicon.words("press") and lemma != "agency":
        return Voice(f"outlet {lemma}", "outlet", groups.name(head), lemma, plural=groups.is_plural(head))
    owner = next((t for t in head.lefts if t.dep_ in ("compound", "poss", "nmod") and naming.capital(t)), None)
    if owner is None or lemma not in lexicon.words("press_works"):
        return None
    outlet = names.outlet(naming.run(owner)) or outlet_name(naming.run(owner))
    return Voice(f"outlet {outlet.casefold()}", "outlet", outlet, lemma) if outlet is not None else None


def pronoun(head: Token, names: Names, place: str) -> Voice | None:
    """People whom a pronoun tells of without anybody before: "some of the cadets", "others", "somebody close to her"."""
    of = next((c for c in head.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    inner = next((c for c in of.children if c.dep_ == "pobj" and c.pos_ in ("NOUN", "PROPN")), None) if of else None
    group = of_head(inner, names, place) if inner is not None else None
    if inner is not None and (group is None or group.kind not in ("anonymous", "witness")):
        return None
    end = (
        inner.i
        if inner is not None
        else max((c.right_edge.i for c in head.rights if c.dep_ in ("amod", "acl")), default=head.i)
    )
    words = str(head.doc[head.i : end + 1].text)
    name = words[:1].lower() + words[1:]
    many = head.lower_ not in lexicon.words("someone")
    kind: SourceKind = group.kind if group is not None else "anonymous"
    count = numbers.BARE_PLURAL if many else groups.ONE
    return Voice(f"{kind} {name} {place}", kind, name, head.lower_, count=count, plural=many, short=name)


def _sender(head: Token, names: Names, place: str) -> Voice | None:
    sent = sender(head)
    voice = of_head(sent, names, place) if sent is not None and sent.pos_ in ("NOUN", "PROPN") else None
    return voice if voice is not None and is_sender(voice) else None


def is_sender(voice: Voice) -> bool:
    """Whether a message is filed under the one who sent it: not where he has no name ("the coroner's notes")."""
    return voice.kind not in ("anonymous", "witness")


def _by_noun(head: Token, names: Names, place: str) -> Voice | None:
    """What the noun itself tells: a body, those who speak for one, a document, or people."""
    lemma = head.lemma_.casefold()
    if people.is_spokesperson(lemma):
        return _spoken_for(head, names)
    before = [c.lower_ for c in head.lefts if c.dep_ in ("compound", "amod")]
    kind = people.role_kind(" ".join([*before, lemma])) or people.role_kind(lemma)
    if (kind == "named_body" and not _is_band(head)) or _stands_for_body(head, lemma):
        return _common_body(head, names)
    if kind == "document" or (kind is None and lemma in lexicon.words("messages")):
        return Voice(f"document {lemma}", "document", groups.document(head), lemma)
    if kind == "outlet" or (kind is None and not groups.is_animate(head)):
        return None
    if _points_to_one(head, kind):
        name = groups.name(head).removeprefix("the ")
        return Voice(f"person {name.casefold()}", "named_person", name, lemma, _role(head), None, groups.ONE)
    return _people(head, "witness" if kind == "witness" else "anonymous", place)


def _people(head: Token, people_kind: SourceKind, place: str) -> Voice:
    """People without a name."""
    lemma, more = head.lemma_.casefold(), groups.joined(head)
    return Voice(
        key=f"{people_kind} {lemma} {place}",
        kind=people_kind,
        name=groups.name(head) if not more else groups.together(head, more),
        head=lemma,
        count=groups.quantity(head) if not more else groups.sum_of([head, *more]),
        plural=groups.is_plural(head) or bool(more),
        gender=gender(lemma),
        short=groups.short_name(head),
    )


def _stands_for_body(head: Token, lemma: str) -> bool:
    """Whether people without a name or a number stand for a body: "prosecutors", "the rebels", "the ship's owners"."""
    counted = any(c.dep_ == "nummod" or (c.dep_ == "amod" and c.lower_ in _VAGUE) for c in head.lefts)
    return groups.is_plural(head) and not counted and lemma in lexicon.words("bodily_plural")


def _common_body(head: Token, names: Names) -> Voice:
    lemma, plural = head.lemma_.casefold(), groups.is_plural(head)
    if plural and any(c.dep_ == "nummod" or c.lower_ == "both" for c in head.children):
        return replace(body(groups.name(head), lemma), plural=True)
    name = bodies.common(head, names)
    press = outlet_name(name) if len(name.split()) > 1 and lemma in lexicon.words("press_or_body") else None
    if press is not None:
        return Voice(f"outlet {press.casefold()}", "outlet", press, lemma)
    return replace(body(name, lemma), plural=plural)


def _points_to_one(head: Token, kind: SourceKind | None) -> bool:
    """Whether the words name the one who holds an office, though not his name: "Norvenna's foreign minister"."""
    if kind not in (None, "anonymous") or groups.is_plural(head) or not people.is_single_office(_role(head)):
        return False
    return groups.is_definite(head) or any(c.dep_ == "poss" for c in head.children)


def _is_band(head: Token) -> bool:
    """Whether the words tell of some gang without its name: "a gang", "two groups", and not "a rights group"."""
    if head.lemma_.casefold() not in lexicon.words("bands") or groups.is_definite(head):
        return False
    return not any(
        c.dep_ == "poss" or (c.dep_ == "compound" and (naming.capital(c) or c.lower_ in lexicon.words("civil")))
        for c in head.lefts
    )


def _spoken_for(head: Token, names: Names) -> Voice | None:
    """A spokesman without a name: the body he speaks for, None where the words do not name one."""
    name = bodies.affiliation(head, names)
    return body(name, head.lemma_.casefold(), str(head.text)) if name is not None else None
