"""An address as written → its checked parts, or a sentence why it is not asked for. Opens nothing.

There is one reading of an address here, and what two readers could take for two hosts is refused, not mended. The parts
that come out are the ones that are looked up, connected to and asked for: no second parser sees the words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import idna

from onrecord.errors import WrongUse

PORTS = {"http": 80, "https": 443}
_LONGEST = 4096
_LONGEST_NAME = 253
# Full stops of other scripts, which some readers of host names take for "." and others do not
_OTHER_DOTS = frozenset("\u3002\uff0e\uff61\u2024\ufe52")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# What the C library's reader of numbers takes: 2130706433, 0x7f.1, 0177.0.0.1
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_SCHEME = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*+):")
_KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%")
_KEPT_AFTER = _KEPT | frozenset("?[]")
_DOT = re.compile("%2e", re.IGNORECASE)

# What is not the public network, each with a word for the user: the special-purpose registries of IANA, and what
# clouds put at addresses that look like any other. A table of our own, for the library's changes between versions.
_PRIVATE_4 = tuple(
    (IPv4Network(net), what)
    for net, what in (
        ("0.0.0.0/8", "this very network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's shared network"),
        ("127.0.0.0/8", "this very machine"),
        ("168.63.129.16/32", "a cloud's own service"),
        ("169.254.0.0/16", "a link of this machine"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "set aside for protocols"),
        ("192.0.2.0/24", "set aside for documents"),
        ("192.31.196.0/24", "set aside for name servers"),
        ("192.52.193.0/24", "set aside for multicast relays"),
        ("192.88.99.0/24", "set aside for relays"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "set aside for name servers"),
        ("198.18.0.0/15", "set aside for measurements"),
        ("198.51.100.0/24", "set aside for documents"),
        ("203.0.113.0/24", "set aside for documents"),
        ("224.0.0.0/4", "a group of machines"),
        ("240.0.0.0/4", "set aside"),
        ("255.255.255.255/32", "every machine of this network"),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_PRIVATE_6 = tuple(
    (IPv6Network(net), what)
    for net, what in (
        ("::/128", "no address"),
        ("::1/128", "this very machine"),
        ("::/96", "an IPv4 address in disguise"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("::ffff:0:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "an IPv4 address in disguise"),
        ("64:ff9b:1::/48", "an IPv4 address in disguise"),
        ("100::/64", "a hole that swallows what is sent"),
        ("100:0:0:1::/64", "set aside"),
        ("2001::/32", "an IPv4 address in disguise"),
        ("2001::/23", "set aside for protocols"),
        ("2001:db8::/32", "set aside for documents"),
        ("2002::/16", "an IPv4 address in disguise"),
        ("2620:4f:8000::/48", "set aside for name servers"),
        ("3ffe::/16", "set aside"),
        ("3fff::/20", "set aside for documents"),
        ("5f00::/16", "set aside for routers"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link of this machine"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "a group of machines"),
    )
)
# ISATAP: the last 64 bits are 0:5efe or 200:5efe and an IPv4 address, behind any prefix
_ISATAP = 0x00005EFE
_ISATAP_MASK = 0xFDFFFFFF
_PRIVATE_NAMES = frozenset({"localhost", "localdomain", "local", "internal", "home.arpa", "onion"})


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. scheme: "http" or "https"; host: in small ASCII letters, an IPv6 address without brackets;
    target: path and query as they are asked for, in ASCII; number: whether the host is an IP address.
    """

    scheme: str
    host: str
    port: int
    target: str
    number: bool = False

    @property
    def place(self) -> str:
        """Host and port ("press.example:80"), an IPv6 address in brackets: what a list of exceptions holds."""
        return f"{self._bracketed}:{self.port}"

    @property
    def authority(self) -> str:
        """The same as a request names it: the scheme's own port left out."""
        return self._bracketed if self.port == PORTS[self.scheme] else self.place

    @property
    def origin(self) -> str:
        """Scheme, host and port: "https://press.example:8443"."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address, written in the one way that says it."""
        return self.origin + self.target

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(url: str) -> Address | str:
    """The parts of an absolute http or https address, or a sentence why it is none that is asked for."""
    wrong = _characters(url)
    if wrong is not None:
        return wrong
    scheme, mark, rest = url.partition("://")
    scheme = scheme.casefold() if scheme.isascii() else ""
    if scheme not in PORTS or not mark:
        return "It is not an http or https address."
    authority, after = _cut(rest, "/")
    if "#" in authority or ("?" in authority and "@" in authority + after):
        return "Its host ends in a way that can be read as two hosts."
    authority, query = _cut(authority, "?")
    host_and_port = _split(authority, PORTS[scheme])
    if isinstance(host_and_port, str):
        return host_and_port
    host, port = host_and_port
    named = _host(host)
    if isinstance(named, str):
        return named
    return Address(scheme, named[0], port, _target(query + after), named[1])


