"""Who a noun phrase names as a source: a person, a body, a group, an outlet, a document."""

from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.claims import bodies, groups, lexicon
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.records import Quantity, SourceKind
from onrecord.wording import actors, outlets, people

_QUESTIONS = frozenset({"how", "what", "which", "whose"})
_HONORIFIC_GENDER = {"mr": "m", "mrs": "f", "ms": "f", "miss": "f"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One who speaks in a story. key: what makes two mentions one voice. head: lemma of the noun, for "the official".
    plural: more than one person. gender: "f", "m" or None. short: a group by its number and noun only.
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


NOBODY = Voice("nobody", "anonymous", None)
NARRATOR = Voice("narrator", "narrator", None)


def of_head(head: Token, names: Names, place: str) -> Voice | None:
    """The voice that a noun phrase names by itself, from its head. place: what makes a group of this sentence its own.
    None for words that name no source.
    """
    if head.left_edge.lower_ in _QUESTIONS:
        return None
    mid_capital = naming.capital(head) and not head.is_sent_start and (head.pos_ == "NOUN" or bool(head.ent_type_))
    if head.pos_ == "PROPN" or mid_capital:
        return _proper(head, names)
    return (
        _amount(head, names, place)
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


def _proper(head: Token, names: Names) -> Voice | None:
    words = naming.run(head)
    if head.i + 1 < head.sent.end and head.nbor().dep_ == "nummod" and naming.capital(head.nbor()):
        words = f"{words} {head.nbor().text}"
    lemma = head.lemma_.casefold()
    press = names.outlet(words)
    if press is None and not names.is_person(words):
        press = outlet_name(words)
    if press is not None:
        return Voice(f"outlet {press.casefold()}", "outlet", press, lemma)
    if _is_person(words, head, names):
        return _person(words, head, names)
    if people.is_spokesperson(lemma):
        return _spoken_for(head, names)
    return body(bodies.proper(words, head, names), lemma)


def _is_person(words: str, head: Token, names: Names) -> bool:
    if names.is_person(words) or (people.title(words) and not people.is_body_word(head.lower_)):
        return True
    bodily = actors.named(words) is not None or words.rsplit(maxsplit=1)[-1] in names.adjectives
    if bodily or any(people.is_body_word(word) for word in words.split()) or any(c.dep_ == "det" for c in head.lefts):
        return False
    return head.ent_type_ == "PERSON" or naming.described_as_person(head)


def _person(words: str, head: Token, names: Names) -> Voice:
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
    apposed = next((c for c in head.children if c.dep_ == "appos" and c.pos_ == "PROPN"), None)
    known = _proper(apposed, names) if apposed is not None else None
    if known is not None and known.kind == "named_person":
        belongs = bodies.affiliation(head, names)
        return replace(known, role=_role(head), affiliation=belongs or known.affiliation, gender=gender(head.lemma_))
    return known if known is not None and known.kind == "named_body" and not groups.is_plural(head) else None


def _held(head: Token, names: Names) -> Voice | None:
    """The one person of the story who holds the role: "the interior minister"."""
    points = groups.is_definite(head) or any(c.dep_ == "poss" for c in head.children)
    holder = names.holder(_role(head)) if points and not groups.is_plural(head) else None
    if holder is None:
        return None
    return replace(_person(holder, head, names), role=_role(head), gender=gender(head.lemma_))


def _press(head: Token, names: Names) -> Voice | None:
    """An outlet by its noun ("the station"), or an outlet's own count."""
    lemma = head.lemma_.casefold()
    known = outlets.named(str(head.text))
    if known is not None:
        return Voice(f"outlet {known.name.casefold()}", "outlet", known.name, lemma)
    beside = next((c for c in head.lefts if c.dep_ == "compound" and c.pos_ == "PROPN"), None)
    if beside is not None and lemma in lexicon.words("press"):
        shown = names.outlet(naming.run(beside))
        if shown is not None:
            return Voice(f"outlet {shown.casefold()}", "outlet", shown, lemma)
    if lemma in lexicon.words("press") and lemma != "agency":
        return Voice(f"outlet {lemma}", "outlet", groups.name(head), lemma)
    owner = next((t for t in head.lefts if t.dep_ in ("compound", "poss", "nmod") and naming.capital(t)), None)
    if owner is None or lemma not in lexicon.words("press_works"):
        return None
    outlet = names.outlet(naming.run(owner)) or outlet_name(naming.run(owner))
    return Voice(f"outlet {outlet.casefold()}", "outlet", outlet, lemma) if outlet is not None else None


def _sender(head: Token, names: Names, place: str) -> Voice | None:
    """Whose a message is: "a statement by the navy", "the movement's leaflet", "a message attributed to the front"."""
    if head.lemma_.casefold() not in lexicon.words("messages"):
        return None
    for child in head.children:
        if child.dep_ == "poss" and child.pos_ in ("NOUN", "PROPN"):
            return of_head(child, names, place)
        sent = child.dep_ == "acl" and child.lemma_ in lexicon.words("sending")
        link = next((c for c in child.children if c.dep_ in ("prep", "agent")), child) if sent else child
        if (link.lower_ in ("by", "from") or (sent and link.lower_ == "to")) and link.dep_ in ("prep", "agent"):
            inner = next((c for c in link.children if c.dep_ == "pobj"), None)
            if inner is not None and inner.pos_ in ("NOUN", "PROPN"):
                return of_head(inner, names, place)
    return None


def _by_noun(head: Token, names: Names, place: str) -> Voice | None:
    """What the noun itself tells: a body, those who speak for one, a document, or people."""
    lemma = head.lemma_.casefold()
    if people.is_spokesperson(lemma):
        return _spoken_for(head, names)
    compounds = [c.lemma_.casefold() for c in head.lefts if c.dep_ == "compound"]
    kind = (people.role_kind(" ".join([*compounds, lemma])) if compounds else None) or people.role_kind(lemma)
    if kind == "named_body" and not _is_band(head):
        return replace(body(bodies.common(head, names), lemma), plural=groups.is_plural(head))
    if kind == "document":
        return Voice(f"document {lemma}", "document", groups.document(head), lemma)
    if kind == "outlet" or (kind is None and not groups.is_animate(head)):
        return None
    people_kind = kind if kind in ("anonymous", "witness") else "anonymous"
    more = groups.joined(head)
    return Voice(
        key=f"{people_kind} {lemma} {place}",
        kind=people_kind,
        name=groups.name(head) if more is None else f"{groups.short_name(head)} and {groups.name(more)}",
        head=lemma,
        count=groups.quantity(head) if more is None else groups.sum_of(head, more),
        plural=groups.is_plural(head) or more is not None,
        gender=gender(lemma),
        short=groups.short_name(head),
    )


def _is_band(head: Token) -> bool:
    """Whether the words tell of some gang without its name: "a gang", "two groups"."""
    return head.lemma_.casefold() in lexicon.words("bands") and not groups.is_definite(head)


def _spoken_for(head: Token, names: Names) -> Voice | None:
    """A spokesman without a name: the body he speaks for, None where the words do not name one."""
    name = bodies.affiliation(head, names)
    return body(name, head.lemma_.casefold(), str(head.text)) if name is not None else None
