"""Running one stage ahead of the next: a thread boundary is one bounded mailbox between two generators."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.mailbox import BoundedMailbox, MailboxClosedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Broken:
    error: BaseException


def ahead(make_source: Callable[[], Iterable[T]], capacity: int, name: str) -> Generator[T, None, None]:
    """Iterate ``make_source()`` in a thread of its own, at most ``capacity`` ahead.

    The source is made, used and closed in that thread (decoder objects never cross threads). Its errors are
    raised here. Leaving the iteration early ends the thread; it is joined before this generator ends.
    """
    mailbox: BoundedMailbox[_Item[T] | _Broken] = BoundedMailbox(capacity)
    thread = threading.Thread(target=_pump, args=(make_source, mailbox), name=name)
    thread.start()
    try:
        yield from _drain(mailbox)
    finally:
        mailbox.close(discard=True)
        thread.join()


def _pump(make_source: Callable[[], Iterable[T]], mailbox: BoundedMailbox[_Item[T] | _Broken]) -> None:
    try:
        for value in make_source():
            mailbox.put(_Item(value))
    except BaseException as error:  # noqa: BLE001 - carried to the consumer, which raises it
        with suppress(MailboxClosedError):  # the consumer left: that may be what the error says, too
            mailbox.put(_Broken(error))
    finally:
        mailbox.close()


def _drain(mailbox: BoundedMailbox[_Item[T] | _Broken]) -> Iterator[T]:
    while True:
        try:
            item = mailbox.take()
        except MailboxClosedError:
            return
        if isinstance(item, _Broken):
            raise item.error
        if item is not None:
            yield item.value
