"""The chapters that a file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.tracks import Chapter
from app.media.names import one_line
from app.media.opening import start_of

if TYPE_CHECKING:
    from av.container import InputContainer

_MOST = 2000
_LONGEST_TITLE = 200


def chapters_of(container: InputContainer) -> tuple[Chapter, ...]:
    """Return the chapters by start, seconds from the container's start; those without a name are numbered.

    A chapter ends where the file says, or where the next one begins, if that is earlier.
    """
    start = start_of(container)
    found = []
    for entry in container.chapters()[:_MOST]:
        base = entry["time_base"]
        if base is None or entry["end"] < entry["start"]:
            continue
        title = one_line(entry["metadata"].get("title", "").strip())[:_LONGEST_TITLE]
        begins, ends = (float(entry[edge] * base - start) for edge in ("start", "end"))
        found.append(Chapter(max(0.0, begins), max(0.0, ends), title))
    found.sort(key=lambda chapter: chapter.start_s)
    return tuple(_settled(found))


def _settled(found: list[Chapter]) -> list[Chapter]:
    settled = []
    for number, chapter in enumerate(found, start=1):
        following = found[number].start_s if number < len(found) else chapter.end_s
        end_s = min(chapter.end_s, following) if following > chapter.start_s else chapter.end_s
        settled.append(Chapter(chapter.start_s, end_s, chapter.title or f"Chapter {number}"))
    return settled
