"""`serve --lan`: where phones find this machine, what vouches for it, and who says so to them."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import click
import ifaddr
import orjson
import segno

from observer_kit.config import Config
from observer_kit.errors import MissionInvalid, NoLanAddress, SetupIncomplete
from observer_kit.trust import authority
from observer_kit.trust.authority import Address, Authority

PAGE_PORT: Final = 8080
_HERE: Final = (ip_address("127.0.0.1"), ip_address("::1"))
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_VIRTUAL: Final = re.compile(r"(docker|br-|veth|virbr|vmnet|vboxnet)")
"""Networks inside this machine, which no phone is in."""


@dataclass(frozen=True, slots=True)
class Lan:
    """How phones reach this machine; the address likeliest to be theirs comes first."""

    name: str
    addresses: tuple[Address, ...]
    port: int
    page_port: int

    @property
    def reached(self) -> tuple[Address, ...]:
        """Give the addresses that are listened on: those of IPv4, which every phone has, unless told another."""
        return tuple(each for each in self.addresses if each.version == 4) or self.addresses

    @property
    def host(self) -> str:
        """Give the name that mDNS announces."""
        return f"{self.name}.local"

    @property
    def links(self) -> list[str]:
        """Give every address of the kit itself, the name's first."""
        return [
            f"https://{self.host}:{self.port}/",
            *(f"https://{_in_url(each)}:{self.port}/" for each in self.reached),
        ]

    @property
    def page(self) -> str:
        """Give the address of the page that hands out the certificate: a number, as not every phone finds names."""
        return f"http://{_in_url(self.reached[0])}:{self.page_port}/"


def find_lan(port: int, page_port: int, name: str | None = None, host: str | None = None) -> Lan:
    """Find this machine's name and its addresses in local networks; raises NoLanAddress."""
    wanted = _machine_name() if name is None else name.lower().removesuffix(".local")
    if not _LABEL.fullmatch(wanted):
        raise MissionInvalid("expected letters, digits and hyphens, at most 63", place=f"--name {wanted!r}")
    all_here = _addresses() if host is None else [_given(host)]
    found = [each for each in all_here if authority.may_vouch(each)]
    if not found:
        public = ", ".join(str(each) for each in all_here)
        raise NoLanAddress(
            f"no address here is one of a local network (here: {public})" if public
            else "connect this machine to a network, or start its own hotspot, then try again"
        )  # fmt: skip
    return Lan(wanted, tuple(found), port, page_port)


def certify(config: Config, lan: Lan) -> tuple[Authority, Path]:
    """Give the authority and the file of the certificate for where this machine is reached now."""
    issuer = authority.authority(config, lan.name)
    return issuer, authority.leaf(config, issuer, (lan.host, "localhost"), (*lan.addresses, *_HERE))


class Contexts:
    """What gunicorn asks for each connection: the TLS context, made anew when the certificate's file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: tuple[int, ssl.SSLContext] | None = None

    def __call__(self, config: Any, otherwise: Any) -> ssl.SSLContext:
        """Give the context of the certificate as it is now."""
        changed = self._path.stat().st_mtime_ns
        if self._made is None or self._made[0] != changed:
            self._made = changed, authority.context(self._path)
        return self._made[1]


def announce(lan: Lan, issuer: Authority, tty: bool) -> None:
    """Say on the terminal where phones find the kit and how they come to trust it."""
    click.echo("Observer Kit on " + "  ".join(lan.links))
    click.echo(f"Phones first open {lan.page} and trust the certificate with this SHA-256 fingerprint:")
    click.echo(f"  {issuer.fingerprint}")
    click.echo(f"The sheet to print is {lan.page}en/sheet (or ru, kk).")
    if tty:
        for label, address in (("1. the certificate", lan.page), ("2. the kit", lan.links[0])):
            click.echo(f"\n{label}: {address}")
            segno.make(address, error="m", micro=False).terminal(compact=True)


def accompany(config: Config, lan: Lan, host: str | None) -> None:
    """Start the companion: the plain page, mDNS, and the watch over this machine's addresses.

    It is a process of its own, so that nothing of it is in the server's
    workers, and it ends when they all have: their end of the pipe closes.
    """
    told = {
        "data": str(config.data), "name": lan.name, "port": lan.port, "page_port": lan.page_port, "host": host,
    }  # fmt: skip
    child = subprocess.Popen([sys.executable, "-m", "observer_kit.cli.companion"], stdin=subprocess.PIPE)
    _kept.append(child)
    if child.stdin is None:
        raise SetupIncomplete("the companion process has no input")
    child.stdin.write(orjson.dumps(told) + b"\n")
    child.stdin.flush()


_kept: list[subprocess.Popen[bytes]] = []
"""Held for as long as the server runs, or the pipe would close."""


def _given(host: str) -> Address:
    try:
        return ip_address(host)
    except ValueError:
        raise NoLanAddress("expected an address in numbers", place=f"--host {host!r}") from None


def _machine_name() -> str:
    short = re.sub(r"[^a-z0-9-]+", "-", socket.gethostname().split(".")[0].lower()).strip("-")[:63]
    return short if _LABEL.fullmatch(short) else "observer-kit"


def _addresses() -> list[Address]:
    """Give every address of this machine that others may reach, the one of the outgoing route first."""
    found: list[Address] = []
    for adapter in ifaddr.get_adapters():
        if not _VIRTUAL.match(adapter.nice_name):
            found += [ip_address(each.ip if isinstance(each.ip, str) else each.ip[0]) for each in adapter.ips]
    outgoing = _outgoing()
    usable = {each for each in found if not each.is_loopback and (each.version == 4 or not each.is_link_local)}
    return sorted(usable, key=lambda each: (each != outgoing, each.version, each.is_link_local, int(each)))


def _outgoing() -> Address | None:
    """Give the address from which this machine would speak to others; nothing is sent for it."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("10.255.255.255", 9))
        return ip_address(probe.getsockname()[0])
    return None


def _in_url(address: Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)


def as_told(told: dict[str, Any]) -> Lan:
    """Find the LAN anew, as the server was told to."""
    return find_lan(told["port"], told["page_port"], told["name"], told["host"])
