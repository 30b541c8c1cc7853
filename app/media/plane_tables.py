"""A table for each plane of a picture, looked up by FFmpeg's `lutyuv`: numpy takes twice the time."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import av
import av.filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.core.geometry import Size

_UNSPECIFIED_MATRIX: Final = 2
_UNSPECIFIED_RANGE: Final = 0


class PlaneTables:
    """What the codes of Y, Cb and Cr become, for pictures of one size and Y'CbCr format. One thread's."""

    def __init__(
        self, size: Size, pixel_format: str, expressions: tuple[str, str, str], threads: int
    ) -> None:
        """``expressions``: of FFmpeg's evaluator, for a code ``val``; cut to what the format can hold."""
        graph = av.filter.Graph()
        graph.threads = threads
        y, u, v = expressions
        self._source = graph.add_buffer(
            width=size.width, height=size.height, format=av.VideoFormat(pixel_format), time_base=Fraction(1)
        )
        self._sink = graph.add("buffersink")
        graph.link_nodes(self._source, graph.add("lutyuv", y=y, u=u, v=v), self._sink).configure()
        # Its filters live as long as it does.
        self._graph = graph

    def push(self, frame: av.VideoFrame) -> None:
        """Give a picture. Where nobody else keeps it, it is written over."""
        # The graph was told of no colours; the frame may be one that somebody decoded and keeps.
        told = frame.colorspace, frame.color_range
        frame.colorspace, frame.color_range = _UNSPECIFIED_MATRIX, _UNSPECIFIED_RANGE
        self._source.push(frame)
        frame.colorspace, frame.color_range = told

    def pull(self) -> av.VideoFrame:
        """Return what became of the picture that was given.

        Raises:
            av.error.FFmpegError: there is no memory for it.
        """
        found = self._sink.pull()
        assert isinstance(found, av.VideoFrame)
        return found


def table_expression(table: Sequence[int]) -> str:
    """A table by code as an expression of ``val``: the half it lies in, the half of that, and so on."""
    return _part(table, 0, len(table))


def _part(table: Sequence[int], start: int, end: int) -> str:
    if table[start : end - 1] == table[start + 1 : end]:
        return str(table[start])
    middle = (start + end) // 2
    return f"if(lt(val,{middle}),{_part(table, start, middle)},{_part(table, middle, end)})"