def follow(base: Address, location: str) -> Address | str:
    """The address that an answer sends to, from the one that was asked for, or a sentence why it is not followed."""
    wrong = _characters(location)
    if wrong is not None:
        return wrong
    if _SCHEME.match(location):
        return parse(location)
    if location.startswith("//"):
        return parse(f"{base.scheme}:{location}")
    path = base.target.partition("?")[0]
    if location.startswith("?"):
        return parse(base.origin + path + location)
    if location.startswith("#"):
        return base
    if not location.startswith("/"):
        location = path[: path.rindex("/") + 1] + location
    return parse(base.origin + location)


def check_places(places: Iterable[str]) -> None:
    """Raises WrongUse where one of the private places that may be asked is not written as `Address.place` writes it."""
    for place in places:
        made = parse(f"http://{place}/")
        if isinstance(made, str) or made.place != place:
            raise WrongUse(f"{place!r} is no private place: give its host and port, as archive.example:8080.")


def not_public(number: str) -> str | None:
    """Why an IP address, as text, is not one of the public network; None where it is."""
    plain = canonical(number)
    if plain is None:
        return "no address, or one of a link"
    if ":" not in plain:
        four = IPv4Address(plain)
        return next((what for net, what in _PRIVATE_4 if four in net), None)
    six = IPv6Address(plain)
    if (int(six) >> 32) & _ISATAP_MASK == _ISATAP:
        return "an IPv4 address in disguise"
    named = next((what for net, what in _PRIVATE_6 if six in net), None)
    return named or (None if six in _PUBLIC_6 else "set aside")


def not_public_name(host: str) -> bool:
    """Whether a host's name is one that by rule never stands for a public machine."""
    return any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)


def canonical(number: str) -> str | None:
    """An IP address in its one spelling, None where it is none (or carries the name of a link)."""
    try:
        return str(IPv6Address(number)) if ":" in number and "%" not in number else str(IPv4Address(number))
    except ValueError:
        return None


def _characters(url: str) -> str | None:
    if not url:
        return "It is empty."
    if len(url) > _LONGEST:
        return f"It is longer than {_LONGEST} characters."
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in url):
        return "It holds characters that have no place in an address (a tab, a line end, half a character)."
    if "\\" in url.partition("?")[0].partition("#")[0]:
        return "It holds a backslash, which some read as a slash."
    return None


def _cut(text: str, at: str) -> tuple[str, str]:
    """A text before the first of a mark, and from it on."""
    place = text.find(at)
    return (text, "") if place < 0 else (text[:place], text[place:])


def _split(authority: str, usual: int) -> tuple[str, int] | str:
    """Host, in its brackets, and port."""
    if "@" in authority:
        return "It holds a name or a password before its host."
    if "%" in authority:
        return "Its host is written with percent signs."
    if authority.startswith("["):
        inner, mark, after = authority.partition("]")
        host, colon, port = inner + mark, after[:1], after[1:]
        if not mark or colon not in {"", ":"}:
            return "Its host is no IPv6 address."
    else:
        host, colon, port = authority.partition(":")
    if not colon:
        return host, usual
    if not _PORT.fullmatch(port) or int(port) > 65_535:
        return "Its port is no number from 1 to 65535."
    return host, int(port)


def _host(host: str) -> tuple[str, bool] | str:
    """A host as it is looked up, and whether it is an IP address."""
    if host.startswith("["):
        number = canonical(host[1:-1]) if ":" in host else None
        return "Its host is no IPv6 address." if number is None else (number, True)
    name = host.lower() if host.isascii() else _idn(host)
    if name is None:
        return "Its host holds characters that stand for others or have no place in a name."
    name = name.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        plain = canonical(name)
        return (
            "Its host is a number in a spelling that not all read alike: write it as four numbers, or as a name."
            if plain is None
            else (plain, True)
        )
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return "Its host is no name of a machine."
    return name, False


def _idn(host: str) -> str | None:
    """A name in other letters as name servers know it. None where a letter stands for another, as wide digits do."""
    if any(not c.isascii() and any(d.isascii() for d in unicodedata.normalize("NFKC", c)) for c in host):
        return None
    host = unicodedata.normalize("NFC", host)
    if _OTHER_DOTS & set(host) or unicodedata.normalize("NFKC", host) != host:
        return None
    try:
        return idna.encode(host.lower()).decode("ascii")
    except UnicodeError:
        return None


def _target(written: str) -> str:
    """Path and query as they are asked for: what is not ASCII in percent signs, steps up and down taken."""
    written = written.partition("#")[0]
    path, query = _cut(written, "?")
    return _quoted(_walked(path or "/"), _KEPT) + _quoted(query, _KEPT_AFTER)


def _quoted(text: str, kept: frozenset[str]) -> str:
    return "".join(c if c in kept else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)


def _walked(path: str) -> str:
    steps = path.split("/")[1:]
    walked: list[str] = []
    for step in steps:
        plain = _DOT.sub(".", step) if len(step) <= 6 else step
        if plain == "..":
            del walked[-1:]
        elif plain != ".":
            walked.append(step)
    if _DOT.sub(".", steps[-1]) in {".", ".."}:
        walked.append("")
    return "/" + "/".join(walked)
