"""The production server's worker: gunicorn's threads, none of which a slow or silent client can keep for long."""

from __future__ import annotations

import os
import select
import selectors
import socket
import ssl
import struct
import time
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Final

from gunicorn.http import get_parser
from gunicorn.sock import ssl_wrap_socket
from gunicorn.workers.gthread import _DEFER, ThreadWorker

RATE: Final = 500
"""Bytes a second: slower than any phone's network that still works."""
SENDING: Final = 30
"""Seconds that a client may take none of its answer."""
GREETING: Final = 30
"""Seconds that a client may take over the TLS handshake, however many pieces it comes in."""


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Give each request its time to arrive: so many seconds, and more for each byte that came."""

    patience: ClassVar[float] = 20
    core: int = 0

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._until: dict[Any, float] = {}

    def init_process(self) -> None:
        """Start on a core of its own, where there are enough of them."""
        if hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            if self.cfg.workers <= len(cores):
                # The threads of one interpreter take turns; waking the next on another core costs half as much again.
                os.sched_setaffinity(0, {cores[self.core]})
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Let a new connection wait for its first byte without a thread."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        """Serve a request, watched for as long as it is here."""
        self._until[conn] = time.monotonic() + self.patience
        result: Any = False
        try:
            if not conn.initialized:
                with suppress(OSError):
                    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", SENDING, 0))
                if self.cfg.is_ssl and not self._greet(conn):
                    result = _DEFER
                    return result
                conn.init()
                self._count(conn)
                if self.cfg.is_ssl and not conn.sock.pending() and not _ready(conn.sock, select.POLLIN, 0):
                    # Browsers open connections in advance: such a one waits without a thread, like any silent client.
                    result = _DEFER
                    return result
            result = super().handle(conn)
            return result
        except (ssl.SSLError, OSError):  # no TLS, a certificate that the client does not trust, or gone
            return result
        finally:
            self._until.pop(conn, None)
            if not result:
                _part(conn)

    def notify(self) -> None:
        """Tell the master that the worker lives, once a second, and stop waiting for whom it waited long enough."""
        super().notify()
        now = time.monotonic()
        for conn, until in list(self._until.items()):
            if now > until:
                self._until.pop(conn, None)
                with suppress(OSError):
                    # Only the reading ends: an answer that is being made, or on its way, still goes out. Not by the
                    # TLS socket's own shutdown, after which that answer would go out in clear.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)

    def _greet(self, conn: Any) -> bool:
        """Take the TLS handshake as far as what came allows; say whether it is done.

        Between its steps the connection waits in the poller, so that a client
        that falls silent in the middle keeps no thread either.
        """
        if not isinstance(conn.sock, ssl.SSLSocket):
            conn.sock = ssl_wrap_socket(conn.sock, self.cfg)
            conn.greeting = time.monotonic() + GREETING
        conn.sock.setblocking(False)
        try:
            conn.sock.do_handshake()
        except ssl.SSLWantReadError:
            if time.monotonic() > conn.greeting:
                raise TimeoutError from None
            return False
        except ssl.SSLWantWriteError:  # a few kilobytes that the network does not take yet
            _ready(conn.sock, select.POLLOUT, 1)
            return self._greet(conn)
        conn.sock.setblocking(True)
        conn.parser = get_parser(self.cfg, conn.sock, conn.client)
        conn.initialized = True
        return True

    def _count(self, conn: Any) -> None:
        """Give a connection more time with each piece that it sends."""
        unreader = conn.parser.unreader
        chunk = unreader.chunk

        def counted(size_hint: int | None = None) -> bytes:
            piece: bytes = chunk(size_hint)
            if conn in self._until:
                self._until[conn] += len(piece) / RATE
            return piece

        unreader.chunk = counted


def _ready(sock: Any, event: int, seconds: float) -> bool:
    """Say whether a socket is ready for reading or writing, within so many seconds."""
    poll = select.poll()
    poll.register(sock, event)
    return bool(poll.poll(seconds * 1000))


def _part(conn: Any) -> None:
    """Close a connection here, where the polite wait for the client's own end stops nobody else."""
    with suppress(OSError):
        conn.close(graceful=True)
    conn.close = lambda graceful=False: None


def choose_core(server: Any, worker: PatientWorker) -> None:
    """Give a worker that is about to start the first core that no other has."""
    taken = {other.core for other in server.WORKERS.values()}
    worker.core = next(core for core in range(len(taken) + 1) if core not in taken)
