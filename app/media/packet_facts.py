"""What a packet tells of its picture before it is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.media.bitstream import KeyCheck, resets, shows_picture, starts_decoding, unreferenced
from app.media.key_packets import codec_of

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

_ONE_PICTURE_A_PACKET = ("h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "vp8", "vp9", "av1")
"""Or none, where ``PacketFacts.shows`` says so. Besides these only codecs that know nothing but keyframes."""

_HIDDEN_REFERENCES = ("vp8", "vp9")

_INTERLACED = range(2, 6)
"""AVFieldOrder: 0 unknown, 1 progressive. Fields may come in packets of their own."""


class PacketFacts:
    """Judges the packets of one stream."""

    def __init__(self, stream: VideoStream) -> None:
        codec = stream.codec_context
        self._codec = codec_of(stream)
        self._extradata = codec.extradata or b""
        self.intra_only = codec.codec.intra_only
        """Whether the codec knows nothing but keyframes."""
        known = self._codec in _ONE_PICTURE_A_PACKET or self.intra_only
        self.tells_pictures = known and int(codec.field_order) not in _INTERLACED
        """Whether a packet holds one picture, or ``shows`` none."""

    def starts(self, packet: Packet[VideoStream]) -> bool:
        """Whether decoding can start at this packet."""
        if not packet.is_keyframe:
            return False
        return starts_decoding(self._codec, memoryview(packet), self._extradata) is not KeyCheck.NO

    def resets(self, packet: Packet[VideoStream]) -> bool:
        """Whether the decoder forgets at this keyframe what was before it: else it is to be flushed."""
        return resets(self._codec, memoryview(packet), self._extradata)

    def shows(self, packet: Packet[VideoStream]) -> bool:
        """Whether a picture comes out of it: not where an edit list hides it, nor of a mere reference."""
        if packet.is_discard:
            return False
        return self._codec not in _HIDDEN_REFERENCES or shows_picture(self._codec, memoryview(packet))

    def is_unreferenced(self, packet: Packet[VideoStream]) -> bool:
        """Whether it is certain that nothing leans on it, so that it may be left out altogether."""
        return self._codec == "hevc" and unreferenced(self._codec, memoryview(packet), self._extradata)
