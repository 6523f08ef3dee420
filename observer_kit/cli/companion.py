"""Beside `serve --lan`, in a process of its own: the plain page, mDNS, and the watch over this machine's addresses."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, Final

import click
import orjson

from observer_kit.cli.lan import Lan, as_told, certify
from observer_kit.config import Config, from_environment
from observer_kit.errors import KitError, NoLanAddress
from observer_kit.web.landing import Place, landing

EVERY: Final = 5
"""Seconds between two looks at this machine's addresses."""
KIND: Final = "_https._tcp.local."


class Herald:
    """Says over mDNS where this machine is; where it can't, the server goes on without."""

    def __init__(self) -> None:
        self._zeroconf: Any = None

    def say(self, lan: Lan) -> None:
        """Announce the machine's name with these addresses in place of those before."""
        try:
            from zeroconf import ServiceInfo, Zeroconf

            said = ServiceInfo(
                KIND, f"Observer Kit {lan.name}.{KIND}", port=lan.port, server=f"{lan.host}.",
                addresses=[each.packed for each in lan.reached],
            )  # fmt: skip
            if self._zeroconf is not None:
                self._zeroconf.close()
            self._zeroconf = Zeroconf()
            self._zeroconf.register_service(said, allow_name_change=True)
        except Exception as error:  # of any kind: sockets, the network's state, the library itself
            reason = str(error) or type(error).__name__
            click.echo(
                f"observer-kit: {lan.host} is not announced ({reason}): phones use the numbers [mdns_unavailable]",
                err=True,
            )

    def stop(self) -> None:
        """Say goodbye."""
        if self._zeroconf is not None:
            with suppress(Exception):
                self._zeroconf.close()


def place_of(config: Config, lan: Lan) -> Place:
    """Give what the page says, with the certificate made anew if the addresses are other ones."""
    issuer, _ = certify(config, lan)
    return Place(lan.page, tuple(lan.links), issuer.name, issuer.fingerprint, issuer.der)


def main() -> None:
    """Serve until the server's end of the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C at the terminal ends the server, and the pipe this
    told = orjson.loads(sys.stdin.buffer.readline())
    config = from_environment(told["data"])
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    lan = as_told(told)
    places = [place_of(config, lan)]
    _serve(places, told)
    herald = Herald()
    herald.say(lan)
    while not ended.wait(EVERY):
        try:
            found = as_told(told)
            if found != lan:
                places[0] = place_of(config, found)
                lan = found
                click.echo("Observer Kit is now on " + "  ".join(lan.links))
                herald.say(lan)
        except NoLanAddress:
            continue  # out of every network for the moment: the last certificate stays good
        except (KitError, OSError) as error:
            click.echo(f"observer-kit: the new addresses have no certificate yet: {error}", err=True)
    herald.stop()


def _serve(places: list[Place], told: dict[str, Any]) -> None:
    from waitress.server import create_server

    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(
        landing(lambda: places[0]), host=told["host"] or "0.0.0.0", port=told["page_port"],  # noqa: S104 -- for the LAN
        threads=4, channel_timeout=20, connection_limit=200, ident=None,
    )  # fmt: skip
    threading.Thread(target=server.run, daemon=True).start()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


if __name__ == "__main__":
    main()
