"""Which earlier source a pronoun or "the official" stands for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.claims import bands, bodies, groups, later, lexicon, mentions, voices
from onrecord.claims.names import Names
from onrecord.claims.voices import NOBODY, Voice
from onrecord.language.annotated import Sentence
from onrecord.records import Quantity
from onrecord.wording import numbers, outlets, people

_HE = {"he": "m", "she": "f", "his": "m", "her": "f"}
_IT = frozenset({"it", "its"})
_THEY = frozenset({"they", "both", "their"})
_SOME = frozenset({"some", "others", "many", "all"})
_ONE_OF = frozenset({"one", "another"})
_SENDING_KINDS = frozenset({"named_person", "named_body"})
_SPEAKING_KINDS = frozenset({"named_person", "named_body", "document", "outlet"})
_GROUPED_KINDS = frozenset({"anonymous", "witness", "document", "named_person"})
_PERSONS = frozenset({"named_person", "anonymous", "witness"})
_PAPERS = frozenset({"paper"})
_NEAR, _FIRM_NEAR, _FAR = 2, 6, 20

Fits = Callable[[Voice], bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice where it was met. spoke: it was a source there, and not only the subject of a sentence."""

    voice: Voice
    paragraph: int
    sentence: int
    spoke: bool


@dataclass(frozen=True, slots=True)
class Unsure:
    """Two voices fit, so none is taken."""

    reason: str


Resolved = Voice | Unsure | None


