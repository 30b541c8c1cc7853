"""The keyframes that a container lists, by their decoding times: good enough to choose the shorter way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.index import IndexEntries
    from av.video.stream import VideoStream


class ListedKeyframes:
    """Looks keyframes up; containers without a usable list know none, some know more after a seek.

    Times are in units of the stream's time_base. Belongs to the thread of the container.
    """

    def __init__(self, stream: VideoStream, *, usable: bool) -> None:
        self._stream, self._usable = stream, usable

    def comes(self, after: int, until: int) -> bool | None:
        """Whether one is listed with ``after`` < time <= ``until``; None: none at all."""
        before = self.before(until)
        return None if before is None else before > after

    def before(self, tick: int) -> int | None:
        """Time of the last one listed at or before ``tick``; None where unknown."""
        entries = self._entries()
        index = -1 if entries is None else entries.search_timestamp(tick, backward=True, any_frame=False)
        return entries[index].timestamp if entries is not None and index >= 0 else None

    def after(self, tick: int, default: int) -> int:
        """Time of the first one listed after ``tick``; else ``default``."""
        entries = self._entries()
        index = -1 if entries is None else entries.search_timestamp(tick + 1, backward=False, any_frame=False)
        return entries[index].timestamp if entries is not None and index >= 0 else default

    def all(self) -> list[int]:
        """Times of all that are listed, in order."""
        return [entry.timestamp for entry in self._entries() or () if entry.is_keyframe]

    def _entries(self) -> IndexEntries | None:
        entries = self._stream.index_entries
        return entries if self._usable and len(entries) else None
