"""What the program remembers between two runs: one frozen value, loaded once, written where it changed."""

from __future__ import annotations

import contextlib
import enum
import json
import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import UsageError
from app.folders import settings_path

VERSION = 1
RECENT_LIMIT = 8

T = TypeVar("T")


class Theme(enum.Enum):
    """Which palette the window wears."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """Size of the window and its parts, logical pixels; a part of size 0 was not chosen yet."""

    width: int = 1280
    height: int = 800
    maximised: bool = False
    panel_width: int = 0
    strip_height: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings.

    Attributes:
        version: of this layout; a file of another version is set aside.
        theme: which palette.
        keep_recent: whether opened files are remembered.
        recent: absolute paths, the latest first, at most RECENT_LIMIT.
        window: where and how large.
        confidence: least confidence that is shown and analysed for, 0..1.
        show_boxes: whether boxes are painted.
        deinterlace: whether pictures that are flagged interlaced are shown without combs.
        frames: which pictures the detector sees, as `--frames` writes it.
        detector, speech: names of the models chosen; "" for none at all, None where nothing was chosen.
        hwaccel: what decodes pictures, as `--hwaccel` writes it.
        device: where models run, as `--device` writes it.
        subtitles: whether subtitles are wanted; None where nothing was chosen: as the file marks them.
        keys: what was chosen in place of the keys of the command table: (name of a command, its keys).
        volume: the way of the volume slider, 0..1.
        muted: whether playing is silent.
        cue_style: how subtitles that are exported are shaped.
        sound_device: what sound is played through; "" and what is not there: as the system.
        keep_edits: whether edits of a transcript are kept beside the video; None where nobody was asked yet.
        model_mirror: what takes the place of ``https://host`` where models are downloaded; "" for nothing.
        language: what is spoken, as `--language` writes it.
        translate: whether transcripts are English whatever is spoken.
        prompt, vocabulary: what the speech model reads beforehand, as `--prompt` and `--vocabulary` write it.
        check_releases: whether each start asks for a newer release; nothing is asked before that was chosen.
    """

    version: int = VERSION
    theme: Theme = Theme.SYSTEM
    keep_recent: bool = True
    recent: tuple[str, ...] = ()
    window: WindowPlace = WindowPlace()
    confidence: float = 0.25
    show_boxes: bool = True
    deinterlace: bool = True
    frames: str = "keyframes"
    detector: str | None = None
    speech: str | None = None
    hwaccel: str = "auto"
    device: str = "auto"
    subtitles: bool | None = None
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()
    volume: float = 1.0
    muted: bool = False
    sound_device: str = ""
    cue_style: CueStyle = USUAL
    keep_edits: bool | None = None
    model_mirror: str = ""
    language: str = "auto"
    translate: bool = False
    prompt: str = ""
    vocabulary: str = ""
    check_releases: bool = False

    def with_recent(self, path: Path) -> Settings:
        """Put a file first among the recent ones, where they are kept at all."""
        if not self.keep_recent:
            return self
        name = str(path)
        return replace(self, recent=(name, *(each for each in self.recent if each != name))[:RECENT_LIMIT])

    def without_recent(self, path: Path) -> Settings:
        """Forget one recent file."""
        return replace(self, recent=tuple(each for each in self.recent if each != str(path)))


class SettingsUnreadableError(Exception):
    """The file is there, but no settings can be read from it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and, where the file could not be used, a sentence that says so."""

    settings: Settings
    message: str | None = None


class SettingsFile:
    """The file of the settings.

    ``load`` never fails: what cannot be read is set aside beside the file, never overwritten.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_path()
        self._stored: Settings | None = None

    def load(self, *, set_aside: bool = True) -> Loaded:
        """Read the settings; the defaults where there are none.

        ``set_aside``: whether a file that cannot be read is renamed, so that it can be written anew.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return self._remember(Settings())
        except OSError as error:
            return Loaded(
                Settings(), f"{self.path} cannot be read ({error.strerror}); default settings are used."
            )
        try:
            return self._remember(parse(data))
        except SettingsUnreadableError as error:
            if set_aside:
                return Loaded(Settings(), self._set_aside(error))
            return Loaded(Settings(), f"The settings could not be read ({error}); defaults are used.")

    def save(self, settings: Settings) -> None:
        """Write the settings, unless the file says the same already.

        Raises:
            OSError: the folder cannot be written to.
        """
        if settings == self._stored:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f"{self.path.name}.", dir=self.path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(serialise(settings))
            Path(temporary).replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
        self._stored = settings

    def _remember(self, settings: Settings) -> Loaded:
        self._stored = settings
        return Loaded(settings)

    def _set_aside(self, reason: SettingsUnreadableError) -> str:
        aside = self.path.with_name(f"{self.path.name}.unreadable")
        try:
            self.path.replace(aside)
        except OSError:
            return f"The settings could not be read ({reason}); defaults are used."
        kept = f"the file was kept as {aside.name}"
        return f"The settings could not be read ({reason}); {kept}, defaults are used."


