"""Where the quotations of a story are."""

import re
from dataclasses import dataclass

_MARK = re.compile(r"[“”\"„«»]|``|''|(?<!\w)[‘]|[’](?!\w)|\n")
_CLOSES = {"“": "”", '"': '"', "„": "”", "«": "»", "``": "''", "''": "''", "‘": "’"}
_ALSO_CLOSES = {"„": "“"}
_WORD = re.compile(r"\w+")
_SENTENCE_END = ".,!?;…-–—"
_UTTERANCE = 4


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks, from `start` to `end` in the part. opens: it begins a paragraph. closed: its closing
    mark is there. continues: it goes on from an unclosed one in the paragraph before.
    """

    start: int
    end: int
    opens: bool
    closed: bool
    continues: bool = False


def find(text: str) -> tuple[Quote, ...]:
    """The quotations, outermost ones only, in order. One that is not closed within its paragraph ends with it if the
    next paragraph opens another, else it is none: a stray mark must not swallow a paragraph.
    """
    quotes: list[Quote] = []
    opened: tuple[str, int] | None = None
    held: Quote | None = None
    line = 0
    for match in _MARK.finditer(text):
        mark, at = match.group(), match.start()
        if mark == "\n":
            if opened is not None:
                begins = not text[line : opened[1]].strip()
                held = Quote(opened[1], _last(text, at), begins, False, held is not None and begins)
                opened = None
                quotes.append(held)
            elif held is not None and text[line:at].strip():
                held = None
            line = at + 1
        elif opened is None:
            if mark in _CLOSES and _may_open(text, match.end()):
                opened = (mark, at)
        elif mark == _CLOSES[opened[0]] or mark == _ALSO_CLOSES.get(opened[0]):
            begins = not text[line : opened[1]].strip()
            continues = held is not None and begins
            quotes.append(Quote(opened[1], match.end(), begins, True, continues))
            opened, held = None, None
    return tuple(q for i, q in enumerate(quotes) if q.closed or _goes_on(quotes, i))


def is_utterance(text: str, quote: Quote) -> bool:
    """Whether the quotation can stand as what somebody said by itself: four words or more, or ended like a sentence."""
    words = text[quote.start : quote.end].strip("“”\"„«»‘’`' ")
    return len(_WORD.findall(words)) >= _UTTERANCE or words[-1:] in tuple(_SENTENCE_END)


def _may_open(text: str, behind: int) -> bool:
    return behind < len(text) and not text[behind].isspace()


def _last(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at


def _goes_on(quotes: list[Quote], at: int) -> bool:
    return at + 1 < len(quotes) and quotes[at + 1].continues
