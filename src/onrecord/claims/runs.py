"""How far a name reaches around one of its words."""

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.wording import people, places

_LINKS = frozenset({"of", "for", "on", "and", "&"})
_KNOWN = "names that end at a token"


def run(head: Token) -> str:
    """The name that ends with a token, in capitals, with "of Defence" behind it."""
    known: dict[int, str] = head.doc.user_data.setdefault(_KNOWN, {})
    if head.i not in known:
        # Asked for again and again, by everything that looks for names
        known[head.i] = str(head.doc[_run_start(head) : _run_end(head) + 1].text)
    return known[head.i]


def run_start(head: Token) -> int:
    """The number of the token that the name begins with."""
    return _run_start(head)


def capital(token: Token) -> bool:
    """Whether the token is a word with a capital that is no pronoun or article."""
    return token.text[:1].isupper() and token.pos_ not in ("DET", "PRON", "ADP", "SCONJ", "CCONJ", "VERB", "AUX", "ADV")


def described_as_person(head: Token) -> bool:
    """Whether what is joined to a name tells of a person: "Ana Torvik, the minister", "Ana Torvik, 41", "harbour master
    Ana Torvik".
    """
    return any(_describes_person(child) for child in head.children)


def _describes_person(child: Token) -> bool:
    if child.dep_ == "relcl":
        return any(c.lower_ == "who" for c in child.children)
    lemma = child.lemma_.casefold()
    person = (
        people.role_kind(lemma) in ("anonymous", "witness") or people.is_spokesperson(lemma) or people.is_title(lemma)
    )
    if child.dep_ == "compound":
        return person and child.text.islower()
    if child.dep_ == "nmod":
        return lemma in lexicon.words("offices") and any(c.lower_ == "of" for c in child.children)
    return bool(child.dep_ == "appos" and (child.like_num or person))


def _run_start(head: Token) -> int:
    i, doc, first = int(head.i), head.doc, head.sent.start
    while i > first:
        left = doc[i - 1]
        if i - 1 > first and ties(left) and doc[i - 2].text[:1].isupper():
            i -= 2
            continue
        owned = left.tag_ == "POS" and head.text in lexicon.words("possessed") and i - 1 > first
        if owned and capital(doc[i - 2]):
            i -= 1
            continue
        joins = (
            left.lower_ in lexicon.words("particles")
            and i - 1 > first
            and capital(doc[i - 2])
            and not left.is_sent_start
        )
        if (
            not (capital(left) or joins)
            or _is_portfolio(left)
            or (left.pos_ == "ADJ" and left.is_sent_start and not left.ent_type_)
            or (left.pos_ == "NOUN" and left.is_sent_start and left.dep_ != "compound")
            or (left.is_sent_start and left.lower_ in lexicon.words("beside_names"))
        ):
            break
        i -= 1
    return i


def ties(mark: Token) -> bool:
    """Whether a mark makes one name of the words beside it: "Adair-Stone", "Harrow & Lind"."""
    if mark.text == "&":
        return True
    return mark.text in ("-", "–") and not mark.whitespace_ and mark.i > 0 and not mark.nbor(-1).whitespace_


def _is_portfolio(word: Token) -> bool:
    """Whether a capital before a name belongs to the office: "Defence" in "Minister of Defence Tova Rell"."""
    of = word.head
    return bool(word.dep_ == "pobj" and of.lower_ == "of" and of.head.lemma_.casefold() in lexicon.words("offices"))


def _run_end(head: Token) -> int:
    """Over "& Holt", over "of Defence" where the head can be part of a body's name, and over "of the Delta" behind a
    name that has an article: no person's has one.
    """
    i, doc, end = int(head.i), head.doc, head.sent.end
    while i + 2 < end and ties(doc[i + 1]) and doc[i + 2].text[:1].isupper():
        i += 2
    bodily = people.is_body_word(head.lower_) or head.text in lexicon.words("opening")
    if not bodily and not _is_articled(head):
        return i
    if i + 2 >= end or (doc[i + 1].lower_ not in _LINKS if bodily else doc[i + 1].lower_ != "of"):
        return i
    behind = i + 3 if doc[i + 2].lower_ == "the" and doc[i + 1].lower_ == "of" and i + 3 < end else i + 2
    if not capital(doc[behind]) or (doc[i + 1].dep_ == "cc" and doc[behind].text in lexicon.words("opening")):
        return i
    if behind > i + 2 and bodily and _is_place(doc[behind]):
        return i
    i = behind
    while i + 1 < end and capital(doc[i + 1]):
        i += 1
    return i


def _is_articled(head: Token) -> bool:
    """Whether a name has an article, and is no office or day: "the Sons", but not "the Mayor"."""
    articled = any(c.lower_ == "the" for c in head.lefts)
    return articled and capital(head) and not people.is_title(head.text) and head.ent_type_ not in ("DATE", "TIME")


def _is_place(token: Token) -> bool:
    return token.ent_type_ in ("GPE", "LOC") or places.country_of(token.text) is not None
