"""With what pictures are decoded, and why with nothing else, in words."""

from __future__ import annotations

from app.media.hardware import HardwareReport
from app.ui.media_facts import Fact, Sections
from app.workers.notices import DecodingState

_LONGEST_REASON = 32
"""Characters that the lowest line has room for; the whole stands in its tool tip and in Info."""


def decoding_short(state: DecodingState, *, playing: bool) -> str:
    """Say in a few words what decodes now and, if that is software, what stands against the first device."""
    used = state.playing.used if playing and state.active else state.seeking.used
    if used is not None:
        return f"{used} ({state.codec})"
    words = f"software ({state.codec}, {_threads(state)})"
    rejected = state.playing.rejected if state.playing.used is None else ()
    name, reason = rejected[0] if rejected else ("", "")
    return f"{words}  ·  {name}: {reason}" if reason and len(reason) <= _LONGEST_REASON else words


def decoding_sections(state: DecodingState) -> Sections:
    """Describe it in full."""
    if not state.codec:
        return ()
    rejected = dict((*state.playing.rejected, *state.seeking.rejected))
    facts = (
        Fact("Playing", _used(state.playing, state)),
        Fact("Seeking", _used(state.seeking, state)),
        *(Fact(f"Not {name}", reason) for name, reason in rejected.items()),
    )
    return (("Decoding", facts),)


def decoding_full(state: DecodingState) -> str:
    """Describe it in full, a line each."""
    return "\n".join(f"{fact.name}: {fact.value}" for _, facts in decoding_sections(state) for fact in facts)


def _used(report: HardwareReport, state: DecodingState) -> str:
    return report.used if report.used is not None else f"software, {_threads(state)}"


def _threads(state: DecodingState) -> str:
    return "1 thread" if state.threads == 1 else f"{state.threads} threads"
