"""What the empty panels say: what will stand there, or why nothing will."""

from __future__ import annotations

from typing import NamedTuple

from app.ui.analysis_work import WorkState
from app.ui.open_file import FileState
from app.ui.session import Session

_BROKEN_OFF = (WorkState.FAILED, WorkState.CANCELLED)


class Empty(NamedTuple):
    """A drawing, a title, a sentence, and the words of a button where something can be done."""

    drawing: str
    title: str
    sentence: str
    button: str = ""


GET_SPEECH = "Get a Speech Model"
GET_DETECTOR = "Get a Detector"


def no_lines(session: Session, offer: str = "") -> Empty:
    """Say why there is no transcript; where the file has subtitles, named ``offer``, offer them."""
    if session.desk.edited:
        return Empty("sound", "No line is left", "Every line was deleted. Undo brings them back.")
    empty = _no_lines(session)
    listening = session.work.state.analyses and session.analysed_with.speech is not None
    if not offer or listening or not session.file.is_open:
        return empty
    return empty._replace(sentence=f"{empty.sentence}\nOr take {offer}.", button="Use the Subtitles")


def _no_lines(session: Session) -> Empty:
    if not session.file.is_open or session.file.media is None:
        return Empty("sound", "No transcript", "What is said in a video stands here, line by line.")
    if not session.file.media.audio:
        return Empty(
            "sound", "No sound", "There is no sound in this file, so there is nothing to transcribe."
        )
    if session.work.state.analyses and session.analysed_with.speech is not None:
        return Empty("sound", "Listening", "Lines appear here as they are understood.")
    if session.models.speech_declined:
        return Empty("sound", "No speech model", "Choose one in Analyse → Speech Model to get a transcript.")
    if session.models.speech is None:
        return Empty("sound", "No speech model", "A transcript needs one.", GET_SPEECH)
    more = GET_SPEECH if session.models.speech.is_sample else ""
    if session.work.state is WorkState.DONE:
        return Empty("sound", "Nothing is said", "No speech was found in this file.", more)
    if session.work.state in _BROKEN_OFF:
        return Empty("sound", "Nothing yet", "The analysis ended before it had understood a line.")
    cost = session.costs.of(session.models.speech, session.file.media)
    model = f"\nSpeech: {session.models.speech.name}, {cost}." if cost else ""
    return Empty("sound", "Not analysed yet", f"Press Analyse to find what is said.{model}", more)


def no_objects(session: Session) -> Empty:
    """Say why there are no objects."""
    if not session.file.is_open or session.file.media is None:
        return Empty(
            "boxes", "No objects", "What is seen in a video stands here, with switches for each kind."
        )
    if session.file.state is FileState.SOUND_ONLY:
        return Empty("boxes", "No picture", "There is no picture in this file, so there is nothing to see.")
    if session.work.state.analyses and session.analysed_with.detector is not None:
        return Empty("boxes", "Looking", "Objects appear here as they are found.")
    if session.models.detector_declined:
        return Empty("boxes", "No detector", "Choose one in Analyse → Detector to find objects.")
    if session.models.detector is None:
        return Empty("boxes", "No detector", "Finding objects needs one.", GET_DETECTOR)
    more = GET_DETECTOR if session.models.detector.is_sample else ""
    if session.work.state is WorkState.DONE:
        pictures = session.file.findings.objects.looked_at_count
        return Empty(
            "boxes",
            "Nothing was found",
            f"The detector looked at {pictures} pictures and knew nothing in them.",
            more,
        )
    if session.work.state in _BROKEN_OFF:
        return Empty("boxes", "Nothing yet", "The analysis ended before it had found an object.")
    return Empty("boxes", "Not analysed yet", "Press Analyse to find objects.", more)
