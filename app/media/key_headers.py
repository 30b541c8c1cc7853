"""Keyframes that stand on their own: with the headers that the file told once, at an earlier one.

A decoder that got all keyframes has them all. Where several share them, each gets them anew: parameter sets
that stand in packets, and those of another description that an mp4 changes to.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import av

from app.media.bitstream import parameter_sets
from app.media.key_packets import codec_of

if TYPE_CHECKING:
    from av.packet import Packet, PacketSideData
    from av.video.stream import VideoStream

    from app.media.key_packets import KeyAccess


def self_contained(accesses: Iterable[KeyAccess], stream: VideoStream) -> Iterator[KeyAccess]:
    """Yield the accesses of ``stream`` so that each can be decoded by a decoder that saw none before it."""
    codec, extradata = codec_of(stream), stream.codec_context.extradata or b""
    described: PacketSideData | None = None
    sets = b""
    for access in accesses:
        packet = access.packet
        if packet.has_sidedata("new_extradata"):
            described, sets = packet.get_sidedata("new_extradata"), b""
        elif described is not None:
            packet.set_sidedata(described)
        own = parameter_sets(codec, memoryview(packet), extradata)
        if sets and not own:
            access = dataclasses.replace(access, packet=_behind(sets, packet))  # noqa: PLW2901
        sets = own or sets
        yield access


def _behind(head: bytes, packet: Packet[VideoStream]) -> Packet[VideoStream]:
    """The packet with something in front."""
    longer: Packet[VideoStream] = av.Packet(head + bytes(packet))  # type: ignore[assignment]
    longer.pts, longer.dts, longer.time_base = packet.pts, packet.dts, packet.time_base
    longer.duration, longer.is_keyframe = packet.duration, packet.is_keyframe
    for told in packet.iter_sidedata():
        longer.set_sidedata(told)
    return longer
