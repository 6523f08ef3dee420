"""The two applications under one server: the kit itself, and a Flask view that only parses JSON and answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from flask import Flask, Response, jsonify, request

SERVE = ("-c", "from observer_kit.cli import main; main()", "serve")
ECHO = (
    "-m", "gunicorn", "tests.benchmarks.servers:echo()", "--log-level", "warning",
    "--workers", "2", "--threads", "8", "--worker-class", "gthread", "--keep-alive", "30", "--timeout", "60",
)  # fmt: skip
"""The echo, under the settings of `observer-kit serve`."""


def echo() -> Flask:
    """Make the bare application: parse the body, answer with the id in it."""
    app = Flask("echo")

    @app.post("/echo")
    def answer() -> Response:
        body = request.get_json()
        return jsonify(id=body["envelopes"][0]["id"], status="echo")

    @app.get("/")
    def ready() -> str:
        return "ready"

    return app


@contextlib.contextmanager
def serving(kind: Sequence[str], data: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Run SERVE or ECHO; gives its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "OBSERVER_KIT_DATA": str(data)}
    environment.pop("OBSERVER_KIT_DATABASE_URL", None)
    address = ["--bind", f"127.0.0.1:{port}"] if kind is ECHO else ["--port", str(port)]
    with subprocess.Popen([sys.executable, *kind, *address], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def memory(server: psutil.Process) -> float:
    """Give what the server and its workers hold, shared pages counted once (PSS), in MB."""
    processes = [server, *server.children(recursive=True)]
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def cpu(server: psutil.Process) -> float:
    """Give the seconds of processor time that the server and its workers have used."""
    times = [process.cpu_times() for process in (server, *server.children(recursive=True))]
    return sum(used.user + used.system for used in times)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("the server did not start")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/") as reply:
            reply.read()
            return
        time.sleep(0.1)
    raise SystemExit("the server did not answer")
