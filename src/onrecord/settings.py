"""Options, frozen, and the TOML file that sets them."""

import dataclasses
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from onrecord.errors import BadTable, WrongUse
from onrecord.records import Campaign, EventKind


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read.

    published: the day for stories that give none of their own. max_bytes: the largest input, in bytes; a larger one
    is refused unread. max_page_bytes: the same for one HTML page, whose parsing takes far more time and memory.
    """

    published: date | None = None
    max_bytes: int = 20_000_000
    max_page_bytes: int = 5_000_000


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How pages are asked for. contact: a mail address, or the address of a page about you, for the people of the sites;
    without one, none is asked. gap: seconds between two requests to a host; deadline: for one page; fresh: seconds in which a
    page that a list names is not asked for again; threads: pages under way at a time; most: addresses of one list that are
    followed; allow: the "host:port"s that may be private.
    """

    contact: str = ""
    gap: float = 1.0
    deadline: float = 30.0
    fresh: float = 3600.0
    threads: int = 8
    most: int = 10_000
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StampOptions:
    """Who stamps checkpoints, by RFC 3161. url: where that server is asked; without one, nothing is stamped. roots: a PEM
    file with the certificates that are trusted; its path is seen from the settings file. allow: the "host:port"s that may be private.
    """

    url: str = ""
    roots: str = ""
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a settings file can say. ledger: the path of the ledger where a command names none."""

    ledger: str = "onrecord.db"
    read: ReadOptions = field(default_factory=ReadOptions)
    stamp: StampOptions = field(default_factory=StampOptions)
    web: WebOptions = field(default_factory=WebOptions)


_Options = ReadOptions | StampOptions | WebOptions
_TABLES: dict[str, type[_Options]] = {"read": ReadOptions, "stamp": StampOptions, "web": WebOptions}


def load(path: str | Path | None) -> Settings:
    """The settings of a TOML file, or the defaults without one.

    Raises:
        WrongUse: there is no such file.
        BadTable: it is not TOML, or a key is unknown or has a value of the wrong type; the message names the key.
    """
    if path is None:
        return Settings()
    raw = _parsed(path, "settings")
    tables: dict[str, Any] = {}
    for name, options in _TABLES.items():
        table = raw.pop(name, {})
        if not isinstance(table, dict):
            raise BadTable(f'{path}: "{name}" has to be a table: [{name}].')
        tables[name] = options(**_checked(options(), table, f"{path}: {name}."))
    tables["stamp"] = _stamp(tables["stamp"], Path(path))
    return Settings(**_checked(Settings(), raw, f"{path}: "), **tables)


def _stamp(options: StampOptions, path: Path) -> StampOptions:
    if not options.roots:
        if options.url:
            raise BadTable(f"{path}: stamp.url needs stamp.roots beside it: the certificates that you trust.")
        return options
    return dataclasses.replace(options, roots=str(path.parent / options.roots))


def _checked(defaults: _Options | Settings, raw: dict[str, Any], where: str) -> dict[str, Any]:
    """The values given, each known by name and of the type of its default."""
    known = {f.name: f for f in dataclasses.fields(defaults) if f.name not in _TABLES}
    made: dict[str, Any] = {}
    for key in sorted(raw):
        if key not in known:
            raise BadTable(f"{where}{key} is not a setting. Known here: {', '.join(sorted(known))}.")
        default, value = getattr(defaults, key), raw[key]
        if isinstance(default, tuple):
            if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
                raise BadTable(f'{where}{key} has to be a list of words: {key} = ["..."].')
            made[key] = tuple(value)
            continue
        wanted = date if default is None else type(default)
        if wanted is float and type(value) is int:
            value = float(value)
        # In Python a bool is an int and a datetime is a date: neither is what was asked for
        if not isinstance(value, wanted) or isinstance(value, (bool, datetime)):
            raise BadTable(f"{where}{key} has to be of type {wanted.__name__}, not {type(value).__name__}.")
        if isinstance(value, int | float) and value <= 0:
            raise BadTable(f"{where}{key} has to be above zero.")
        made[key] = value
    return made


def _parsed(path: str | Path, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise WrongUse(f"{path}: the {what} file cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadTable(f"{path}: not a TOML file: {error}.") from error


def campaigns(path: str | Path) -> tuple[Campaign, ...]:
    """The campaigns of a TOML file: one at its top level, or several as [[campaign]].

    Raises WrongUse where there is no such file, BadTable where it is not TOML or a key is unknown or has a wrong value; the
    message names the key.
    """
    raw = _parsed(path, "campaign")
    listed = raw.pop("campaign", None)
    if listed is not None and (raw or not isinstance(listed, list)):
        raise BadTable(f"{path}: write one campaign at the top level, or several as [[campaign]], and nothing beside.")
    found = tuple(_campaign(one, f"{path}: ") for one in (listed if listed is not None else [raw]))
    names = [campaign.name for campaign in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadTable(f"{path}: {twice[0]} stands there twice.")
    return found


_DAYS, _LISTS = ("start", "end"), ("places", "actors", "kinds")


def _campaign(raw: Any, where: str) -> Campaign:
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not raw["name"].strip():
        raise BadTable(f'{where}a campaign needs a name: name = "...".')
    for key, value in sorted(raw.items()):
        if key not in ("name", *_DAYS, *_LISTS):
            raise BadTable(f"{where}{key} is not known. A campaign has: name, {', '.join((*_DAYS, *_LISTS))}.")
        if key in _DAYS and (not isinstance(value, date) or isinstance(value, datetime)):
            raise BadTable(f"{where}{key} has to be a day: {key} = 2031-04-02.")
        if key in _LISTS and not (isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)):
            raise BadTable(f'{where}{key} has to be a list of words: {key} = ["..."].')
    unknown = [kind for kind in raw.get("kinds", ()) if kind not in get_args(EventKind)]
    if unknown:
        raise BadTable(f"{where}kinds: {unknown[0]} is not one of {', '.join(get_args(EventKind))}.")
    if "start" in raw and "end" in raw and raw["end"] < raw["start"]:
        raise BadTable(f"{where}end lies before start.")
    lists = {key: tuple(raw.get(key, ())) for key in _LISTS}
    return Campaign(raw["name"].strip(), raw.get("start"), raw.get("end"), **lists)
