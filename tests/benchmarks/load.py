"""A closed loop of keep-alive connections in a process of its own: each sends its next request on the last reply."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import psutil

from tests.benchmarks import servers


@dataclass(frozen=True)
class Measured:
    """What a run of the load gave; times in milliseconds, `cpu` the server's for one request."""

    connections: int
    rate: float
    count: int
    p50: float
    p99: float
    errors: int
    cpu: float = 0.0


def request(path: str, body: bytes, token: str | None = None) -> bytes:
    """Write one request as bytes, so that the loop spends its time waiting."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(port: int, server: psutil.Process, requests: Sequence[bytes], connections: int, seconds: float) -> Measured:
    """Send requests for some seconds, each at most once, and measure from another process."""
    before = servers.cpu(server)
    queue: multiprocessing.SimpleQueue[Measured] = multiprocessing.get_context("fork").SimpleQueue()
    process = multiprocessing.get_context("fork").Process(
        target=lambda: queue.put(asyncio.run(_run(port, requests, connections, seconds)))
    )
    process.start()
    result = queue.get()
    process.join()
    return replace(result, cpu=(servers.cpu(server) - before) * 1000 / max(result.count, 1))


async def _run(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Measured:
    source = iter(requests)
    latencies: list[float] = []
    errors = [0]
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(_connection(port, source, until, latencies, errors) for _ in range(connections)))
    took = time.perf_counter() - began
    latencies.sort()

    def part(share: float) -> float:
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1000 if latencies else float("nan")

    return Measured(connections, len(latencies) / took, len(latencies), part(0.5), part(0.99), errors[0])


async def _connection(
    port: int, source: Iterator[bytes], until: float, latencies: list[float], errors: list[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(StopIteration):
        while (began := time.perf_counter()) < until:
            writer.write(next(source))
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:")
            body = await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or b'"error"' in body:
                errors[0] += 1
    writer.close()
    await writer.wait_closed()


def median(runs: Iterable[Measured]) -> Measured:
    """Give the run of the middle rate, whole: its latencies belong to its rate."""
    ordered = sorted(runs, key=lambda run: run.rate)
    return ordered[len(ordered) // 2]
