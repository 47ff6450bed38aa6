"""How people without a name are worded, and how many they are."""

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.claims import names as naming
from onrecord.records import Quantity
from onrecord.wording import numbers, people

ONE = Quantity(1)
_KEPT = frozenset({"of", "at", "in", "from", "to", "on", "within", "inside", "near", "for"})
_DEFINITE = frozenset({"the", "that", "this", "these", "those", "both"})
_DROPPED = frozenset({"on board", "on duty"})
_BEFORE = ("det", "predet", "amod", "compound", "nummod", "poss", "nmod", "quantmod", "advmod", "neg")
_COUNTING = ("nummod", "amod", "det", "quantmod")
_SPEAKING = frozenset({"speak", "talk", "tell"})
_NEAR_CONJUNCT = 8
_MOST_JOINED = 5
_SHORT_CLAUSE = 5
_UNLIKE_PEOPLE = ("tion", "ment", "ness", "ity", "ing", "ism", "ure", "ship")


def is_definite(head: Token) -> bool:
    """Whether the words point back: "the official", "both officials"."""
    return any(c.dep_ in ("det", "predet") and c.lower_ in _DEFINITE for c in head.children)


def is_plural(head: Token) -> bool:
    """Whether the noun tells of more than one."""
    return bool(head.tag_ == "NNS" or head.lower_ == "people")


def is_animate(head: Token) -> bool:
    """Whether a noun that no table holds can be people: not a thing, an act or a time."""
    timely = head.ent_type_ in ("DATE", "TIME", "MONEY", "PERCENT")
    return not timely and not head.lemma_.casefold().endswith(_UNLIKE_PEOPLE)


def first(head: Token) -> Token:
    """The first token of a noun phrase, without what the parser hung on it from elsewhere."""
    near = [c.left_edge for c in head.lefts if c.dep_ in _BEFORE]
    return min([token for token in near if _is_close(token, head)], key=lambda token: token.i, default=head)


def _is_close(token: Token, head: Token) -> bool:
    between = head.doc[token.i : head.i]
    return not any(
        (t.is_quote and t.tag_ != "POS") or t.text in (";", ":") or t.tag_ in ("VBD", "VBZ", "VBP", "MD")
        for t in between
    )


def quantity(head: Token) -> Quantity:
    """How many a noun phrase tells of: its number, one for a singular, the bare plural for a plural and for a gang."""
    if not is_plural(head) and head.lemma_.casefold() in lexicon.words("bands"):
        return numbers.BARE_PLURAL
    if not is_plural(head):
        return ONE
    worded = [str(head.doc[first(head).i : head.i].text)]
    worded += [str(head.doc[c.left_edge.i : c.i + 1].text) for c in head.lefts if c.dep_ in _COUNTING]
    found = next((parsed for words in worded if words and (parsed := numbers.parse(words)) is not None), None)
    return found if found is not None else numbers.BARE_PLURAL


def joined(head: Token) -> list[Token]:
    """The nouns of other groups that speak with the first: "two officials, a diplomat and a former minister"."""
    found: list[Token] = []
    at = head
    while len(found) < _MOST_JOINED:
        others = [c for c in at.rights if c.dep_ == "conj" and c.pos_ == "NOUN" and c.i - at.i < _NEAR_CONJUNCT]
        other = next((c for c in others if people.role_kind(c.lemma_) in ("anonymous", "witness")), None)
        if other is None:
            break
        found.append(other)
        at = other
    return found


def together(head: Token, others: list[Token]) -> str:
    """Groups that speak together by one name: "two officials, a diplomat and a former minister of Verania"."""
    first_ones = ", ".join(short_name(noun) for noun in [head, *others[:-1]])
    return f"{first_ones} and {name(others[-1])}"


def sum_of(nouns: list[Token]) -> Quantity:
    """How many joined groups are together; a plural without a number where any has none."""
    each = [quantity(noun) for noun in nouns]
    if any(q.number is None or q.modifier or q.upto for q in each):
        return numbers.BARE_PLURAL
    return Quantity(sum(q.number or 0 for q in each))


def amount(head: Token, noun: Token) -> Quantity:
    """How many "dozens of officials" are, from the head and the noun behind "of"."""
    exact = numbers.parse(str(head.doc[head.left_edge.i : head.i + 1].text))
    parsed = exact if exact is not None else numbers.parse(str(head.doc[head.left_edge.i : noun.i].text))
    return parsed if parsed is not None else numbers.BARE_PLURAL


