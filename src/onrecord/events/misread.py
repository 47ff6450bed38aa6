"""Acts in the plural that the tagger takes for a verb ("Four Veranian strikes on the coast have killed 20")."""

from spacy.tokens import Token

from onrecord.events import running
from onrecord.events.parties import is_of_nation


def acts(nation: Token) -> Token | None:
    """The acts behind a number and the word for a nation, or None. Nobody counts a nation, so what looks like its verb is the noun that is
    counted.
    """
    behind = nation.doc[nation.i + 1] if nation.i + 1 < nation.sent.end else None
    counted = any(c.dep_ == "nummod" and c.i < nation.i for c in nation.children)
    if behind is None or behind.pos_ != "VERB" or not counted or not is_of_nation(nation):
        return None
    return behind if behind.lower_ in running.words("acts") else None


def nation(verb: Token) -> Token | None:
    """The word for a nation whose acts a seeming verb is; None for what is a verb."""
    before = verb.doc[verb.i - 1] if verb.i > verb.sent.start else None
    return before if before is not None and acts(before) == verb else None
