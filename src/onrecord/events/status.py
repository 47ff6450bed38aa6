"""Whether an act is told as done, planned, possible, denied: read from the words that govern it in the sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from spacy.tokens import Token

from onrecord.errors import BadTable
from onrecord.records import Stance, Status
from onrecord.wording import shelf

Over = Literal["infinitive", "clause", "object", "subject"]
Cue = Status | Literal["future", "conditional", "progressive", "purpose", "refuted"]

_CLAUSAL = frozenset({"xcomp", "ccomp", "acl", "pcomp"})
_OBJECT = frozenset({"dobj", "nsubjpass", "pobj", "attr", "dative", "oprd"})
_SUBJECT = frozenset({"nsubj"})
_LOOSE = frozenset({"relcl", "advcl", "parataxis", "appos"})
_APART = frozenset(
    {"after", "since", "during", "following", "despite", "until", "because", "amid", "before", "like", "than"}
)
_ABOUT = frozenset({"for", "of", "about", "from"})
_UNDOING: frozenset[Cue] = frozenset({"denied", "negated"})
_VERBAL = frozenset({"VERB", "AUX"})
_ORDER: tuple[Status, ...] = (
    "hypothetical", "denied", "unknown", "negated", "threatened", "attempted", "possible", "planned", "ongoing",
)  # fmt: skip
"""Of several cues above one act, the first of these decides."""

_SCORES: dict[Status, float] = {
    "happened": 2.7, "ongoing": 2.6, "attempted": 0.3, "planned": 0.5, "threatened": -1.6, "possible": -0.6,
    "hypothetical": -1.5, "denied": -2.2, "negated": -1.6, "unknown": 0.6,
}  # fmt: skip
_REMOTE = -0.8
"""A negation further up than the word's own clause leaves much open."""
_FUTURE = -1.5
"""What is to come has not happened."""
_ORDERED = -1.6
_ASKED = 0.5
"""Orders are not done when they are spoken; questions leave it open."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known around an act. stance: of the claim that holds it, or None. planned: the story has told of a plan
    for such an act. headline: the present tense tells what is done. claimed: somebody other than the narrator says it.
    """

    stance: Stance | None = None
    planned: bool = False
    headline: bool = False
    claimed: bool = False


PLAIN = Scope()


@dataclass(frozen=True, slots=True)
class _Table:
    verbs: dict[str, tuple[tuple[Status, frozenset[Over]], ...]]
    nouns: dict[str, tuple[tuple[Status, frozenset[Over]], ...]]
    modals: dict[str, str]
    marks: dict[str, Status]
    words: dict[str, frozenset[str]]


def of(trigger: Token, scope: Scope = PLAIN) -> Status:
    """The status of the act that the word names. A finished act is happened, whoever tells of it."""
    cues = set(_cues(trigger))
    if scope.stance == "denies":
        return "denied"
    if "refuted" in cues:
        return "negated"
    if "hypothetical" in cues and "future" in cues and "conditional" not in cues:
        cues.discard("hypothetical")
        cues.add("threatened")
    if scope.stance == "threatens" and not cues & {"hypothetical", "negated", "denied"}:
        return "threatened"
    for status in _ORDER:
        if status in cues:
            return _settled(status, cues, scope)
    return _timed(cues, scope)


def certainty(trigger: Token) -> float:
    """How sure the words that govern it are that the word's event happened: 3 it did, -3 it did not, between them less
    sure.
    """
    told = of(trigger)
    if told == "negated" and not _negative(clause_of(trigger)):
        return _REMOTE
    if told == "happened" and _commanded(trigger):
        return _ORDERED
    if told == "happened" and trigger.sent.text.rstrip().endswith("?"):
        return _ASKED
    if told == "planned" and "future" in set(_cues(trigger)):
        return _FUTURE
    return _SCORES[told]


def clause_of(word: Token) -> Token:
    """The nearest verb above a word, or the word."""
    while word.pos_ not in _VERBAL and word.head != word:
        word = word.head
    return word


