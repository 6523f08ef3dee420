"""`serve`: the production server, gunicorn on Unix and waitress elsewhere."""

from __future__ import annotations

import sys
from typing import Any

import click

from observer_kit.cli import Context
from observer_kit.config import Config, from_environment


def _gunicorn(config: Config, workers: int, threads: int) -> None:
    from gunicorn.app.base import BaseApplication

    from observer_kit.app import create_app

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            settings: dict[str, Any] = {
                "bind": f"{config.host}:{config.port}",
                "workers": workers,
                "threads": threads,
                "worker_class": "gthread",
                "keepalive": 30,
                "timeout": 60,
                "accesslog": None,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(config)

    Server().run()


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1 unless told).")
@click.option("--port", type=int, help="Port to listen on (8000 unless told).")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="Threads in each.")
@click.option("--demo", is_flag=True, help="Show the doors of the demonstration: this browser may enrol as a phone.")
@click.pass_obj
def serve(context: Context, host: str | None, port: int | None, workers: int, threads: int, demo: bool) -> None:
    """Start the server."""
    old = context.config
    config = from_environment(
        old.data, host=host or old.host, port=port or old.port, demo=demo or old.demo, database_url=old.database_url
    )
    _ = context.store  # migrate and check before the first worker starts
    context.store.close()
    click.echo(f"Observer Kit on http://{config.host}:{config.port}/")
    if sys.platform == "win32":
        from waitress import serve as waitress

        from observer_kit.app import create_app

        waitress(create_app(config), host=config.host, port=config.port, threads=threads)
    else:
        _gunicorn(config, workers, threads)
