"""`serve --lan`: HTTPS by the laptop's own authority, the page that hands it out, and clients that say nothing."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from observer_kit.cli import companion, lan
from observer_kit.config import Config
from observer_kit.errors import MissionInvalid, NoLanAddress
from observer_kit.trust import authority

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="another server serves there")
THREADS = 2
HEAD = b"POST /api/enrol HTTP/1.1\r\nHost: kit\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kit(*words: str) -> list[str]:
    return [sys.executable, "-c", "from observer_kit.cli import main; main()", *words]


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def asked(connection: http.client.HTTPConnection, path: str) -> Answer:
    with closing(connection):
        connection.request("GET", path)
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())


@dataclass
class Served:
    config: Config
    port: int
    page_port: int
    trusting: ssl.SSLContext
    said: str

    def page(self, path: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.page_port, timeout=10)
        return asked(connection, path)

    def answer(self, patience: float = 10) -> Answer:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=patience, context=self.trusting)
        return asked(connection, "/sign-in")

    def greeted(self, held: ExitStack, sent: bytes = b"") -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), 10)
        client = held.enter_context(self.trusting.wrap_socket(raw, server_hostname="trial.local"))
        client.sendall(sent)
        return client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve an empty data folder to this machine alone, by one process of few threads that waits two seconds."""
    data = tmp_path_factory.mktemp("lan") / "data"
    port, page_port = free_port(), free_port()
    words = ("serve", "--lan", "--host", "127.0.0.1", "--port", str(port), "--page-port", str(page_port))
    few = ("--name", "trial", "--workers", "1", "--threads", str(THREADS), "--patience", "2")
    process = subprocess.Popen(kit("--data", str(data), *words, *few), stdout=subprocess.PIPE, text=True)
    config = Config(data=data, exports=data, database_url="")
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _ in range(4))
    issuer = authority.authority(config, "trial")
    served = Served(config, port, page_port, ssl.create_default_context(cadata=issuer.der), said)
    for _ in range(200):
        try:
            assert served.answer(2).status == 200
            assert served.page("/en/").status == 200
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    yield served
    process.terminate()
    process.wait(20)
    process.stdout.close()
    for _ in range(100):  # the page goes with the server
        try:
            socket.create_connection(("127.0.0.1", page_port), 1).close()
            time.sleep(0.1)
        except OSError:
            break
    else:
        pytest.fail("the page is still served after the server has ended")


def test_the_terminal_says_where_and_by_which_fingerprint(server: Served) -> None:
    issuer = authority.authority(server.config, "trial")
    assert f"https://trial.local:{server.port}/" in server.said
    assert f"http://127.0.0.1:{server.page_port}/" in server.said
    assert issuer.fingerprint in server.said
    assert issuer.fingerprint.replace(":", "").lower() == hashlib.sha256(issuer.der).hexdigest()


def test_cookies_are_for_https_alone_and_the_name_stays_open_to_the_page(server: Served) -> None:
    answer = server.answer()
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] is None


def test_the_page_hands_out_the_certificate_as_systems_take_it_and_nothing_else(server: Served) -> None:
    der = authority.authority(server.config, "trial").der
    handed = server.page("/observer-kit.crt")
    assert (handed.headers["Content-Type"], handed.body) == ("application/x-x509-ca-cert", der)
    profile = server.page("/observer-kit.mobileconfig")
    assert profile.headers["Content-Type"] == "application/x-apple-aspen-config"
    assert b"com.apple.security.root" in profile.body
    for path in ("/o/en/", "/sign-in", "/api/mission", "/static/js/day.js", "/admin/", "/keys/authority.pem", "/sw.js"):
        assert server.page(path).status == 404, path


def test_nobody_is_served_over_plain_http(server: Served) -> None:
    with ExitStack() as held:
        plain = held.enter_context(socket.create_connection(("127.0.0.1", server.port), 10))
        plain.sendall(b"GET /sign-in HTTP/1.1\r\nHost: kit\r\n\r\n")
        with suppress(ConnectionResetError):
            assert b"HTTP/1.1 200" not in plain.recv(4000)
    assert server.answer().status == 200


def half_a_greeting(port: int, held: ExitStack) -> socket.socket:
    """Send the first half of a TLS client's greeting, and fall silent."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="trial.local")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    greeting = outgoing.read()
    raw = held.enter_context(socket.create_connection(("127.0.0.1", port), 10))
    raw.sendall(greeting[: len(greeting) // 2])
    return raw


def a_greeting_without_an_end(port: int, held: ExitStack) -> socket.socket:
    """Send the whole greeting, and never answer the server's."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="trial.local")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    raw = held.enter_context(socket.create_connection(("127.0.0.1", port), 10))
    raw.sendall(outgoing.read())
    return raw


@pytest.mark.parametrize("silent", [half_a_greeting, a_greeting_without_an_end])
def test_clients_that_fall_silent_in_the_handshake_keep_no_thread(server: Served, silent) -> None:
    with ExitStack() as held:
        for _ in range(20):
            silent(server.port, held)
        time.sleep(0.3)
        began = time.monotonic()
        assert server.answer(20).status == 200
        assert time.monotonic() - began < 6  # waited for, they would take twenty seconds


def test_connections_opened_in_advance_keep_no_thread_and_serve_when_they_are_used(server: Served) -> None:
    with ExitStack() as held:
        clients = [server.greeted(held) for _ in range(20)]
        time.sleep(0.3)
        began = time.monotonic()
        assert server.answer(20).status == 200
        assert time.monotonic() - began < 6  # waited for, they would take twenty seconds
        time.sleep(2.5)  # longer than the patience with a request that stops
        clients[7].sendall(b"GET /sign-in HTTP/1.1\r\nHost: kit\r\nConnection: close\r\n\r\n")
        assert clients[7].recv(15) == b"HTTP/1.1 200 OK"


