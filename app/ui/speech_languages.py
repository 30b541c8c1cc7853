"""The languages that menus and settings offer; the command line takes all that a model knows."""

from __future__ import annotations

LANGUAGES = (
    ("Detect", "auto"), ("English", "en"), ("Chinese", "zh"), ("French", "fr"), ("German", "de"),
    ("Hindi", "hi"), ("Italian", "it"), ("Japanese", "ja"), ("Korean", "ko"), ("Portuguese", "pt"),
    ("Russian", "ru"), ("Spanish", "es"),
)  # fmt: skip
"""Names and codes."""


def language_name(code: str) -> str:
    """Return the name, or the code where none is known here."""
    return next((name for name, known in LANGUAGES[1:] if known == code), f"'{code}'")
