"""The rows of the settings sheet: one line adds one."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Theme
from app.ui.speech_languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """On or off.

    Attributes:
        field: of `Settings`.
        title: what is switched.
        hint: what that means, in a sentence; may be empty.
    """

    field: str
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TextRow:
    """Words that a person types.

    Attributes:
        field: of `Settings`.
        title: what is typed.
        hint: what that means, in a sentence; may be empty.
        example: what stands in the empty field.
    """

    field: str
    title: str
    hint: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One of several.

    Attributes:
        field: of `Settings`.
        title: what is chosen.
        options: (value, words) of each.
        hint: what that means, in a sentence; may be empty.
    """

    field: str
    title: str
    options: tuple[tuple[object, str], ...]
    hint: str = ""


Row = SwitchRow | ChoiceRow | TextRow


def hardware_row() -> ChoiceRow:
    """Return the row of what decodes; not a constant, as FFmpeg has to be asked what it knows here."""
    from app.media.hardware import AUTO, NONE, known_devices

    named = ((name, name) for name in known_devices())
    return ChoiceRow(
        "hwaccel",
        "Hardware decoding",
        ((AUTO, "Automatic"), (NONE, "Off"), *named),
        "Each device is tried first, in a process of its own; Info says what is used and why.",
    )


def device_row() -> ChoiceRow:
    """Return the row of what models run on; not a constant, as ONNX Runtime has to be asked what it has."""
    from app.inference.devices import AUTO
    from app.inference.session import available_devices

    named = ((each.name, each.name.upper()) for each in available_devices() if each.available)
    return ChoiceRow(
        "device",
        "Models run on",
        ((AUTO, "Automatic"), *named),
        "Automatic: what a trial found faster than the CPU, with the same results; see Help, Devices.",
    )


_LANGUAGES = tuple((code, name) for name, code in LANGUAGES)
_THEMES = ((Theme.SYSTEM, "As the system"), (Theme.DARK, "Dark"), (Theme.LIGHT, "Light"))
_KEEP_EDITS = ((None, "Ask first"), (True, "Beside the video"), (False, "Nowhere"))
_FRAMES = (("keyframes", "Keyframes"), ("fps:5", "5 pictures a second"), ("all", "Every picture"))

ROWS: tuple[Row, ...] = (
    ChoiceRow("theme", "Theme", _THEMES),
    SwitchRow(
        "keep_recent", "Remember opened files", "What is remembered now is forgotten in the File menu."
    ),
    SwitchRow("show_boxes", "Show boxes over the picture"),
    SwitchRow(
        "deinterlace", "Deinterlace", "Files that say that they are interlaced are shown without combs."
    ),
    ChoiceRow("frames", "The detector looks at", _FRAMES, "More pictures take longer and miss less."),
    ChoiceRow(
        "language", "Spoken language", _LANGUAGES, "Models that know only English take all for English."
    ),
    SwitchRow(
        "translate",
        "Translate to English",
        "Transcripts are English whatever is spoken, as far as the model can.",
    ),
    TextRow(
        "vocabulary",
        "Names and terms",
        "Between commas, the most important first: the speech model reads them beforehand.",
        "Ada Lovelace, Växjö",
    ),
    TextRow(
        "prompt",
        "Text before the speech",
        "The speech model takes it for what was said just before, and goes on in its spelling.",
    ),
    ChoiceRow(
        "keep_edits",
        "Edits of transcripts are kept",
        _KEEP_EDITS,
        "Beside the video: written there a moment after each edit, as its name plus .reelscope.json.",
    ),
    SwitchRow(
        "check_releases",
        "Look for a newer Reelscope at each start",
        "Asks its page of releases, tells it nothing of you, and shows a link; nothing is downloaded.",
    ),
    TextRow(
        "model_mirror",
        "Models come from a mirror",
        "Takes the place of the hosts' names where models are downloaded. Empty: the hosts themselves.",
        "https://…",
    ),
)