def _commanded(trigger: Token) -> bool:
    """Whether the word hangs on a bare verb without a subject: an order or advice."""
    verb = clause_of(trigger)
    plain = verb.tag_ == "VB" and not any(
        child.dep_ in {"nsubj", "nsubjpass", "aux", "expl"} for child in verb.children
    )
    return plain and verb.dep_ in {"ROOT", "conj", "ccomp"}


def _settled(status: Status, cues: set[Cue], scope: Scope) -> Status:
    if status == "ongoing" and (scope.headline or cues & {"future", "conditional", "purpose"}):
        return _timed(cues, scope)
    return status


def _timed(cues: set[Cue], scope: Scope) -> Status:
    """The status that tense gives where no word decides."""
    if "future" in cues:
        return "planned"
    if "conditional" in cues:
        return "planned" if scope.planned or scope.claimed else "possible"
    if "purpose" in cues:
        return "planned"
    if "progressive" in cues:
        return "ongoing"
    return "happened"


def _cues(trigger: Token) -> Iterator[Cue]:
    """What is said of the act, from the word itself up to the head of its sentence."""
    node, presupposed = trigger, False
    yield from _own(node)
    while node.head != node:
        verb = _verb_without_subject(node)
        if verb is not None:
            # What is said of a subject holds for the act, whatever the parser took the noun for
            yield from (told for told, over in _table().verbs.get(verb.lemma_.lower(), ()) if "object" in over)
            yield from _own(verb)
            return
        head = node.head
        presupposed = presupposed or _presupposed(node, head)
        yield from _predicated(node, head)
        if node.dep_ in _LOOSE or (node.dep_ == "prep" and node.lower_ in _APART):
            yield from _marked(node)
            if not (node.dep_ == "advcl" and node.tag_ == "VBG" and not _marks(node)):
                return
        governed = set(_governed(node, head))
        if _negative(head) and governed & _UNDOING:
            # "has not ruled out", "does not deny": it may be
            yield "possible"
            node = head
            continue
        yield from governed
        if node.dep_ == "conj" and head.pos_ in _VERBAL:
            if not _helpers_of_its_own(node) and not any(c.lower_ == "but" for c in head.children):
                yield from _passed(head, node, presupposed)
        elif node.dep_ != "ccomp":
            yield from _passed(head, node, presupposed)
        elif _negative(head) and head.lemma_.lower() in _table().words["saying"]:
            yield "unknown"
        node = head


def _predicated(node: Token, head: Token) -> Iterator[Cue]:
    """What the verb "be" says of its subject ("further raids are possible", "posts about a blast were false"), and what
    a subject that carries rumours says of all under its verb ("posts spoke of gunfire").
    """
    lists = _table().words
    if node.dep_ == "nsubj" and head.lemma_ == "be":
        for child in head.children:
            if child.dep_ not in {"acomp", "attr"}:
                continue
            if child.lower_ in lists["refuting"]:
                yield "happened" if _negative(head) else "refuted"
            yield from _described(child)
    elif (
        head.pos_ in _VERBAL
        and head.lemma_.lower() in lists["rumoured"]
        and any(child.dep_ == "nsubj" and child.lemma_.lower() in lists["rumours"] for child in head.children)
    ):
        yield "unknown"


def _verb_without_subject(node: Token) -> Token | None:
    """The sentence's verb, where the parser hung its subject on a name before it: "according to X, a landing is not
    planned" with the landing beside X.
    """
    root = node.sent.root
    if node.dep_ not in {"appos", "conj"} or node.pos_ not in {"NOUN", "PROPN"} or root.pos_ not in _VERBAL:
        return None
    if any(child.dep_ in {"nsubj", "nsubjpass", "csubj", "expl"} for child in root.children):
        return None
    comma = node.left_edge.i > node.sent.start and node.left_edge.nbor(-1).text == ","
    between = root.doc[node.right_edge.i + 1 : root.i]
    return root if comma and node.i < root.i and all(t.head == root for t in between) else None


def _presupposed(node: Token, head: Token) -> bool:
    """Whether what is denied above leaves the act untouched: nobody hurt in a raid, no claim for a bombing."""
    if node.dep_ != "prep":
        return False
    return head.pos_ not in {"NOUN", "PROPN"} or head.lemma_.lower() not in _table().nouns