class Cast:
    """The voices of one story in the order in which they are met. Made for one reading and thrown away with it.
    genders, roles: what was told of a voice, by its key. sent: whose message a noun means ("the statement").
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self._later = later.gather(names.story, names) if names.story is not None else None
        self._bands = bands.named(names.story, names) if names.story is not None else ()
        self._now = 0
        self._places: dict[tuple[int, str], int] = {}
        self._heard: list[Heard] = []
        self._mentioned: list[Heard] = []
        self._genders: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._sent: dict[str, Voice] = {}

    def hear(self, voice: Voice, sentence: Sentence, *, spoke: bool) -> None:
        """Note a voice."""
        if voice.role:
            self._roles[voice.key] = voice.role
        if voice.kind != "narrator" and voice is not NOBODY:
            self._heard.append(Heard(voice, sentence.paragraph, sentence.index, spoke))
        if spoke and voice.kind in _SENDING_KINDS:
            for token in sentence.syntax:
                if token.pos_ == "NOUN" and token.lemma_.casefold() in lexicon.words("messages"):
                    self._sent[token.lemma_.casefold()] = voice

    def described(self, voice: Voice) -> Voice:
        """The voice with what any place of the story tells of it: a person's role and body, the name behind a role, the
        people on whose word an outlet reports.
        """
        if self._later is not None:
            voice = later.identified(voice, self._later)
            voice = later.on_word(voice, self._later) or voice
        if voice.kind != "named_person" or (voice.role and voice.affiliation):
            return voice
        same = [h.voice for h in self._heard if h.voice.key == voice.key]
        role = voice.role or next((v.role for v in same if v.role), None)
        return replace(voice, role=role, affiliation=voice.affiliation or mentions.only({v.affiliation for v in same}))

    def met(self, sentence: Sentence) -> None:
        """Note who a sentence is about, so that "he" in the next one can mean him."""
        for token in sentence.syntax:
            if not mentions.is_about(token):
                if mentions.is_named(token):
                    self._mention(token, sentence)
                continue
            voice = self._read(token, sentence)
            if voice is not None and (voice.kind in _SPEAKING_KINDS or people.role_kind(voice.head)):
                self.hear(self._same_group(token, voice) or voice, sentence, spoke=False)
            elif voice is None:
                self._hear_owner(token, sentence)

    def _mention(self, token: Token, sentence: Sentence) -> None:
        voice = self._read(token, sentence)
        dated = token.ent_type_ in ("DATE", "TIME") or token.text.isupper()
        if voice is not None and voice.kind == "named_body" and not dated:
            self._mentioned.append(Heard(voice, sentence.paragraph, sentence.index, spoke=False))

    def _hear_owner(self, token: Token, sentence: Sentence) -> None:
        """Whose the thing is that a sentence is about: "Torvik's own warning was blunter"."""
        owner = next((c for c in token.children if c.dep_ == "poss" and c.pos_ == "PROPN"), None)
        voice = self._read(owner, sentence) if owner is not None else None
        if voice is not None and voice.kind == "named_person":
            self.hear(voice, sentence, spoke=False)

    def resolve(self, head: Token, sentence: Sentence) -> Resolved:
        """The voice that a noun phrase means, from its head; None where the words name no source."""
        self._now = head.i
        found = self._meant(mentions.nominal(head), sentence)
        if isinstance(found, Voice) and self._later is not None:
            found = later.identified(found, self._later)
        if isinstance(found, Voice) and found.kind == "outlet":
            told = sentence.text.casefold()
            found = replace(found, itself=any(words in told for words in lexicon.words("own_matters")))
        if isinstance(found, Voice):
            self._places.setdefault((sentence.index, found.key), head.i)
        return found

    def _meant(self, head: Token, sentence: Sentence) -> Resolved:
        lower = head.lower_
        if lower in _HE:
            return self._singular(_HE[lower], sentence)
        if lower in _IT:
            return self._it(head, sentence)
        if lower in _THEY:
            pair = self._latest(sentence, lambda v: v.plural and v.count == Quantity(2)) if lower == "both" else None
            return pair or self._latest(sentence, mentions.is_many)
        if lower in _ONE_OF and head.pos_ != "PROPN":
            return self._one_of(head, sentence)
        return self._number(head, sentence) if head.pos_ == "NUM" else self._worded(head, sentence)

    def _worded(self, head: Token, sentence: Sentence) -> Resolved:
        """Whom a noun means, or a pronoun that points to nobody before: "others"."""
        lower = head.lower_
        if lower in lexicon.words("some") and head.pos_ != "PROPN":
            return voices.pronoun(head, self.names, str(sentence.index))
        silent = lower in _SOME or head.pos_ == "PRON" or head.tag_ in ("WP", "WDT", "EX")
        return None if silent else self._noun(head, sentence)

    def _read(self, head: Token, sentence: Sentence) -> Voice | None:
        return voices.of_head(head, self.names, str(sentence.index))

    def _noun(self, head: Token, sentence: Sentence) -> Resolved:
        sender = voices.sender(head)
        sent = self.resolve(sender, sentence) if sender is not None else None
        if sent is not None and not (isinstance(sent, Voice) and not voices.is_sender(sent)):
            return sent
        voice, lemma = self._read(head, sentence), head.lemma_.casefold()
        if people.is_spokesperson(lemma) and (voice is None or voice.kind == "named_body"):
            return self._spokesman(head, voice, sentence)
        if voice is None:
            return None
        if lemma in _PAPERS and voice.kind == "outlet" and voice.head == lemma:
            voice = self._paper(voice, head)
        if mentions.is_owned(head) and voice.kind in ("named_person", "named_body"):
            return self._owned(voice, head, sentence)
        return self._pointed(voice, head, sentence) if groups.is_definite(head) else voice

    def _owned(self, voice: Voice, head: Token, sentence: Sentence) -> Voice:
        """Who belongs to one met before: "its spokesman, Idris Torvik", "his office"."""
        if voice.kind == "named_body":
            return self._owned_body(voice, head, sentence)
        owner = self._owner(head, sentence) if voice.affiliation is None else None
        belongs = owner.name if isinstance(owner, Voice) and owner.kind == "named_body" else None
        return replace(voice, affiliation=belongs) if belongs else voice

    def _pointed(self, voice: Voice, head: Token, sentence: Sentence) -> Resolved:
        """Whom words with "the" point back to."""
        lemma = head.lemma_.casefold()
        if voice.kind == "document" and lemma in self._sent:
            return self._sent[lemma]
        if voice.kind == "document" and people.role_kind(lemma) is None:
            near = self._latest(sentence, lambda v: v.kind in _SENDING_KINDS, reach=0)
            return near if isinstance(near, Voice) else voice
        if head.pos_ != "PROPN" and lemma in lexicon.words("press"):
            return self._outlet(voice, lemma)
        bare = voice.kind == "named_body" and (voice.name or "").casefold() == head.lower_
        band = self._band(voice, sentence) if bare and lemma in lexicon.words("armed") else None
        return band or self._same_group(head, voice) or self._longer_body(voice, head, sentence)

    def _band(self, voice: Voice, sentence: Sentence) -> Resolved:
        """The armed group that "the rebels" means: the only one of the story, else the only one met last; None where the
        story names none.
        """
        if not self._bands:
            return None
        if len(self._bands) == 1:
            return voices.body(self._bands[0], voice.head)
        return self._latest(sentence, lambda v: v.kind == "named_body" and v.name in self._bands, spoke=False)

    def _paper(self, voice: Voice, head: Token) -> Voice:
        """A newspaper, or some papers: "court papers", "a paper prepared for the cabinet"."""
        if (voice.name or "")[:1].isupper():
            return voice
        described = any(c.dep_ in ("amod", "compound", "nummod", "acl") for c in head.children)
        met = any(v.kind == "outlet" for v in self._backwards())
        is_paper = described or groups.is_plural(head) or not met
        return Voice(f"document {voice.head}", "document", groups.document(head), voice.head) if is_paper else voice

    def _outlet(self, voice: Voice, noun: str) -> Voice:
        """The outlet met last that "the station" can mean; a noun that no outlet of the story fits stays as it is."""
        sort = outlets.noun_sort(noun)
        met = [v for v in self._backwards() if v.kind == "outlet" and v.head not in lexicon.words("press")]
        if voice.kind == "outlet" and voice.head != noun:
            return voice
        alike = [v for v in met if sort is not None and outlets.sort(v.name or "") == sort]
        open_to = [v for v in met if sort is None or outlets.sort(v.name or "") is None]
        return next(iter([*alike, *open_to]), voice) if voice.kind == "outlet" or alike else voice

    def _owner(self, head: Token, sentence: Sentence) -> Resolved:
        """Whom "its" or "his" before a noun means: the body that the sentence told of before, else the one met last."""
        word = next(c.lower_ for c in head.children if c.dep_ == "poss" and c.lower_ in mentions.OWNERS)
        if word in _HE:
            return self._singular(_HE[word], sentence)
        if word == "its":
            for token in sentence.syntax:
                before = token.i < head.left_edge.i and token.dep_ in ("nsubj", "nsubjpass")
                if before and token.pos_ in ("PROPN", "NOUN"):
                    voice = self._read(token, sentence)
                    if voice is not None and voice.kind == "named_body" and not voice.plural:
                        found = self._longer_body(voice, token, sentence)
                        return found if isinstance(found, Voice) else voice
        return self._latest(sentence, lambda v: v.kind == "named_body" or bool(v.affiliation), spoke=False)

    def _owned_body(self, voice: Voice, head: Token, sentence: Sentence) -> Voice:
        """The body that belongs to the one met last: "his office" is the Presidency, "her organisation" hers."""
        owner, noun = self._owner(head, sentence), head.lemma_.casefold()
        if not isinstance(owner, Voice) or owner.name is None or (voice.name or "").casefold() != head.lower_:
            return voice
        if owner.kind == "named_body" and owner.name[:1].islower():
            return voice
        if owner.kind == "named_body":
            return voices.body(self.names.of_place(owner.name, head.lower_), noun)
        if owner.kind != "named_person":
            return voice
        roles = [owner.role or "", *self.names.held_by(owner.name)]
        if noun == "ministry":
            portfolios = {role.casefold() for role in roles if role.casefold().endswith(" minister")}
            found = {
                bodies.filed(role.title().removesuffix("Minister") + "Ministry", self.names) for role in portfolios
            }
        elif noun == "office":
            found = {seat for role in roles if (seat := people.seat(role)) is not None} or {f"{owner.name}'s office"}
        else:
            found = {owner.affiliation} if owner.affiliation else set()
        return voices.body(found.pop(), noun) if len(found) == 1 else voice

    def _spokesman(self, head: Token, voice: Voice | None, sentence: Sentence) -> Resolved:
        """The spokesman: "its spokesman" speaks for the body met last, "the spokesman" is a named one met before."""
        if mentions.is_owned(head):
            return _body_of(self._owner(head, sentence))
        if voice is not None or not groups.is_definite(head):
            return voice
        lemma = head.lemma_.casefold()
        named = (v for v in self._backwards() if v.role and v.role.casefold().endswith(lemma))
        found = next(named, None)
        return found if found is not None else self._latest(sentence, lambda v: v.kind == "named_body")

    def _same_group(self, head: Token, voice: Voice) -> Voice | None:
        """The last group or person with the noun of "the official", if the number agrees. "The former official" is none
        of the current ones, and can be part of a group that speaks together.
        """
        if voice.kind not in _GROUPED_KINDS or not groups.is_definite(head):
            return None
        lemma = head.lemma_.casefold()
        contrasts = [c.lower_ for c in head.lefts if c.dep_ == "amod" and c.lower_ in lexicon.words("contrasts")]
        for known in self._backwards():
            words = (known.name or "").casefold()
            if any(word not in words.split() for word in contrasts):
                continue
            if known.head == lemma or self._roles.get(known.key, "").casefold().split()[-1:] == [lemma]:
                if known.plural == voice.plural:
                    return known
                part = mentions.single_part(known) if known.plural and contrasts else None
                return replace(voice, name=part, plural=False, count=groups.ONE) if part is not None else None
        return None

    def _longer_body(self, voice: Voice, head: Token, sentence: Sentence) -> Resolved:
        """The body met last whose name ends like "the movement"; for "the company" also the body met last."""
        bare = voice.kind == "named_body" and head.pos_ != "PROPN" and groups.is_definite(head)
        if not bare or (voice.name or "").casefold() != head.lower_:
            return voice
        lemma = head.lemma_.casefold()
        for known in self._backwards():
            name = (known.name if known.kind == "named_body" else known.affiliation) or ""
            if len(name.split()) > 1 and name.casefold().split()[-1] == lemma:
                return voices.body(name, lemma)
        if lemma not in lexicon.words("firms"):
            return voice
        found = _body_of(
            self._latest(sentence, lambda v: v.kind == "named_body" or bool(v.affiliation), reach=_FIRM_NEAR)
        )
        return found if isinstance(found, Voice) and found.kind == "named_body" else voice

    def _singular(self, gender: str, sentence: Sentence) -> Resolved:
        def fits(voice: Voice) -> bool:
            told = voice.gender or self._genders.get(voice.key)
            return voice.kind in _PERSONS and not voice.plural and told in (None, gender) and bool(voice.name)

        found = self._teller_before(sentence, fits) or self._latest(sentence, fits, spoke=False)
        if isinstance(found, Voice):
            self._genders.setdefault(found.key, gender)
        return found

    def _teller_before(self, sentence: Sentence, fits: Fits) -> Voice | None:
        """The named one who told something earlier in what the parser holds for one sentence, where nobody heard him."""
        found = None
        for token in sentence.syntax:
            told = token.dep_ == "nsubj" and token.head.lemma_ in lexicon.words("telling") and token.head.i < self._now
            if told and token.pos_ == "PROPN" and token.i < self._now:
                voice = self._read(token, sentence)
                found = voice if voice is not None and voice.kind == "named_person" and fits(voice) else found
        return found

    def _it(self, head: Token, sentence: Sentence) -> Resolved:
        """The document met last for a leaflet that "reads"; else the body that the clause before tells of, or the body
        met last.
        """
        if head.head.lemma_ == "read":
            document = self._latest(sentence, lambda v: v.kind == "document", spoke=False)
            if document is not None:
                return document
        if head.i > sentence.syntax.start and head.nbor(-1).is_punct:
            for token in sentence.syntax:
                # "The Red Tide, it says, was asleep" tells of the Red Tide, and not what it says
                parted = token.i == head.i - 2
                if (
                    token.i < head.i
                    and not parted
                    and token.dep_ in ("nsubj", "nsubjpass")
                    and token.pos_ in ("PROPN", "NOUN")
                ):
                    voice = self._read(token, sentence)
                    if voice is not None and voice.kind == "named_body" and not voice.plural:
                        return voice
        spoken = {h.voice.key for h in self._heard if h.spoke and h.voice.kind == "document"}
        found = self._latest(
            sentence, lambda v: (v.kind in ("named_body", "outlet") or v.key in spoken) and not v.plural
        )
        return found if found is not None else self._mentioned_last(sentence)

    def _mentioned_last(self, sentence: Sentence) -> Resolved:
        """The only body that the paragraph named last, in whatever place of a sentence."""
        near = [h for h in self._mentioned if h.paragraph == sentence.paragraph]
        last = {h.voice.key: h.voice for h in near if h.sentence == near[-1].sentence}
        return next(iter(last.values())) if len(last) == 1 else None

    def _one_of(self, head: Token, sentence: Sentence) -> Resolved:
        """One of the group met last: "one of them", "one of the officials", "another"; the one whom words beside it name or
        describe: "one of them, Tova Rell", "one, a net-maker in her sixties".
        """
        inner = mentions.behind_of(head)
        if inner is None and head.pos_ == "NOUN":
            return None
        called = next((c for c in head.rights if c.dep_ == "appos" and c.pos_ == "PROPN"), None)
        known = self._read(called, sentence) if called is not None else None
        if known is not None and known.kind == "named_person":
            return known
        group = self._group_of(inner, sentence)
        described = next((c for c in head.children if c.dep_ == "appos" and c.pos_ == "NOUN"), None)
        if isinstance(group, Voice):
            name, key = f"one of {group.short or group.name}", f"one of {group.key}"
            if inner is None and described is not None:
                name, key = groups.name(described), f"{groups.name(described)}: {group.key}"
            return replace(group, key=key, name=name, count=groups.ONE, plural=False, gender=None)
        return group if group is not None or inner is None else self._one_unmet(head, inner, sentence)

    def _one_unmet(self, head: Token, inner: Token, sentence: Sentence) -> Voice | None:
        """One of a group that was not met before: "one of two engineers"."""
        voice = self._read(inner, sentence) if inner.pos_ == "NOUN" else None
        if voice is None or voice.kind not in _PERSONS:
            return None
        name = str(head.doc[head.i : inner.i + 1].text)
        name = name[:1].lower() + name[1:]
        return replace(voice, key=f"one of {voice.key}", name=name, count=groups.ONE, plural=False)

    def _group_of(self, inner: Token | None, sentence: Sentence) -> Resolved:
        if inner is None or inner.pos_ in ("PRON", "NUM"):
            return self._latest(sentence, lambda v: v.plural and v.kind in _PERSONS)
        voice = self._read(inner, sentence)
        return self._same_group(inner, voice) if voice is not None else None

    def _number(self, head: Token, sentence: Sentence) -> Resolved:
        """The group of that number for "the three"; part of the group met last for "two of them"."""
        wanted = numbers.parse(head.text)
        if groups.is_definite(head):
            return self._latest(sentence, lambda v: v.plural and v.count == wanted, reach=_FAR)
        inner = mentions.behind_of(head)
        group = self._group_of(inner, sentence)
        if group is None and inner is not None and inner.pos_ == "NOUN":
            voice = self._read(inner, sentence)
            if voice is None or voice.kind not in (*_PERSONS, "named_body"):
                return None
            name = groups.name(inner)
            owned = any(c.dep_ in ("poss", "det") for c in inner.children)
            group = replace(
                voice,
                short=f"the {name}"
                if owned and not name.startswith(("the ", "his ", "her ", "its ", "their "))
                else name,
            )
        if not isinstance(group, Voice):
            return group
        name = f"{head.lower_} of {group.short or group.name}"
        return replace(group, key=f"{head.lower_} of {group.key}", name=name, count=wanted)

    def _is_before(self, heard: Heard, sentence: Sentence) -> bool:
        """Whether a voice was met before the words in question: in their own sentence another may come behind them."""
        return heard.sentence != sentence.index or self._places.get((heard.sentence, heard.voice.key), -1) < self._now

    def _backwards(self) -> list[Voice]:
        return [heard.voice for heard in reversed(self._heard)]

    def _latest(self, sentence: Sentence, fits: Fits, *, spoke: bool = True, reach: int = _NEAR) -> Resolved:
        """The voice met last that fits, of this paragraph or the `reach` before it. In the sentence where it was met no
        other may fit. spoke: sources go before others, however much nearer those are.
        """
        near = [h for h in self._heard if sentence.paragraph - h.paragraph <= reach and fits(h.voice)]
        near = [h for h in near if self._is_before(h, sentence)]
        if spoke:
            near = [h for h in near if h.spoke] or near
        if not near:
            return None
        there = [h for h in near if h.sentence == near[-1].sentence]
        found = {h.voice.key: h.voice for h in ([h for h in there if h.spoke] or there)}
        if len(found) == 1:
            return next(iter(found.values()))
        return Unsure("two answers fit: " + " and ".join(sorted(str(voice.name) for voice in found.values())))


def _body_of(found: Resolved) -> Resolved:
    """The body that a voice is or speaks for."""
    if isinstance(found, Voice) and found.kind != "named_body" and found.affiliation is not None:
        return voices.body(found.affiliation, role="spokesman")
    return found
