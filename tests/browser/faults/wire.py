"""The wire between a phone and its server: a small proxy that can lose, cut, double, delay and replace what passes.

Each phone has a wire of its own, and so an address of its own. One connection
carries one request. What happens to the requests of the intake is said by
`send` (for the next ones, in turn) and `always` (for those after them).
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 150.0
"""How long the wire waits for a server, or for a test that holds it."""


class Gate:
    """A place where what passes waits for the test."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def stop(self) -> None:
        """Say that something has come here, and wait until the gate is opened."""
        self.reached.set()
        self.opened.wait(PATIENCE)

    def wait(self, seconds: float = 20) -> None:
        """Wait until something has come here."""
        assert self.reached.wait(seconds), "nothing came to this place"


@dataclass
class Exchange:
    """One request, and what can be done with it."""

    wire: Wire
    client: socket.socket
    raw: bytes
    method: str
    path: str
    body: bytes
    replies: list[bytes] = field(default_factory=list)

    def forward(self, share: float = 1.0) -> bytes:
        """Let the server have the request, or a share of its bytes; give the reply's bytes."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.wire.server), 5) as server:
            server.settimeout(PATIENCE)
            server.sendall(self.raw[: round(len(self.raw) * share)])
            if share < 1:
                return b""
            reply = b"".join(iter(lambda: server.recv(65536), b""))
            self.replies.append(reply)
            return reply
        return b""

    def give(self, reply: bytes, share: float = 1.0) -> None:
        """Let the phone have the reply, or a share of its bytes."""
        with contextlib.suppress(OSError):
            self.client.sendall(reply[: round(len(reply) * share)])

    @property
    def ids(self) -> list[str]:
        """Name the envelopes in this request."""
        try:
            return [each["id"] for each in json.loads(self.body)["envelopes"]]
        except (ValueError, KeyError, TypeError):
            return []


Fault = Callable[[Exchange], None]
"""What happens to one request. Nothing else closes the connection but its end."""


def answer(status: str, kind: str, body: bytes, *more: str) -> bytes:
    """Write a reply."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def body_of(reply: bytes) -> bytes:
    """Give what follows a reply's head."""
    return reply.partition(b"\r\n\r\n")[2]


class Wire:
    """Listens for one phone and speaks to one server."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.send: deque[Fault] = deque()
        self.always: Fault | None = None
        self.everything: Fault | None = None  # for each request, whatever it asks
        self.gates: dict[str, Gate] = {}
        self.edits: dict[str, list[Callable[[bytes], bytes]]] = {}  # path → what becomes of the reply's body, in turn
        self.sent: list[tuple[float, list[str]]] = []  # when which envelopes came by
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._listen, daemon=True).start()

    def gate(self, step: str) -> Gate:
        """Hold what comes to this step from now on."""
        self.gates[step] = Gate()
        return self.gates[step]

    def edit(self, path: str, how: Callable[[bytes], bytes]) -> None:
        """Change the body of this address's replies, after what changed it before."""
        self.edits.setdefault(path, []).append(how)

    def mend(self) -> None:
        """Let everything pass again, also what is held."""
        self.send.clear()
        self.always = self.everything = None
        for gate in self.gates.values():
            gate.opened.set()
        self.gates.clear()

    def close(self) -> None:
        """Stop listening."""
        self.mend()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.settimeout(PATIENCE)
            exchange = self._read(client)
            if exchange is None:
                return
            if exchange.path.startswith("/fault/"):
                step = exchange.path.removeprefix("/fault/")
                if step in self.gates:
                    self.gates[step].stop()
                exchange.give(answer("204 No Content", "text/plain", b""))
            else:
                self._fault(exchange)(exchange)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)

    def _read(self, client: socket.socket) -> Exchange | None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            more = client.recv(65536)
            if not more:
                return None
            raw += more
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
        while len(body) < length:
            more = client.recv(65536)
            if not more:
                return None
            body += more
        kept = [line for line in lines if not line.lower().startswith(("connection:", "accept-encoding:"))]
        raw = "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1") + body
        method, path, _ = lines[0].split(" ", 2)
        return Exchange(self, client, raw, method, path, body)

    def _fault(self, exchange: Exchange) -> Fault:
        if exchange.method == "POST" and exchange.path == "/api/submissions":
            self.sent.append((time.monotonic(), exchange.ids))
            if self.send:
                return self.send.popleft()
            if self.always:
                return self.always
        return self.everything or passed

    def edited(self, exchange: Exchange, reply: bytes) -> bytes:
        """Give the reply as the phone shall see it."""
        edits = self.edits.get(exchange.path)
        if edits is None or not reply.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            return reply
        head, _, body = reply.partition(b"\r\n\r\n")
        for edit in edits:
            body = edit(body)
        kept = [line for line in head.decode("latin-1").split("\r\n") if not line.lower().startswith("content-length")]
        return "\r\n".join([*kept, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def passed(exchange: Exchange) -> None:
    """Change nothing but what is edited."""
    exchange.give(exchange.wire.edited(exchange, exchange.forward()))


def as_json(reply: bytes) -> dict[str, Any]:
    """Read a reply's body."""
    return json.loads(body_of(reply))  # type: ignore[no-any-return]
