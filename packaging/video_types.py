"""The video files that systems offer Reelscope for ("Open with"), named as each system names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoType:
    """One kind of file; ``uti`` is Apple's own name, where it has one."""

    title: str
    suffixes: tuple[str, ...]
    mime: str
    uti: str = ""


VIDEO_TYPES = (
    VideoType("MPEG-4 video", ("mp4", "m4v"), "video/mp4", "public.mpeg-4"),
    VideoType("QuickTime video", ("mov",), "video/quicktime", "com.apple.quicktime-movie"),
    VideoType("Matroska video", ("mkv",), "video/x-matroska"),
    VideoType("WebM video", ("webm",), "video/webm"),
    VideoType("AVI video", ("avi",), "video/x-msvideo", "public.avi"),
    VideoType("MPEG transport stream", ("ts", "mts", "m2ts"), "video/mp2t", "public.mpeg-2-transport-stream"),
    VideoType("MPEG video", ("mpg", "mpeg", "vob"), "video/mpeg", "public.mpeg"),
    VideoType("Windows Media video", ("wmv", "asf"), "video/x-ms-wmv"),
    VideoType("Flash video", ("flv",), "video/x-flv"),
    VideoType("Ogg video", ("ogv", "ogm"), "video/ogg"),
    VideoType("MXF video", ("mxf",), "application/mxf"),
    VideoType("3GPP video", ("3gp", "3g2"), "video/3gpp", "public.3gpp"),
)


def suffixes() -> tuple[str, ...]:
    """All of them, without the dot."""
    return tuple(suffix for each in VIDEO_TYPES for suffix in each.suffixes)
