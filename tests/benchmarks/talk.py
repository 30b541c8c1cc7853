"""Videos in which somebody talks, and their sound as whisper-cli reads it: made once, kept with the clips."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.clips import cache_folder, ffmpeg
from tests.conftest import SHARED

PEER_VARIABLE = "REELSCOPE_WHISPER_CLI"

SOURCE = SHARED / "sample" / "speech" / "test_speech_long.wav"
"""A minute of talk with the pauses that people make."""

_PICTURES = "testsrc2=size=640x360:rate=25"


@dataclass(frozen=True, slots=True)
class Talk:
    """A video of ``seconds``; with ``silent_s`` each so many seconds of talk are followed by as much
    silence."""

    seconds: int
    silent_s: int = 0


def whisper_cli() -> str | None:
    """The peer: named by $REELSCOPE_WHISPER_CLI, else on the search path; None where it is not there."""
    named = os.environ.get(PEER_VARIABLE)
    return named if named and Path(named).is_file() else shutil.which("whisper-cli")


def talk_files(talk: Talk, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Return the video, and its own sound as 16 kHz mono WAV; both made now where they are not there."""
    recipe = hashlib.sha256(repr((talk, SOURCE.name, _PICTURES)).encode()).hexdigest()[:12]
    video = cache_folder() / f"{recipe}-talk-{talk.seconds}s.mp4"
    wav = video.with_suffix(".wav")
    if not wav.exists():
        say(f"making {video.name}")
        video.parent.mkdir(parents=True, exist_ok=True)
        _make(talk, video)
        part = wav.with_name(f"part-of-{wav.name}")
        _run("-i", str(video), "-vn", "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le", str(part))
        part.replace(wav)
    return video, wav


def _make(talk: Talk, video: Path) -> None:
    part = video.with_name(f"part-of-{video.name}")
    sound = ["-stream_loop", "-1", "-i", str(SOURCE)]
    filters = "aresample=44100,aformat=channel_layouts=stereo"
    if talk.silent_s:
        filters += f",volume=0:enable='gte(mod(t\\,{2 * talk.silent_s})\\,{talk.silent_s})'"
    pictures = ["-f", "lavfi", "-i", _PICTURES]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac", "-b:a", "128k"]
    _run(*pictures, *sound, "-af", filters, "-t", str(talk.seconds), *coding, str(part))
    part.replace(video)


def _run(*words: str) -> None:
    subprocess.run([ffmpeg(), "-v", "error", "-y", *words], check=True, timeout=600)
