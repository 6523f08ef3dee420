"""A PostgreSQL cluster of the tests' own, in a temporary folder; started once, gone when the tests end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from functools import cache
from pathlib import Path

import psycopg
import pytest

from tests import databases


def binaries() -> Path | None:
    """Find initdb and postgres: Debian keeps them off the path, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def fresh_url() -> str:
    """Give the address of a new database of the present schema; skips the test without PostgreSQL, save in CI."""
    if binaries() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed, and CI tests both databases")
        pytest.skip("PostgreSQL is not installed")
    return _create(_cluster(), _template())


@cache
def _template() -> str:
    """Migrate one database, which the others are copied from."""
    socket = _cluster()
    url = _create(socket, "template1")
    databases.migrate(url)
    return url.partition("@/")[2].partition("?")[0]


def _create(socket: Path, template: str) -> str:
    name = f"kit_{uuid.uuid4().hex}"
    with psycopg.connect(f"host={socket} user=kit dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return f"postgresql+psycopg://kit@/{name}?host={socket}"


@cache
def _cluster() -> Path:
    """Start the cluster and give the folder of its socket; PostgreSQL refuses to run as root, so root lends a user."""
    tools = binaries()
    assert tools is not None
    folder = Path(tempfile.mkdtemp(prefix="kit-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        lent = _lent_user()
        as_user = {"user": lent.pw_uid, "group": lent.pw_gid, "extra_groups": []}
        os.chown(folder, lent.pw_uid, lent.pw_gid)
    data = folder / "data"
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "env": {"LC_ALL": "C.UTF-8", "PATH": os.defpath}, **as_user}
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "kit", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [tools / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            stderr=log,
            **quiet,
        )
    atexit.register(_stop, server)
    for _ in range(300):
        try:
            psycopg.connect(f"host={folder} user=kit dbname=postgres").close()
            return folder
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())


def _lent_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("root needs a user 'postgres' or 'nobody' to run PostgreSQL as")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