def _passed(head: Token, below: Token, presupposed: bool) -> Iterator[Cue]:
    """What is said of a word and holds of the one below it too."""
    for cue in _own(head):
        if cue == "progressive" and below.dep_ not in {"nsubj", "dobj", "nsubjpass", "conj", "advcl"}:
            continue
        if cue in {"negated", "possible"} and (presupposed or (cue == "negated" and _described_by(head, below))):
            continue
        yield cue


def _described_by(verb: Token, subject: Token) -> bool:
    """Whether the verb only says what the act is like ("the shooting was not random")."""
    return (
        verb.lemma_ == "be"
        and subject.dep_ == "nsubj"
        and any(child.dep_ in {"acomp", "attr"} for child in verb.children)
    )


def _own(token: Token) -> Iterator[Cue]:
    lists = _table().words
    if token.pos_ in _VERBAL or token.tag_.startswith("VB"):
        yield from _modality(token)
        yield from _conditions(token)
        if _negative(token):
            yield "ongoing" if token.lemma_.lower() in lists["ending"] else "negated"
    else:
        if any(told == "attempted" for told, _ in _table().nouns.get(token.lemma_.lower(), ())):
            yield "attempted"
        for child in token.children:
            if child.dep_ in {"amod", "compound", "advmod"}:
                yield from _described(child)
            if child.dep_ in {"det", "neg"} and child.lower_ in lists["nobody"]:
                yield "negated"
    if any(child.lower_ in lists["hedges"] for child in token.children if child.dep_ == "advmod"):
        yield "possible"
    if any(child.lower_ in lists["almost"] for child in token.children if child.dep_ == "advmod"):
        yield "attempted"


def _described(word: Token) -> Iterator[Cue]:
    lists = _table().words
    for status in ("planned", "possible", "attempted", "threatened", "unknown", "hypothetical"):
        if word.lower_ in lists[f"{status}_noun"]:
            yield status


def _modality(verb: Token) -> Iterator[Cue]:
    table = _table()
    helpers = _helpers(verb)
    for helper in helpers:
        modal = table.modals.get(helper.lower_)
        if modal in {"possible", "future", "conditional"}:
            yield cast("Cue", modal)
    lower = {helper.lower_ for helper in helpers}
    infinitive = verb.tag_ == "VB" or (verb.tag_ == "VBN" and "be" in lower)
    if "to" in lower and infinitive and verb.dep_ in {"advcl", "ROOT", "relcl", "acl", "ccomp"}:
        yield "purpose"
    if (
        (verb.tag_ == "VBG" and lower & {"is", "are", "am", "'s", "'re", "’s", "’re", "been", "were", "was", "being"})
        or (lower & {"being"} and verb.tag_ == "VBN")
        or (verb.lemma_.lower() in table.words["ongoing_state"] and _lasting(verb, lower))
    ):
        yield "progressive"


def _lasting(verb: Token, helpers: set[str]) -> bool:
    """Whether a verb of holding or keeping is told as still true."""
    if any(child.lower_ in _table().words["still"] for child in verb.children):
        return True
    since = any(child.lower_ == "since" for child in verb.children)
    perfect = bool(helpers & {"has", "have", "'ve"})
    return (since and perfect) or verb.tag_ in {"VBZ", "VBP"}


def _helpers(verb: Token) -> list[Token]:
    """The auxiliaries of a verb; one joined to another verb shares those of the first unless it has its own."""
    own = [child for child in verb.children if child.dep_ in {"aux", "auxpass"}]
    shares = verb.dep_ == "conj" and verb.head.pos_ in _VERBAL and verb.tag_ == verb.head.tag_
    if own or not shares or any(c.dep_.startswith("nsubj") for c in verb.children):
        return own
    return _helpers(verb.head)


def _helpers_of_its_own(verb: Token) -> bool:
    return any(child.dep_ in {"aux", "auxpass"} or child.dep_.startswith("nsubj") for child in verb.children)


def _conditions(verb: Token) -> Iterator[Cue]:
    for child in verb.children:
        if child.dep_ != "advcl":
            continue
        if child.lemma_ == "reach" and "before" in _marks(child):
            # "was shot down before it reached the depot"
            yield "attempted"
        if _inverted(child) or any(_table().marks.get(mark) == "hypothetical" for mark in _marks(child)):
            yield "hypothetical"


