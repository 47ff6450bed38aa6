"""Time stamps by RFC 3161: the question whose answer is a stamp, and whether an answer is one. No network, no files.

A stamp is somebody else's signed word that certain bytes were there at a certain time. What is read and checked by
rfc3161-client is loaded only here, and only when a stamp is asked for or checked.
"""

import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

MEDIA = "application/timestamp-query"
"""The media type of a question."""
SKEW = timedelta(minutes=10)
"""How far apart two clocks that are right may be, with all that lies between their being looked at."""

_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
_LONGEST_WORDS = 160
_VERIFY_ERROR = re.compile(r'Verify error: ([^"]{1,400})"|reason: "([^"]{1,400})"')


class NoStamp(Exception):
    """Why something is no stamp of the bytes in question. The message goes on from its name."""


class OfOtherBytes(NoStamp):
    """It may be a good stamp, of something else."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent to a server. nonce: the number that its answer must carry, so that no older answer passes for it."""

    der: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the bytes were stamped, and the name in the certificate of who did it."""

    at: datetime
    by: str

    def __str__(self) -> str:
        return f"stamped at {self.at.isoformat(timespec='seconds')} by {self.by}"


def question(data: bytes) -> Question:
    """Asks for a stamp of the SHA-256 of the bytes, with the certificates that are needed to check it later."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    made = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    return Question(made.as_bytes(), made.nonce or 0)


def trusted(pem: bytes) -> "tuple[Certificate, ...]":
    """The certificates of a PEM file. Raises NoStamp where there are none."""
    from cryptography import x509

    try:
        with _quiet():
            return tuple(dict.fromkeys(x509.load_pem_x509_certificates(pem)))
    except ValueError as error:
        raise NoStamp(f"holds no certificates in PEM ({_brief(error)})") from None


def check(reply: bytes, data: bytes, roots: "Sequence[Certificate]", nonce: int | None = None) -> Stamp:
    """The stamp in a server's reply (DER, a TimeStampResp), where it is one of these bytes, by a certificate for
    time-stamping that leads to one of the roots, and all of that chain was valid at the time of the stamp; whether it still is does not
    matter. nonce: of the question, where the reply has just come.

    Raises NoStamp, OfOtherBytes.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    if not roots:
        raise NoStamp("cannot be checked: no certificates are trusted")
    hashed = hashlib.sha256(data).digest()
    try:
        with _quiet():
            read = decode_timestamp_response(reply)
            if read.status != _GRANTED:
                raise NoStamp(f"is no stamp but a refusal (status {read.status}{_said(read)})")
            _is_of(read, hashed, nonce)
            by, stamp = _signer(read)
            _was_valid(by, stamp.at)
            VerifierBuilder(roots=list(roots), nonce=nonce).build().verify(read, hashed)
    except NoStamp:
        raise
    except VerificationError as error:
        raise NoStamp(f"is signed by nobody whom you trust, or is damaged ({_brief(error)})") from None
    except Exception as error:
        raise NoStamp(f"is no time stamp ({_brief(error)})") from None
    except BaseException as error:
        # What breaks within the library's own half is thrown past Exception
        if type(error).__name__ != "PanicException":
            raise
        raise NoStamp("is no time stamp that can be read") from None
    return stamp


def _is_of(read: "TimeStampResponse", hashed: bytes, nonce: int | None) -> None:
    info = read.tst_info
    if nonce is not None and info.nonce != nonce:
        raise NoStamp("answers another question than was asked (its nonce is another)")
    imprint = info.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != hashed:
        raise OfOtherBytes("is a stamp of other bytes")


def _signer(read: "TimeStampResponse") -> "tuple[Certificate, Stamp]":
    """Who signed, by what the reply itself says: to be believed once its signature is checked."""
    from cryptography import x509

    held = [x509.load_der_x509_certificate(one) for one in read.signed_data.certificates]
    signers = [(one.issuer, one.serial_number) for one in read.signed_data.signer_infos]
    found = [one for one in held if (one.issuer, one.serial_number) in signers]
    if len(signers) != 1 or len(found) != 1:
        raise NoStamp("does not say with one certificate who made it")
    at = read.tst_info.gen_time
    return found[0], Stamp(at if at.tzinfo else at.replace(tzinfo=UTC), found[0].subject.rfc4514_string())


def _was_valid(by: "Certificate", at: datetime) -> None:
    """Checked again with the whole chain: here, so that it can be said in words."""
    if not by.not_valid_before_utc <= at <= by.not_valid_after_utc:
        span = f"{by.not_valid_before_utc:%Y-%m-%d} to {by.not_valid_after_utc:%Y-%m-%d}"
        raise NoStamp(f"was made on {at:%Y-%m-%d} with a certificate that was valid from {span}")


def _said(read: "TimeStampResponse") -> str:
    words = " ".join(read.status_string)
    return f": {ascii(words[:_LONGEST_WORDS])[1:-1]}" if words else ""


def _brief(error: BaseException) -> str:
    """What went wrong, of the many words of the libraries; a server may have had its say in them."""
    words = str(error)
    found = _VERIFY_ERROR.findall(words)
    last = next(filter(None, found[-1])) if found else words
    return ascii(last[:_LONGEST_WORDS])[1:-1]


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' remarks on certificates that are odd, and none of the user's making."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
