"""What can happen to a request on its way and to its reply on the way back."""

from __future__ import annotations

import json
import time

from tests.browser.faults.wire import Exchange, Fault, Gate, answer, as_json, passed

PORTAL = b"<!doctype html><title>Sign in to the hotel's network</title><form><input name=room></form>"


def request_dropped(exchange: Exchange) -> None:
    """Lose the request."""


def reply_dropped(exchange: Exchange) -> None:
    """Lose the reply, after the server has done its part."""
    exchange.forward()


def doubled(exchange: Exchange) -> None:
    """Let the server have the request twice; the phone hears the second reply."""
    exchange.forward()
    passed(exchange)


def reply_doubled(exchange: Exchange) -> None:
    """Let the phone have the reply's bytes twice."""
    reply = exchange.forward()
    exchange.give(reply + reply)


def request_cut(share: float) -> Fault:
    """Let the server have a share of the request's bytes, and nobody anything more."""
    return lambda exchange: exchange.give(exchange.forward(share))


def reply_cut(share: float) -> Fault:
    """Let the phone have a share of the reply's bytes."""
    return lambda exchange: exchange.give(exchange.forward(), share)


def delayed(seconds: float) -> Fault:
    """Keep the reply back for so long."""

    def late(exchange: Exchange) -> None:
        reply = exchange.forward()
        time.sleep(seconds)
        exchange.give(reply)

    return late


def slow(bytes_a_second: int, most: float = 30) -> Fault:
    """Take as long over the request as a line of this speed, at most so many seconds; then it is lost."""

    def crawl(exchange: Exchange) -> None:
        needed = len(exchange.raw) / bytes_a_second
        time.sleep(min(needed, most))
        if needed <= most:
            passed(exchange)

    return crawl


def portal(exchange: Exchange) -> None:
    """Answer as a hotel's network does: 200, and its own page."""
    exchange.give(answer("200 OK", "text/html", PORTAL))


def portal_elsewhere(exchange: Exchange) -> None:
    """Answer as another hotel's network does: a redirect to its own page, at the same address."""
    place = f"Location: {exchange.wire.url}/sign-in"
    exchange.give(answer("302 Found", "text/html", PORTAL, place))


def status(line: str, body: bytes = b"", kind: str = "text/html") -> Fault:
    """Answer with this, and let the server hear nothing."""
    return lambda exchange: exchange.give(answer(line, kind, body))


def replaced(body: bytes) -> Fault:
    """Let the server do its part, and the phone hear something else as JSON."""

    def say(exchange: Exchange) -> None:
        exchange.forward()
        exchange.give(answer("200 OK", "application/json", body))

    return say


def forged(exchange: Exchange) -> None:
    """Answer without the server: stored, and a receipt that nobody signed."""
    results = []
    for each in json.loads(exchange.body)["envelopes"]:
        receipt = {"id": each["id"], "hash": each["hash"], "received": "2026-11-22T10:00:00Z", "sequence": 7}
        receipt |= {"key": "00000000", "signature": "A" * 86}
        results.append({"id": each["id"], "status": "stored", "receipt": receipt})
    exchange.give(answer("200 OK", "application/json", json.dumps({"results": results}).encode()))


def another_reply(reply: bytes) -> Fault:
    """Give the reply of an earlier request again, under this request's ids: the server hears nothing."""

    def stale(exchange: Exchange) -> None:
        results = as_json(reply)["results"]
        told = [results[0] | {"id": id} for id in exchange.ids]
        exchange.give(answer("200 OK", "application/json", json.dumps({"results": told}).encode()))

    return stale


def held(gate: Gate, where: str) -> Fault:
    """Wait at a gate: on the `send`ing way, after the `store`, or in the middle of the `reply`."""

    def hold(exchange: Exchange) -> None:
        if where == "send":
            gate.stop()
        reply = exchange.forward()
        if where == "store":
            gate.stop()
        if where != "reply":
            exchange.give(reply)
            return
        half = len(reply) // 2
        exchange.give(reply[:half])
        gate.stop()
        exchange.give(reply[half:])

    return hold


def smaller_than(most: int) -> Fault:
    """Refuse requests of more bytes, as a proxy in between does."""

    def measure(exchange: Exchange) -> None:
        if len(exchange.body) > most:
            exchange.give(answer("413 Payload Too Large", "text/html", b"<h1>413</h1>"))
        else:
            passed(exchange)

    return measure


def stumbling_over(id: str) -> Fault:
    """Fail whenever this envelope is in the request."""

    def stumble(exchange: Exchange) -> None:
        if id in exchange.ids:
            exchange.give(answer("500 Internal Server Error", "text/html", b"<h1>Oops</h1>"))
        else:
            passed(exchange)

    return stumble
