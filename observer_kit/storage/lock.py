"""The writers' queue: one lock that all threads and processes of this machine wait in, in turn.

SQLite's own busy handler sleeps between tries, which makes a long tail; a
lock of the kernel wakes the next writer the moment the last one is done.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from observer_kit.errors import StorageFault

if sys.platform != "win32":  # there one process serves; its threads queue on the lock in memory
    import fcntl


class WriterQueue:
    """A lock file beside the database; free again when its holder dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._file: int | None = None

    def after_fork(self) -> None:
        """Start anew in a child process: a lock file opened by the parent would be shared with it."""
        self._turn = threading.Lock()
        self._holder = None
        self.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write; refuses to wait for itself."""
        me = threading.get_ident()
        if self._holder == me:
            raise StorageFault("atomic() inside atomic(): this thread is already writing")
        with self._turn:
            self._holder = me
            try:
                self._acquire()
                try:
                    yield
                finally:
                    self._release()
            finally:
                self._holder = None

    def _acquire(self) -> None:
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        if sys.platform != "win32":
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def _release(self) -> None:
        if sys.platform != "win32" and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
