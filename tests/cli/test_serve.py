"""The production server: clients that are slow or say nothing keep nobody else from it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="another server serves there")
THREADS = 2
BODY = b"POST /api/enrol HTTP/1.1\r\nHost: kit\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n"
BODY += b"Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve an empty data folder by one process of few threads that waits two seconds."""
    data = tmp_path_factory.mktemp("serve") / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    words = ("--data", str(data), "serve", "--port", str(free), "--workers", "1", "--threads", str(THREADS))
    server = subprocess.Popen(
        [sys.executable, "-c", "from observer_kit.cli import main; main()", *words, "--patience", "2"],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            assert answer(free, 2) == 200
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.1)
    yield free
    server.terminate()
    server.wait(20)


def answer(port: int, patience: float) -> int:
    """Ask for the first page; gives the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


def connected(port: int, held: ExitStack, sent: bytes) -> socket.socket:
    client = held.enter_context(socket.create_connection(("127.0.0.1", port), 10))
    client.sendall(sent)
    return client


def test_connections_that_say_nothing_keep_no_thread(port: int) -> None:
    with ExitStack() as held:
        for _ in range(30):
            connected(port, held, b"")
        began = time.monotonic()
        assert answer(port, 3) == 200
        assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("sent", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: kit\r\n", BODY + b"{"])
def test_requests_that_stop_in_the_middle_give_their_threads_back(port: int, sent: bytes) -> None:
    with ExitStack() as held:
        clients = [connected(port, held, sent) for _ in range(THREADS * 2)]
        assert answer(port, 12) == 200
        for client in clients[:THREADS]:
            assert client.recv(100)[:12] in (b"", b"HTTP/1.1 400")


def test_a_request_that_drips_is_cut_off_and_a_slow_one_that_gets_on_is_served(port: int) -> None:
    with ExitStack() as held:
        dripping, slow = connected(port, held, BODY), connected(port, held, BODY)
        for _ in range(9):
            time.sleep(0.5)
            slow.sendall(b"x" * 10_000)
            with suppress(OSError):
                dripping.sendall(b"x")
        with suppress(ConnectionResetError):
            assert dripping.recv(100)[:12] in (b"", b"HTTP/1.1 400")
        assert b"the request is no JSON" in b"".join(iter(lambda: slow.recv(4000), b""))