def _inverted(clause: Token) -> bool:
    """Whether a clause opens with its auxiliary ("were the dam to break")."""
    first = min(clause.subtree, key=lambda token: int(token.i))
    return first.dep_ in {"aux", "auxpass"} and first.lower_ in {"were", "should", "had"}


def _marks(clause: Token) -> list[str]:
    return [child.lower_ for child in clause.children if child.dep_ in {"mark", "advmod"}]


def _marked(clause: Token) -> Iterator[Cue]:
    """What the word that opens a loose clause says of it."""
    above = clause.head.head if clause.dep_ == "relcl" else clause
    # "were the dam to be hit": the model hangs "to be hit" on the noun
    if above.dep_ == "advcl" and (_inverted(above) or (above != clause and above.text == "Were")):
        yield "hypothetical"
    for mark in _marks(clause):
        status = _table().marks.get(mark)
        if status is not None:
            yield status


def _governed(node: Token, head: Token) -> Iterator[Cue]:
    if any(mark == "whether" for mark in _marks(node)) and node.dep_ in _CLAUSAL | {"csubj", "advcl"}:
        yield "unknown"
    over = _relation(node, head)
    if over is None:
        return
    table = _table()
    rows = table.nouns if head.pos_ in {"NOUN", "PROPN"} else table.verbs
    for status, through in rows.get(head.lemma_.lower(), ()):
        if over in through:
            yield status


def _relation(node: Token, head: Token) -> Over | None:
    if node.dep_ == "acl" and node.tag_ in {"VBN", "VBD"}:
        return None
    if node.dep_ in _CLAUSAL or node.dep_ in {"csubj", "csubjpass"}:
        return (
            "infinitive"
            if node.dep_ != "ccomp" or any(c.lower_ == "to" and c.dep_ == "aux" for c in node.children)
            else "clause"
        )
    if node.dep_ == "prep" and head.pos_ in _VERBAL:
        return "object" if node.lower_ in _ABOUT else None
    if node.dep_ in _OBJECT or node.dep_ == "prep" or (node.dep_ == "compound" and head.pos_ == "NOUN"):
        return "object"
    if node.dep_ in _SUBJECT:
        return "subject" if head.pos_ in _VERBAL and head.lemma_ != "be" else None
    return None


def _negative(verb: Token) -> bool:
    lists = _table().words
    for child in verb.children:
        if child.dep_ == "neg" or child.lower_ in lists["negation"]:
            return True
        if child.dep_ in {"nsubj", "nsubjpass", "dobj", "attr"} and (
            child.lower_ in lists["nobody"]
            or any(c.lower_ in lists["nobody"] for c in child.children if c.dep_ in {"det", "neg"})
        ):
            return True
    return False


@cache
def _table() -> _Table:
    data = shelf.toml("status.toml")
    verbs: dict[str, list[tuple[Status, frozenset[Over]]]] = {}
    nouns: dict[str, list[tuple[Status, frozenset[Over]]]] = {}
    for group in data["governor"]:
        if group["status"] not in get_args(Status):
            raise BadTable(f"status.toml: {group['status']!r} is no status")
        row = (cast("Status", group["status"]), frozenset(cast("list[Over]", group.get("over", get_args(Over)))))
        for word in group["words"]:
            (nouns if group.get("nouns") else verbs).setdefault(word, []).append(row)
    return _Table(
        verbs={word: tuple(rows) for word, rows in verbs.items()},
        nouns={word: tuple(rows) for word, rows in nouns.items()},
        modals={word: name for name, words in data["modals"].items() for word in words},
        marks={word: name for name, words in data["marks"].items() for word in words},
        words={name: frozenset(words) for name, words in data["words"].items()},
    )


def words(name: str) -> frozenset[str]:
    """The words of a list of status.toml: "saying" are lemmas of the verbs that report what follows them."""
    return _table().words[name]


def governs(verb: Token) -> bool:
    """Whether the verb says of an act below it that it is planned, feared, called off and the like."""
    return verb.lemma_.lower() in _table().verbs
