"""Which language is spoken, as more and more of a file is heard."""

from __future__ import annotations

from app.core.events import LanguageFound

_SURE = 0.5
"""A language that is at least so probable is kept for the rest of the file."""
_MOST_TRIES = 3
"""Each try costs one more run of the encoder."""


class SpokenLanguage:
    """Asks the model until it is sure, at most on the first three pieces with speech.

    After that the language that was found most probable is kept: whoever speaks little at first, or after
    music, is not heard in the wrong language for an hour.
    """

    def __init__(self, wanted: str) -> None:
        self._kept = None if wanted == "auto" else wanted
        self._said: str | None = None
        self._tries: list[tuple[float, str]] = []

    @property
    def to_ask_for(self) -> str:
        """What the next piece is to be recognised in: a code, or "auto"."""
        return self._kept or "auto"

    @property
    def known(self) -> bool:
        """Whether it stays as it is."""
        return self._kept is not None

    def heard(self, language: str, probability: float | None) -> LanguageFound | None:
        """Note what a piece with text was in; returns what is to be told, if that is new."""
        if self._kept is None:
            language, probability = self._weighed(language, probability)
        if language == self._said:
            return None
        self._said = language
        return LanguageFound(language, probability)

    def _weighed(self, language: str, probability: float | None) -> tuple[str, float | None]:
        sure = probability is None or probability >= _SURE
        if probability is not None:
            self._tries.append((probability, language))
            if not sure:
                probability, language = max(self._tries, key=lambda each: each[0])
        if sure or len(self._tries) == _MOST_TRIES:
            self._kept = language
        return language, probability
