"""A time-stamping authority for tests: its certificates, and replies by RFC 3161, good ones and every sort of bad."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256, SHA1 = "2.16.840.1.101.3.4.2.1", "1.3.14.3.2.26"
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _DIGEST, _OUR_CERTIFICATE = (
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "1.2.840.113549.1.9.16.2.47",
)
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_POLICY = "1.3.6.1.4.1.55555.7"
_YEAR = timedelta(days=365)


# DER


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (size if len(body) < 128 else bytes([0x80 | len(size)]) + size) + body


def sequence(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def integer(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    return der(0x04, value)


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = bytearray()
    for number in (first * 40 + second, *rest):
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        body += bytes(reversed(septets))
    return der(0x06, bytes(body))


def parts(body: bytes) -> list[bytes]:
    """The elements within a constructed one."""
    found, at = [], _head(body)
    while at < len(body):
        size = _head(body[at:]) + _length(body[at:])
        found.append(body[at : at + size])
        at += size
    return found


def _length(body: bytes) -> int:
    return body[1] if body[1] < 0x80 else int.from_bytes(body[2 : 2 + (body[1] & 0x7F)], "big")


def _head(body: bytes) -> int:
    return 2 if body[1] < 0x80 else 2 + (body[1] & 0x7F)


# Certificates


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate, and the certificates that lead to it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def holder(
    name: str,
    issuer: Holder | None = None,
    authority: bool = False,
    usage: x509.ObjectIdentifier | None = None,
    valid: tuple[datetime, datetime] | None = None,
) -> Holder:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    start, end = valid or (now - 10 * _YEAR, now + 10 * _YEAR)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
    )
    if usage is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    signed = made.sign(issuer.key if issuer else key, hashes.SHA256())
    return Holder(key, signed, (signed, *(issuer.chain if issuer else ())))


STAMPING = ExtendedKeyUsageOID.TIME_STAMPING


@cache
def root() -> Holder:
    return holder("Brenik Root", authority=True)


@cache
def between() -> Holder:
    return holder("Brenik Issuer", root(), authority=True)


@cache
def clerk() -> Holder:
    """Who stamps, as it should be."""
    return holder("Brenik Stamping Office", between(), usage=STAMPING)


# Replies


@dataclass(frozen=True)
class Reply:
    """What to answer, where otherwise than a good authority would. by: who signs; at: the time said; back: how much less than now
    that is; nonce, imprint: what to put in place of what was asked.
    """

    by: Holder | None = None
    at: datetime | None = None
    back: timedelta = timedelta(0)
    nonce: int | None = None
    imprint: bytes | None = None
    algorithm: str | None = None
    status: int = 0
    words: str = ""
    fraction: str = ""
    certificates: bool = True
    signers: int = 1

    def to(self, query: bytes) -> bytes:
        """A TimeStampResp (DER) to a TimeStampReq."""
        status = sequence(integer(self.status), *([sequence(der(0x0C, self.words.encode()))] if self.words else []))
        return sequence(status) if self.status > 1 else sequence(status, self._token(query))

    def _token(self, query: bytes) -> bytes:
        by = self.by or clerk()
        info = self._info(query)
        signer = self._signer(by, info)
        certificates = sorted(one.public_bytes(serialization.Encoding.DER) for one in by.chain)
        signed = sequence(
            integer(3),
            der(0x31, _algorithm(SHA256)),
            sequence(oid(_TST_INFO), der(0xA0, octets(info))),
            *([der(0xA0, *certificates)] if self.certificates else []),
            der(0x31, *[signer] * self.signers),
        )
        return sequence(oid(_SIGNED_DATA), der(0xA0, signed))

    def _info(self, query: bytes) -> bytes:
        asked = parts(query)
        algorithm, hashed = parts(asked[1])
        nonce = asked[2] if self.nonce is None else integer(self.nonce)
        imprint = sequence(
            _algorithm(self.algorithm) if self.algorithm else algorithm,
            octets(self.imprint) if self.imprint is not None else hashed,
        )
        at = (self.at or datetime.now(UTC)) - self.back
        time = der(0x18, f"{at:%Y%m%d%H%M%S}{self.fraction}Z".encode())
        return sequence(integer(1), oid(_POLICY), imprint, integer(secrets.randbits(60)), time, nonce)

    def _signer(self, by: Holder, info: bytes) -> bytes:
        held = by.certificate.public_bytes(serialization.Encoding.DER)
        attributes = sorted(
            sequence(oid(name), der(0x31, value))
            for name, value in (
                (_CONTENT_TYPE, oid(_TST_INFO)),
                (_DIGEST, octets(hashlib.sha256(info).digest())),
                (_OUR_CERTIFICATE, sequence(sequence(sequence(octets(hashlib.sha256(held).digest()))))),
            )
        )
        signature = by.key.sign(der(0x31, *attributes), ec.ECDSA(hashes.SHA256()))
        return sequence(
            integer(1),
            sequence(by.certificate.issuer.public_bytes(), integer(by.certificate.serial_number)),
            _algorithm(SHA256),
            der(0xA0, *attributes),
            sequence(oid(_ECDSA_SHA256)),
            octets(signature),
        )


def _algorithm(dotted: str) -> bytes:
    return sequence(oid(dotted), der(0x05))


GOOD = Reply()


def stranger() -> Holder:
    """Who vouches for itself."""
    return holder("Stamps of Nobody", usage=STAMPING)


def other(**changed: object) -> Reply:
    return replace(GOOD, **changed)  # type: ignore[arg-type]
