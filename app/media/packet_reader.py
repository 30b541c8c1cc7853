"""The packets of one video track, in the order of the file; some can be looked at before they are taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import av.error

from app.media.failures import reason_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken


class PacketReader:
    """Reads on from wherever its container stands. Belongs to one thread.

    What stops reading early is told through ``warn``; it is the end then.

    Attributes:
        ahead: the packets that were read, but not taken yet.
        landing: lowest time stamp of the first packet since ``begin``; None before it is read.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._packets: Iterator[Packet[VideoStream]] = iter(())
        self.ahead: deque[Packet[VideoStream]] = deque()
        self.forget()

    def begin(self, container: InputContainer, stream: VideoStream) -> None:
        """Read from where the container stands now; what was read ahead belongs to another place."""
        self.forget()
        self._packets = container.demux(stream)

    def forget(self) -> None:
        """The container goes elsewhere."""
        self.ahead.clear()
        self.landing: int | None = None
        self._ended = self._broke_off = False

    def take(self, cancel: CancelToken | None = None) -> Packet[VideoStream] | None:
        """Return the next packet; the last one is empty and makes a decoder give out all. None: the end."""
        if cancel is not None:
            cancel.raise_if_cancelled()
        packet = self.ahead.popleft() if self.ahead else self._read()
        if packet is not None:
            self._note_landing(packet)
        return packet

    def peek(self, cancel: CancelToken | None = None) -> Packet[VideoStream] | None:
        """Read one packet more to ``ahead``; None at the end of the file."""
        if cancel is not None:
            cancel.raise_if_cancelled()
        packet = self._read()
        if packet is not None:
            self._note_landing(packet)
            self.ahead.append(packet)
        return packet

    def broke_off(self) -> bool:
        """Whether reading stopped early, so that no empty packet has come; true once."""
        broke_off, self._broke_off = self._broke_off, False
        return broke_off

    def end(self) -> None:
        """Read no further."""
        self._ended = True

    def _read(self) -> Packet[VideoStream] | None:
        if self._ended:
            return None
        try:
            packet = next(self._packets, None)
        except av.error.FFmpegError as error:
            self._warn(f"Reading stopped early: {reason_of(error)}.")
            packet = None
            self._broke_off = True
        self._ended = packet is None
        return packet

    def _note_landing(self, packet: Packet[VideoStream]) -> None:
        if self.landing is None:
            self.landing = min(stamps_of(packet), default=None)


def stamps_of(packet: Packet[VideoStream]) -> Iterator[int]:
    """The time stamps that a packet has."""
    return (stamp for stamp in (packet.pts, packet.dts) if stamp is not None)
