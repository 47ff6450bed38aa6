"""A server on this machine that answers with what a test gave it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

PAGE = b"<html><body><p>Two wardens of Marrow Quay were hurt on Monday.</p></body></html>"

Reply = bytes | Callable[[socket.socket, str], None]


def answer(body: bytes = PAGE, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def to(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, Location=location)


class Server:
    """Answers with what it was given for a path, in turn where that is a list, and remembers what it was asked."""

    def __init__(self, host: str, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reply | list[Reply]] = {}
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.accepted = 0
        self._tls = tls
        self._listening = socket.create_server((host, 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.accepted += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection.settimeout(10)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65_536)
                    if not piece:
                        return
                    head += piece
                self.heads.append(head.decode("latin-1"))
                path = head.split(b" ")[1].decode("latin-1")
                self.asked.append(path)
                reply = self.pages.get(path, answer(b"", "404 Not Found"))
                if isinstance(reply, list):
                    reply = reply.pop(0) if len(reply) > 1 else reply[0]
                if callable(reply):
                    reply(connection, path)
                else:
                    connection.sendall(reply)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)

    def close(self) -> None:
        self._listening.close()
