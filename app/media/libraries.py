"""Which FFmpeg is inside."""

from __future__ import annotations


def ffmpeg_versions() -> str:
    """Return FFmpeg's version and that of PyAV around it, in one line."""
    import av

    told = getattr(av, "ffmpeg_version_info", "")
    codec = ".".join(map(str, av.library_versions.get("libavcodec", ())))
    return f"FFmpeg {told or '?'} (libavcodec {codec}), PyAV {av.__version__}"
