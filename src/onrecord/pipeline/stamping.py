"""Checkpoints and the time stamps beside them: asked for over the network once, checked without it ever after.

Beside a checkpoint `then.json` lies `then.json.tsr`, the server's reply as it came (DER), which any program for RFC 3161 can
check against the bytes of `then.json`; or, where none could be had, `then.json.unstamped`, which says why.
"""

import contextlib
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from onrecord.errors import WrongUse
from onrecord.ledger import checkpoints, stamps
from onrecord.ledger.codec import decode, encode
from onrecord.ledger.stamps import NoStamp, OfOtherBytes, Stamp
from onrecord.settings import StampOptions
from onrecord.stories.posting import PostOptions, post
from onrecord.stories.wire import WireError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

State = Literal["stamped", "unstamped", "unchecked", "broken"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a checkpoint stands. stamped: its stamp holds; unstamped: there is none yet; unchecked: there is one, and the
    certificates are missing by which to check it; broken: what lies there does not hold. words: a sentence that goes on from its name.
    """

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is kept of a stamp that could not be had."""

    tried: datetime
    why: str


def stamp(file: Path, options: StampOptions, now: datetime, way: PostOptions | None = None) -> Standing:
    """Has a checkpoint stamped that is not. Whatever fails in that is kept beside it and told; a stamp that is there already
    stays, also one that does not hold. way: how the server is asked.

    Raises WrongUse: no checkpoint, or no server in the options.
    """
    if not options.url:
        raise WrongUse("no server is named that stamps: give its url and your roots under [stamp] in onrecord.toml")
    checkpoint = checkpoints.load(file)
    if _reply(file).exists():
        return _held(file, checkpoint.at, options)
    try:
        made = _had(file, options, now, way or PostOptions())
    except (NoStamp, WireError, WrongUse, OSError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        with contextlib.suppress(OSError):
            _put(_mark(file), encode(_Mark(now, why)).encode() + b"\n")
        return _unstamped(file, f"{why.rstrip('.')}")
    with contextlib.suppress(OSError):
        _mark(file).unlink(missing_ok=True)
    return Standing("stamped", str(made))


def standing(file: Path, options: StampOptions) -> Standing | None:
    """How a checkpoint stands, from what lies beside it; None where nothing does and nobody is named who stamps. Opens no
    network. Raises WrongUse: no checkpoint.
    """
    checkpoint = checkpoints.load(file)
    if _reply(file).exists():
        return _held(file, checkpoint.at, options)
    try:
        mark: _Mark = decode(_mark(file).read_text("utf-8"), _Mark)
    except FileNotFoundError:
        return _unstamped(file, "no stamp lies beside it") if options.url else None
    except (OSError, msgspec.MsgspecError, ValueError):
        return _unstamped(file, "why cannot be read")
    return _unstamped(file, f"{mark.why.rstrip('.')}, when last tried on {mark.tried.isoformat(timespec='seconds')}")


def _had(file: Path, options: StampOptions, now: datetime, way: PostOptions) -> Stamp:
    """Raises NoStamp, WireError, WrongUse, OSError."""
    data, roots = file.read_bytes(), _roots(options)
    asked = stamps.question(data)
    way = replace(way, allow=(*way.allow, *options.allow))
    try:
        reply = post(options.url, asked.der, stamps.MEDIA, way)
    except WireError as error:
        raise WireError(f"the time-stamping server {error}", error.again) from error
    try:
        made = stamps.check(reply, data, roots, asked.nonce)
    except NoStamp as error:
        raise NoStamp(f"the server's answer {error}") from None
    if abs(made.at - now) > stamps.SKEW:
        times = f"{made.at.isoformat(timespec='seconds')}, and here it is {now.isoformat(timespec='seconds')}"
        raise NoStamp(f"the server's answer says that it is {times}: one of the two clocks is wrong")
    _put(_reply(file), reply)
    return made


def _held(file: Path, taken: datetime, options: StampOptions) -> Standing:
    """How a checkpoint stands that has a stamp. taken: when it was, by its own word."""
    if not options.roots:
        words = "has a stamp that was not checked: name the certificates that you trust as roots under [stamp]"
        return Standing("unchecked", f"{words} in onrecord.toml")
    try:
        roots = _roots(options)
    except (NoStamp, OSError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        return Standing("unchecked", f"has a stamp that was not checked: {why}")
    try:
        found = stamps.check(_reply(file).read_bytes(), file.read_bytes(), roots)
        if found.at < taken - stamps.SKEW:
            raise NoStamp(f"says {found.at.isoformat(timespec='seconds')}, before the checkpoint was taken")
    except OfOtherBytes:
        words = "has the stamp of another checkpoint, or was changed after it was stamped"
        return Standing("broken", f"{words} ({_reply(file).name})")
    except NoStamp as error:
        return Standing("broken", f"has a stamp that does not hold: {_reply(file).name} {error}")
    except OSError as error:
        return Standing("unchecked", f"has a stamp that was not checked: {error.filename}: {error.strerror}")
    return Standing("stamped", str(found))


def _roots(options: StampOptions) -> "tuple[Certificate, ...]":
    """Raises NoStamp, OSError."""
    try:
        return stamps.trusted(Path(options.roots).read_bytes())
    except NoStamp as error:
        raise NoStamp(f"{options.roots} {error}") from None


def _unstamped(file: Path, why: str) -> Standing:
    return Standing("unstamped", f"unstamped: {why}. Have it stamped with: onrecord stamp {file}")


def _reply(file: Path) -> Path:
    return file.with_name(f"{file.name}.tsr")


def _mark(file: Path) -> Path:
    return file.with_name(f"{file.name}.unstamped")


def _put(path: Path, body: bytes) -> None:
    """Writes a file whole or not at all."""
    made = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with made.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink()
        raise
