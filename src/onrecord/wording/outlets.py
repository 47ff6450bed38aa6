"""Which words name a news outlet or an agency, and which outlet a web address belongs to."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from onrecord.errors import BadTable
from onrecord.wording import gazetteer, shelf

_ARTICLE = re.compile(r"(?:the|The|THE)\s+")
_OWNER = re.compile(r"\A[A-Z][\w.-]{1,40}+(?:\s[A-Z][\w.-]{1,40}+)?['’]s?\s++(?=\S)")
_ENDS = " \t\r\n.,;:!?\"'“”‘’[]"
_SMALL = frozenset(
    {"of", "and", "the", "&", "de", "la", "del", "al", "el", "di", "da", "do", "des", "du", "der", "die", "das"}
)
_LONGEST = 80
_NO_WORD = re.compile(r"[\W_]+")
# So many letters stay of a name when its article goes.
_ARTICLE_BEFORE = 4
# Ends of names that are plain words with an article too.
_PLAIN_ENDS = frozenset(
    {"Media", "Today", "Online", "Press", "News", "Radio", "TV", "Television", "Reporter", "Standard", "Daily"}
)
# Endings of countries that are sold to everyone.
_SOLD_ENDINGS = frozenset({"TV", "ME", "FM", "CO", "LA", "TO", "WS", "AG", "CD", "NU", "ST", "AI", "IO", "LY", "GG"})


@dataclass(frozen=True, slots=True)
class Outlet:
    """A news outlet. agency: whether it sells its reports to other outlets. country: English name of its home, or None
    where it has none. domains: host names, without "www.".
    """

    name: str
    agency: bool
    country: str | None
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shapes:
    ends: frozenset[str]
    weak: frozenset[str]
    opens: frozenset[str]
    within: frozenset[str]
    leads: frozenset[str]
    pairs: frozenset[str]
    never: frozenset[str]
    behind: re.Pattern[str]
    ahead: re.Pattern[str]


def named(words: str) -> Outlet | None:
    """The outlet of that name or alias, whatever the case of its letters and with or without "the"; None where no table
    holds it. Words without any capital or figure are no name ("time").
    """
    words = words.strip(_ENDS)
    if len(words) > _LONGEST or not (any(c.isupper() or c.isdigit() for c in words) or words in _lower_names()):
        return None
    table = _names()
    for candidate in (words, _unarticled(words), _bare(words)):
        found = table.get(_key(candidate)) or (table.get(candidate.casefold()) if candidate.isupper() else None)
        if found is not None:
            return found
    return None


def looks_like_outlet(words: str) -> bool:
    """Whether words that no table holds look like the name of an outlet: two words or more in capitals with a press
    word at their end or start ("Ostmark Post", "Evening Lantern"), or a name beside a press noun ("the Lampion news
    agency").
    """
    words = words.strip(_ENDS)
    if len(words) > _LONGEST:
        return False
    if named(words) is not None:
        return True
    bare = _unowned(_clean(words))
    return _surrounded(bare) != bare or _shaped(bare.replace("-", " ").split())


def ends_name(word: str) -> bool:
    """Whether one word can stand for an outlet's name that ends with it: "the Chronicle"."""
    return word in _shapes().ends and word not in _PLAIN_ENDS


def canonical(words: str) -> str:
    """The table's name where it holds one, else the words without article, owner ("Verania's"), press nouns in lower
    case, final possessive and punctuation at the ends. Never empty for words that hold a letter.
    """
    known = named(words)
    return known.name if known is not None else _bare(words)


@lru_cache(maxsize=1 << 16)
def key(words: str) -> str:
    """The name for comparing, without article, capitals, blanks and marks: "Daily Sabbath" is "dailysabbath", "Al-Marra" and
    "almarra" are "marra".
    """
    low = _NO_WORD.sub("", canonical(words).casefold()) or canonical(words).casefold()
    for article in ("the", "al"):
        if low.startswith(article) and len(low) > len(article) + _ARTICLE_BEFORE:
            low = low.removeprefix(article)
    return low


def sort(name: str) -> str | None:
    """Which sort of outlet a name is: "agency", "broadcaster", "paper"; None where the name does not tell."""
    known = named(name)
    if known is not None and known.agency:
        return "agency"
    words = set(name.replace("-", " ").split())
    fits = [found for found, (_, listed) in _sorts().items() if words & listed]
    return fits[0] if len(fits) == 1 else None


def noun_sort(noun: str) -> str | None:
    """Which sort of outlet a noun means: "station" a broadcaster; None for "outlet" and for other nouns."""
    return next((found for found, (nouns, _) in _sorts().items() if noun.casefold() in nouns), None)


def of_url(url: str) -> Outlet | None:
    """The outlet that a web address belongs to, by the longest domain known; None where none is."""
    name = host(url)
    domains = _domains()
    while name and "." in name:
        if name in domains:
            return domains[name]
        name = name.partition(".")[2]
    return None


def country_of_url(url: str) -> str | None:
    """English name of the country that a web address speaks for: the outlet's home, else the country of its top-level
    domain; None for others.
    """
    known, name = of_url(url), host(url)
    if known is not None or name is None:
        return known.country if known is not None else None
    ending = name.rpartition(".")[2].upper()
    land = gazetteer.country({"UK": "GB"}.get(ending, ending))
    return land.name if land is not None and ending not in _SOLD_ENDINGS else None


def host(url: str) -> str | None:
    """The host of a web address in lower case, without "www."; None where it has none or does not parse."""
    try:
        name = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return name.removeprefix("www.").rstrip(".") if name and "." in name.strip(".") else None


def _shaped(tokens: list[str]) -> bool:
    if not 2 <= len(tokens) <= 6 or not all(
        token[:1].isupper() or token.isdigit() or token in _SMALL for token in tokens
    ):
        return False
    shapes, pair = _shapes(), " ".join(tokens[-2:])
    if pair in shapes.never or " ".join(tokens[-3:]) in shapes.never:
        return False
    if pair in shapes.pairs:
        return len(tokens) > 2
    if tokens[-1] in shapes.ends or (tokens[0] == "Channel" and tokens[1].isalnum()):
        return True
    if shapes.within & set(tokens[1:-1]):
        return True
    return tokens[0] in shapes.leads or (tokens[0] in shapes.opens and (tokens[-1] in shapes.weak or len(tokens) == 2))


def _bare(words: str) -> str:
    return _surrounded(_unowned(_clean(words))).strip(_ENDS) or words.strip()


def _clean(words: str) -> str:
    """The words without article, final possessive, brackets around them and punctuation at their ends."""
    bare = _unarticled(words.strip(_ENDS)[: 2 * _LONGEST])
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return bare[:-2] if bare.endswith(("'s", "’s")) else bare


def _unarticled(words: str) -> str:
    return words[4:].lstrip() if _ARTICLE.match(words) else words


def _unowned(words: str) -> str:
    """The words without "Verania's" before them, where what remains is an outlet or looks like one."""
    owner = _OWNER.match(words)
    if owner is None:
        return words
    rest = words[owner.end() :]
    return rest if _key(rest) in _names() or _shaped(rest.split()) or _surrounded(rest) != rest else words


def _surrounded(words: str) -> str:
    """The name without the press nouns in lower case that stand before or behind it."""
    shapes = _shapes()
    ahead = shapes.ahead.match(words)
    if ahead is not None:
        words = words[ahead.end() :]
    behind = shapes.behind.search(words)
    return words[: behind.start()] if behind is not None and words[:1].isupper() else words


def _key(words: str) -> str:
    """The words without capitals, unless they are all capitals: "AP" is an agency, "Ap" is not."""
    key = " ".join(words.replace("’", "'").split())
    return key if key.isupper() else key.casefold()


@cache
def _rows() -> tuple[tuple[Outlet, tuple[str, ...]], ...]:
    rows = []
    for row in shelf.rows("outlets.csv"):
        domains = tuple(filter(None, row["domains"].split(";")))
        outlet = Outlet(row["name"], row["agency"] == "yes", row["country"] or None, domains)
        rows.append((outlet, tuple(filter(None, row["aliases"].split(";")))))
    return tuple(rows)


@cache
def _names() -> dict[str, Outlet]:
    """Names and aliases, folded. "The" may be left out, except where one plain word would remain ("The Hill")."""
    names: dict[str, Outlet] = {}
    for outlet, aliases in _rows():
        for name in (outlet.name, *aliases):
            shorter = _unarticled(name)
            for key in {_key(name), _key(shorter if " " in shorter else name)}:
                if names.setdefault(key, outlet) is not outlet:
                    raise BadTable(f"outlets.csv: {name!r} names both {names[key].name!r} and {outlet.name!r}")
    return names


@cache
def _lower_names() -> frozenset[str]:
    """The few names that are written without capitals ("dpa")."""
    return frozenset(alias for _, aliases in _rows() for alias in aliases if alias == alias.lower())


@cache
def _domains() -> dict[str, Outlet]:
    domains: dict[str, Outlet] = {}
    for outlet, _ in _rows():
        for domain in outlet.domains:
            if domains.setdefault(domain, outlet) is not outlet:
                raise BadTable(f"outlets.csv: {domain!r} belongs to {domains[domain].name!r} and {outlet.name!r}")
    return domains


def home(host: str) -> str:
    """The town where the outlet with a web address of that host is at home, with what it lies in ("Norwick, Kessmark"); empty where
    the table does not know, or it has none.
    """
    name = host.lower().removeprefix("www.")
    return _homes().get(name) or _homes().get(name.partition(".")[2], "")


@cache
def _homes() -> dict[str, str]:
    towns: dict[str, list[str]] = shelf.toml("homes.toml")["homes"]
    homes: dict[str, str] = {}
    for town, hosts in towns.items():
        for host in hosts:
            if homes.setdefault(host, town) != town:
                raise BadTable(f"homes.toml: {host!r} stands at both {homes[host]} and {town}")
    return homes


@cache
def _sorts() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    table = shelf.toml("outlets.toml")["sorts"]
    return {found: (frozenset(words["nouns"]), frozenset(words["names"])) for found, words in table.items()}


@cache
def _shapes() -> _Shapes:
    table = shelf.toml("outlets.toml")
    generic = "|".join(re.escape(word) for word in sorted(table["generic"], key=lambda word: (-len(word), word)))
    return _Shapes(
        ends=frozenset(table["ends"]),
        weak=frozenset(table["weak"]),
        opens=frozenset(table["opens"]),
        within=frozenset(table["within"]),
        leads=frozenset(table["leads"]),
        pairs=frozenset(table["pairs"]),
        never=frozenset(table["never"]),
        behind=re.compile(rf" (?:(?:state|public|satellite) )?(?:{generic})\Z"),
        # A demonym, and up to four words in lower case ("state-run", "semi-official"), before the noun; a name behind it.
        ahead=re.compile(rf"\A(?:[A-Z][a-z]{{2,30}} )?(?:[a-z-]{{1,30}} ){{0,4}}(?:{generic}) (?=[A-Z])"),
    )