def test_a_request_that_stops_in_the_middle_gives_its_thread_back(server: Served) -> None:
    with ExitStack() as held:
        clients = [server.greeted(held, HEAD) for _ in range(THREADS * 2)]
        assert server.answer(15).status == 200
        for client in clients[:THREADS]:
            with suppress(ssl.SSLError, ConnectionResetError):
                assert client.recv(12) in (b"", b"HTTP/1.1 400")


class Waited(NamedTuple):
    sock: ssl.SSLSocket


def test_an_answer_that_comes_after_the_patience_is_over_goes_out_and_not_in_clear(tmp_path: Path) -> None:
    from observer_kit.cli.worker import PatientWorker

    issuer = authority.authority(Config(data=tmp_path, exports=tmp_path, database_url=""), "trial")
    path = authority.leaf(Config(data=tmp_path, exports=tmp_path, database_url=""), issuer, ["trial.local"], [])
    trusting = ssl.create_default_context(cadata=issuer.der)
    with ExitStack() as held:
        ends = [held.enter_context(end) for end in socket.socketpair()]
        asking = ThreadPoolExecutor(1).submit(trusting.wrap_socket, ends[1], server_hostname="trial.local")
        serving = held.enter_context(authority.context(path).wrap_socket(ends[0], server_side=True))
        client = held.enter_context(asking.result())
        worker = object.__new__(PatientWorker)
        worker.tmp = SimpleNamespace(notify=lambda: None)
        worker._until = {Waited(serving): time.monotonic() - 1}
        worker.notify()
        assert worker._until == {}
        serving.sendall(b"the answer")
        assert client.recv(20) == b"the answer"


def test_a_handshake_by_drips_is_served(server: Served) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = server.trusting.wrap_bio(incoming, outgoing, server_hostname="trial.local")
    with socket.create_connection(("127.0.0.1", server.port), 10) as raw:

        def step(act):
            while True:
                try:
                    found = act()
                    break
                except ssl.SSLWantReadError:
                    for byte in outgoing.read():
                        raw.sendall(bytes([byte]))
                        time.sleep(0.001)
                    incoming.write(raw.recv(16_000))
            raw.sendall(outgoing.read())
            return found

        step(client.do_handshake)
        step(lambda: client.write(b"GET /sign-in HTTP/1.1\r\nHost: kit\r\n\r\n"))
        assert step(lambda: client.read(15)) == b"HTTP/1.1 200 OK"


def test_a_running_server_takes_the_certificate_of_new_addresses(server: Served) -> None:
    issuer = authority.authority(server.config, "trial")

    def ask() -> None:
        raw = socket.create_connection(("127.0.0.1", server.port), 10)
        server.trusting.wrap_socket(raw, server_hostname="192.168.7.7").close()

    with pytest.raises(ssl.SSLCertVerificationError):
        ask()
    held = ("trial.local", "localhost"), [ip_address("192.168.7.7"), ip_address("127.0.0.1")]
    authority.leaf(server.config, issuer, *held)
    ask()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(kit(*words), capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("option", ["--port", "--page-port"])
def test_a_busy_port_is_named_with_the_option_that_changes_it(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        ports = {"--port": free_port(), "--page-port": free_port(), option: busy.getsockname()[1]}
        words = [str(word) for pair in ports.items() for word in pair]
        done = run("--data", str(tmp_path / "data"), "serve", "--lan", "--host", "127.0.0.1", *words)
    assert done.returncode == 2
    assert f"choose another {option} [address_unavailable]" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_local_network_the_command_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lan, "_addresses", list)
    with pytest.raises(NoLanAddress, match="connect this machine to a network"):
        lan.find_lan(8000, 8080)
    monkeypatch.setattr(lan, "_addresses", lambda: [ip_address("8.8.4.4")])
    with pytest.raises(NoLanAddress, match=r"8\.8\.4\.4"):
        lan.find_lan(8000, 8080)
    assert NoLanAddress.code == "lan_address_missing"


def test_phones_are_led_to_the_first_address_of_ipv4_and_to_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [ip_address("192.168.1.5"), ip_address("10.0.0.9"), ip_address("fd00::5")]
    monkeypatch.setattr(lan, "_addresses", lambda: found)
    here = lan.find_lan(8443, 8080, "Office.local")
    assert here.links == ["https://office.local:8443/", "https://192.168.1.5:8443/", "https://10.0.0.9:8443/"]
    assert here.page == "http://192.168.1.5:8080/"
    with pytest.raises(MissionInvalid):
        lan.find_lan(8443, 8080, "наш ноутбук")


HERE = lan.Lan("office", (ip_address("192.168.1.5"),), 8443, 8080)


def test_the_name_is_announced_with_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []

    class Heard:
        def register_service(self, service, allow_name_change):
            said.append((service.server, service.port, service.parsed_addresses()))

        def close(self):
            said.append("closed")

    monkeypatch.setattr("zeroconf.Zeroconf", Heard)
    herald = companion.Herald()
    herald.say(HERE)
    herald.stop()
    assert said == [("office.local.", 8443, ["192.168.1.5"]), "closed"]


def test_without_mdns_the_server_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def refuse():
        raise OSError("Operation not permitted")

    monkeypatch.setattr("zeroconf.Zeroconf", refuse)
    companion.Herald().say(HERE)
    assert "office.local is not announced (Operation not permitted)" in capsys.readouterr().err
