"""The intake: every envelope judged by itself, stored whole or not at all, answered after the commit.

Requests that arrive together are committed together: one thread of the
process writes for all that wait, in one transaction, and each reply follows
the commit that holds its envelope. An envelope may come any number of times.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from observer_kit.config import Config
from observer_kit.storage import chain
from observer_kit.storage.engine import Store
from observer_kit.storage.group import Group, Result, Statements
from observer_kit.storage.judged import Judged
from observer_kit.storage.reception import Reception
from observer_kit.trust.model import Device


@dataclass(slots=True)
class _Ticket:
    """What one request waits for; it is judged by what the missions were at this revision."""

    envelopes: Sequence[Any]
    device: Device
    via: str
    revision: int
    accept_unsigned: bool
    opened: list[Judged | Result] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    failure: BaseException | None = None
    stale: bool = False
    done: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Begin without the turn: whoever writes gives it, with the results or with the task of writing next."""
        self.turn.acquire()

    @property
    def items(self) -> list[Judged]:
        """What is to be stored."""
        return [one for one in self.opened if isinstance(one, Judged)]

    def answer(self) -> list[Result]:
        """Give one result for each envelope, in their order."""
        stored = iter(self.results)
        return [next(stored) if isinstance(one, Judged) else one for one in self.opened]


class Intake:
    """Takes envelopes in, from any channel; one for each process."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._reception = Reception(store)
        self._statements = Statements(store.engine.dialect)
        self._gate = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._led = False

    def receive(
        self, envelopes: Sequence[Any], *, device: Device, via: str, accept_unsigned: bool = False
    ) -> list[Result]:
        """Judge and store each envelope; gives one result for each, in their order.

        `device` is who hands them in, which need not be who made them.
        `accept_unsigned` lets an administrator count envelopes of a file that
        no enrolled key has signed; each is marked with a finding.
        """
        results = None
        while results is None:
            results = self._receive(_Ticket(envelopes, device, via, self._reception.revision(), accept_unsigned))
        return results

    def receive_by_token(self, token: str, envelopes: Sequence[Any], *, via: str) -> list[Result]:
        """Do the same for the device that holds this token; raises DeviceUnknown."""
        device, revision = self._reception.device(token)
        results = self._receive(_Ticket(envelopes, device, via, revision, accept_unsigned=False))
        while results is None:
            device, revision = self._reception.device(token, anew=True)
            results = self._receive(_Ticket(envelopes, device, via, revision, accept_unsigned=False))
        return results

    def _receive(self, ticket: _Ticket) -> list[Result] | None:
        """Give the results, or None when missions, register or devices have changed since they were looked at."""
        with self._gate:
            self._waiting.append(ticket)
            leads, self._led = not self._led, True
        if not leads:
            ticket.turn.acquire()
        if not ticket.done:
            try:
                self._take_in(self._take_waiting())
            finally:
                self._pass_on()
        if ticket.failure is not None:
            raise ticket.failure
        return None if ticket.stale else ticket.answer()

    def _pass_on(self) -> None:
        """Let the first of those that have come meanwhile judge and write next."""
        with self._gate:
            if self._waiting:
                self._waiting[0].turn.release()
            else:
                self._led = False

    def _take_in(self, tickets: list[_Ticket]) -> None:
        """Judge and write for all of them; whatever happens, each is told."""
        opened = [ticket for ticket in tickets if self._open(ticket)]
        if opened:
            try:
                with self._store.atomic_connection() as connection:
                    self._write(connection, opened)
            except BaseException as failure:
                if len(opened) == 1:
                    opened[0].failure = failure
                else:
                    self._write_singly(opened)
        self._tell(tickets)

    def _tell(self, tickets: list[_Ticket]) -> None:
        for ticket in tickets:
            ticket.done = True
            ticket.turn.release()

    def _open(self, ticket: _Ticket) -> bool:
        """Judge what a request brought; True when there is something to store."""
        try:
            ticket.opened = self._reception.open(
                ticket.envelopes, ticket.device, ticket.revision, ticket.accept_unsigned
            )
        except BaseException as failure:
            ticket.failure = failure
            return False
        return bool(ticket.items)

    def _take_waiting(self) -> list[_Ticket]:
        with self._gate:
            tickets, self._waiting = self._waiting, []
        return tickets

    def _write_singly(self, tickets: list[_Ticket]) -> None:
        """Let one request's fault not be its neighbours'."""
        for ticket in tickets:
            try:
                with self._store.atomic_connection() as connection:
                    self._write(connection, [ticket])
            except BaseException as failure:
                ticket.failure = failure

    def _write(self, connection: Connection, tickets: Sequence[_Ticket]) -> None:
        chain.lock_connection(connection)
        group = Group(self._store, connection, self._statements)
        for ticket in tickets:
            ticket.stale = ticket.revision != group.revision
        fresh = [ticket for ticket in tickets if not ticket.stale]
        if fresh:
            group.look_up([item.envelope.id for ticket in fresh for item in ticket.items])
            for ticket in fresh:
                ticket.results = [group.take(item, ticket.via) for item in ticket.items]
            group.store()
