"""`serve`: the production server, gunicorn on Unix and waitress elsewhere."""

from __future__ import annotations

import ctypes
import errno
import gc
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from observer_kit.cli import Context
from observer_kit.config import LAST_PORT, Config, from_environment
from observer_kit.errors import AddressUnavailable, SetupIncomplete

_M_ARENA_MAX: Final = -8  # of malloc.h


def _gunicorn(config: Config, workers: int, threads: int, patience: int, certificate: Path | None = None) -> None:
    from gunicorn.app.base import BaseApplication

    from observer_kit.app import create_app, load_rooms
    from observer_kit.cli.lan import Contexts
    from observer_kit.cli.worker import PatientWorker, choose_core

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            settings: dict[str, Any] = {
                "bind": f"{config.host}:{config.port}",
                "workers": workers,
                "threads": threads,
                "worker_class": type("Worker", (PatientWorker,), {"patience": patience}),
                "pre_fork": choose_core,
                "keepalive": 30,
                "timeout": 60,
                "accesslog": None,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            if certificate is not None:
                settings |= {"certfile": str(certificate), "ssl_context": Contexts(certificate)}
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    # Before the workers part: each starts sooner, and what is made here stays one memory for all of them,
    # as the collector, which writes to all that it visits, no longer visits it.
    load_rooms()
    app = create_app(config)
    _share_memory_among_threads()
    gc.collect()
    gc.freeze()
    Server().run()


def _share_memory_among_threads() -> None:
    """Let glibc keep two pools of free memory instead of eight for each core: threads that take turns fill few."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library keeps no such pools
            ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 2)


def _check_free(host: str, port: int, option: str = "--port") -> None:
    """Raise AddressUnavailable for an address that can't be listened on: the server itself would only try again."""
    place = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        said = f"another server listens here: stop it or choose another {option}" if in_use else f"{error.strerror}"
        raise AddressUnavailable(f"can't listen: {said}", place=place) from None


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1 unless told).")
@click.option("--port", type=click.IntRange(1, LAST_PORT), help="Port to listen on (8000 unless told).")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1), default=24, show_default=True, help="Threads in each.")
@click.option(
    "--patience",
    type=click.IntRange(1, 600),
    default=20,
    show_default=True,
    help="Seconds that a request may take to arrive; more with each byte that came.",
)
@click.option("--lan", is_flag=True, help="Serve the local network over HTTPS, with this machine's own authority.")
@click.option("--name", help="With --lan: the name that phones find, NAME.local (this machine's own unless told).")
@click.option(
    "--page-port",
    type=click.IntRange(1, LAST_PORT),
    default=8080,
    show_default=True,
    help="With --lan: port of the page that hands out the certificate.",
)
@click.option("--demo", is_flag=True, help="Show the doors of the demonstration: this browser may enrol as a phone.")
@click.pass_obj
def serve(
    context: Context,
    host: str | None,
    port: int | None,
    workers: int,
    threads: int,
    patience: int,
    lan: bool,
    name: str | None,
    page_port: int,
    demo: bool,
) -> None:
    """Start the server."""
    old = context.config
    config = from_environment(
        old.data, host=host or ("0.0.0.0" if lan else old.host), port=port or old.port,  # noqa: S104 -- asked for
        demo=demo or old.demo, database_url=old.database_url, https=lan or old.https, lan=lan,
    )  # fmt: skip
    _check_free(config.host, config.port)
    if lan:
        _serve_lan(context, config, host, name, page_port, workers, threads, patience)
        return
    context.made_store.close()  # migrated and checked before the first worker starts
    click.echo(f"Observer Kit on http://{config.host}:{config.port}/")
    if sys.platform == "win32":
        from waitress import serve as waitress

        from observer_kit.app import create_app

        waitress(create_app(config), host=config.host, port=config.port, threads=threads, channel_timeout=patience)
    else:
        _gunicorn(config, workers, threads, patience)


def _serve_lan(
    context: Context,
    config: Config,
    host: str | None,
    name: str | None,
    page_port: int,
    workers: int,
    threads: int,
    patience: int,
) -> None:
    from observer_kit.cli.lan import accompany, announce, certify, find_lan

    if sys.platform == "win32":
        raise SetupIncomplete("needs Linux or macOS; on Windows run it under WSL", place="--lan")
    _check_free(config.host, page_port, "--page-port")
    found = find_lan(config.port, page_port, name, host)
    issuer, certificate = certify(config, found)
    context.made_store.close()
    announce(found, issuer, sys.stdout.isatty())
    accompany(config, found, host)
    _gunicorn(replace(config, origin=found.links[0].rstrip("/")), workers, threads, patience, certificate)