def name(head: Token) -> str:
    """A group as worded, with what tells who they are ("with knowledge of the plan"), without a long clause."""
    doc, end = head.doc, head.i
    while end + 1 < len(doc):
        child = next((c for c in head.rights if c.left_edge.i == end + 1), None)
        if child is None and end == head.i:
            child = _beside(head)
        if child is None or not _belongs(child, head):
            break
        if child.dep_ == "relcl" and child.lemma_ in lexicon.words("taking_part"):
            end = _to_object(child)
            break
        comma = next((t.i for t in doc[child.left_edge.i : child.right_edge.i + 1] if t.text == ","), None)
        if comma is not None:
            end = comma - 1
            break
        end = child.right_edge.i
    spoke = spoken(head)
    end = min(end, spoke.left_edge.i - 1) if spoke is not None else end
    words = _lowered(first(head), str(doc[first(head).i : end + 1].text)) + _site(head, end)
    return words.removeprefix("the ") if head.tag_ == "NNS" else words


def _site(head: Token, end: int) -> str:
    """The place that "there" behind a group means: the one that its sentence named before; "" where it means none."""
    if end != head.i or end + 1 >= head.sent.end or head.doc[end + 1].lower_ != "there":
        return ""
    named = (t for t in reversed(head.doc[head.sent.start : head.i]) if t.lemma_.casefold() in lexicon.words("sites"))
    site = next(named, None)
    if site is None:
        return ""
    the = "the " if any(c.lower_ == "the" for c in site.lefts) else ""
    return f" at {the}{naming.run(site)}" if naming.capital(site) else f" at the {site.lower_}"


def _beside(head: Token) -> Token | None:
    """Where people are, right behind them, though the parser hung it on the verb: "asked four people in the villages"."""
    if head.dep_ != "dobj" or head.i + 1 >= head.sent.end:
        return None
    prep = head.nbor()
    return prep if prep.dep_ == "prep" and prep.lower_ in ("in", "at", "near") and prep.head == head.head else None


def _to_object(verb: Token) -> int:
    """Where "who took part" or "who attended the talks" ends, without what stands behind its object."""
    last = next((c for c in verb.rights if c.dep_ == "dobj"), verb)
    return int(max(last.i, verb.i))


def spoken(head: Token) -> Token | None:
    """The verb of "who spoke to the Post" behind a group, wherever in it the parser hung the clause; None without one."""
    inside = head.doc[head.i + 1 : head.right_edge.i + 1]
    return next((t for t in inside if t.dep_ == "relcl" and t.lemma_ in _SPEAKING), None)


def short_name(head: Token) -> str:
    """A group by its number and noun only: "two Veranian officials"."""
    return _lowered(first(head), str(head.doc[first(head).i : head.i + 1].text)).removeprefix("the ")


def document(head: Token) -> str:
    """A document as worded, without its article."""
    begin = first(head)
    behind = begin.nbor() if begin.pos_ == "DET" and begin.i < head.i else begin
    return _lowered(behind, str(head.doc[behind.i : head.i + 1].text))


def _lowered(begin: Token, words: str) -> str:
    """The words without the capital that only the sentence's start gave them."""
    keeps = begin.pos_ == "PROPN" or (naming.capital(begin) and not begin.is_sent_start)
    return words if keeps else words[:1].lower() + words[1:]


def _belongs(child: Token, head: Token) -> bool:
    doc = child.doc
    if child.dep_ == "prep" and child.lower_ == "with":
        return "knowledge" in str(doc[child.i : child.right_edge.i + 1].text) or head.lemma_ in lexicon.words("generic")
    if child.dep_ == "prep":
        return child.lower_ in _KEPT and str(doc[child.i : child.i + 2].text) not in _DROPPED
    if child.dep_ == "relcl" and child.lemma_ in ("name", "identify"):
        return False
    if child.dep_ == "relcl" and child.lemma_ not in lexicon.words("taking_part"):
        generic = head.lemma_ in lexicon.words("generic")
        if not generic and people.role_kind(head.lemma_) == "witness":
            return False
        return generic or child.right_edge.i - child.left_edge.i < _SHORT_CLAUSE
    return child.dep_ in ("acl", "amod", "relcl")
