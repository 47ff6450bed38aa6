"""How a desk is served."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """host, port: where it listens. by: who the one person on this machine is, where there are no accounts. origin: the address that
    browsers know it by, behind a proxy or with a certificate of its own; None on this machine alone. certificate, key: files, for
    TLS without a proxy. sign_off: how many people have to confirm an incident before it is signed off.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    by: str = "somebody"
    origin: str | None = None
    certificate: str | None = None
    key: str | None = None
    sign_off: int = 2