def serialise(settings: Settings) -> bytes:
    """Return the settings as indented UTF-8 JSON."""
    document = asdict(settings)
    document["theme"] = settings.theme.value
    document["keys"] = {name: list(keys) for name, keys in settings.keys}
    return (json.dumps(document, indent=2) + "\n").encode()


def parse(data: bytes) -> Settings:
    """Read settings; what is missing keeps its default.

    Raises:
        SettingsUnreadableError: no JSON object, another version, or a value of the wrong kind.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SettingsUnreadableError("it is no JSON") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise SettingsUnreadableError("it is of another version")
    default = Settings()
    return Settings(
        theme=_read(document, "theme", default.theme, Theme),
        keep_recent=_read(document, "keep_recent", default.keep_recent, _boolean),
        recent=_read(document, "recent", default.recent, _names),
        window=_read(document, "window", default.window, _place),
        confidence=_read(document, "confidence", default.confidence, _share),
        show_boxes=_read(document, "show_boxes", default.show_boxes, _boolean),
        deinterlace=_read(document, "deinterlace", default.deinterlace, _boolean),
        frames=_read(document, "frames", default.frames, _text),
        volume=_read(document, "volume", default.volume, _share),
        muted=_read(document, "muted", default.muted, _boolean),
        sound_device=_read(document, "sound_device", default.sound_device, _text),
        cue_style=_read(document, "cue_style", default.cue_style, _cue_style),
        model_mirror=_read(document, "model_mirror", default.model_mirror, _text),
        check_releases=_read(document, "check_releases", default.check_releases, _boolean),
        language=_read(document, "language", default.language, _text),
        translate=_read(document, "translate", default.translate, _boolean),
        prompt=_read(document, "prompt", default.prompt, _text),
        vocabulary=_read(document, "vocabulary", default.vocabulary, _text),
        detector=_read(document, "detector", default.detector, _optional_text),
        speech=_read(document, "speech", default.speech, _optional_text),
        hwaccel=_read(document, "hwaccel", default.hwaccel, _text),
        device=_read(document, "device", default.device, _text),
        subtitles=_read(document, "subtitles", default.subtitles, _optional_boolean),
        keep_edits=_read(document, "keep_edits", default.keep_edits, _optional_boolean),
        keys=_read(document, "keys", default.keys, _keys),
    )


def _read(document: dict[str, Any], name: str, default: T, convert: Callable[[Any], T]) -> T:
    if name not in document:
        return default
    try:
        return convert(document[name])
    except (TypeError, ValueError) as error:
        raise SettingsUnreadableError(f"'{name}' has a value of the wrong kind") from error


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _optional_boolean(value: Any) -> bool | None:
    return None if value is None else _boolean(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def _names(value: Any) -> tuple[str, ...]:
    return _texts(value)[:RECENT_LIMIT]


def _keys(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise TypeError
    return tuple((_text(name), _texts(keys)) for name, keys in value.items())


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(each) for each in value)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise ValueError
    return float(value)


def _length(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    if not 0 <= value <= 100_000:
        raise ValueError
    return value


def _cue_style(value: Any) -> CueStyle:
    if not isinstance(value, dict):
        raise TypeError
    usual = asdict(USUAL)
    for name, number in value.items():
        whole = type(usual.get(name))
        if whole in (int, bool) and type(number) is not whole:
            raise TypeError
    try:
        return CueStyle(**{**usual, **{name: value[name] for name in usual if name in value}})
    except UsageError as error:
        raise ValueError from error


def _place(value: Any) -> WindowPlace:
    if not isinstance(value, dict):
        raise TypeError
    default = WindowPlace()
    return WindowPlace(
        width=_length(value.get("width", default.width)),
        height=_length(value.get("height", default.height)),
        maximised=_boolean(value.get("maximised", default.maximised)),
        panel_width=_length(value.get("panel_width", default.panel_width)),
        strip_height=_length(value.get("strip_height", default.strip_height)),
    )
