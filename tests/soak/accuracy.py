"""Every recording of the tests of speech, by silero where it is there and by loudness, against whisper.cpp's
own program, whose results are recorded."""

from __future__ import annotations

from pathlib import Path

from tests.inference.hearing import blocks_of
from tests.speech.conditions import CONDITIONS, LONG
from tests.speech.hearing import SILERO, heard
from tests.speech.recordings import made
from tests.speech.scoring import Score, recorded, score

_SILERO = Path(__file__).resolve().parents[3] / "shared" / "models" / SILERO


def run(short: bool) -> bool:
    """Transcribe and compare; short: only one recording of some seconds."""
    names = ["one-phrase"] if short else list(CONDITIONS)
    ways = [("loudness", None), *([("silero", _SILERO)] if _SILERO.is_file() else [])]
    ours = {way: 0 for way, _ in ways}
    theirs, words, right = 0, 0, True
    for name in names:
        recording, known = made(CONDITIONS[name]), recorded()[name]
        theirs, words = theirs + known["errors"], words + known["words"]
        for way, vad in ways:
            found = score(recording, heard(blocks_of(recording.sound), vad))
            good = _is_good(found, known["errors"], long=name in LONG)
            ours[way] += found.errors
            right = right and good
            peer = f"whisper-cli {known['errors']} words wrong, {known['segments']} segments"
            print(f"{name}, {way}: {found}; {peer}{'' if good else '  <- worse than wanted'}", flush=True)
    for way, errors in ours.items():
        print(f"{way}: {errors} of {words} words wrong, whisper-cli {theirs}")
    return right and all(errors <= theirs for errors in ours.values())


def _is_good(found: Score, theirs: int, *, long: bool) -> bool:
    return (
        found.errors <= theirs
        and found.segments == found.utterances
        and max(found.edges_off_s) <= 0.3
        and found.starts_right >= 0.9
        and not (long and found.error_rate >= 0.05)
    )
