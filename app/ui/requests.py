"""What the window asks an analysis for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import UsageError
from app.core.results import MediaInfo
from app.resources import sample_clip
from app.settings import Settings
from app.ui.model_choice import ModelChoice

if TYPE_CHECKING:
    from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy, SpeechRequest
    from app.core.events import Stage


def detect_request(choice: ModelChoice, settings: Settings) -> DetectRequest | None:
    """Return what the detector is asked for; None where there is no detector."""
    from app.analysis.request import DetectRequest

    if choice.detector is None:
        return None
    return DetectRequest(choice.detector.path, confidence=settings.confidence)


def live_request(path: Path | None, choice: ModelChoice, settings: Settings) -> DetectRequest | None:
    """Return what is asked of each picture that is shown; None: nothing.

    The sample's detector knows nothing of other films: there it looks only where somebody asks for it.
    """
    detector = choice.detector
    if detector is None:
        return None
    known = not detector.is_sample or settings.detector == detector.name or is_sample(path)
    return detect_request(choice, settings) if known else None


def is_sample(path: Path | None) -> bool:
    """Whether a file is the clip that comes with the program."""
    return path is not None and path.absolute() == sample_clip().absolute()


def index_request(path: Path, video_track: int = 0) -> AnalysisRequest:
    """Ask for what needs no model: keyframes, shots, thumbnails, loudness."""
    from app.analysis.request import AnalysisRequest

    return AnalysisRequest(path, thumbnails=True, video_track=video_track)


def analysis_request(
    path: Path, media: MediaInfo | None, choice: ModelChoice, settings: Settings
) -> AnalysisRequest:
    """Ask for everything the file has and a model is there for."""
    from app.analysis.request import AnalysisRequest

    has_picture = media is None or media.video is not None
    has_sound = media is None or bool(media.audio)
    speech = None
    if choice.speech is not None and has_sound:
        speech = speech_request(choice.speech.path, choice, settings)
    return AnalysisRequest(
        path,
        frames=frame_policy(settings),
        detect=detect_request(choice, settings) if has_picture else None,
        speech=speech,
        thumbnails=True,
        device=settings.device,
        hwaccel=settings.hwaccel,
        playhead_first=True,
    )


def speech_request(model: Path, choice: ModelChoice, settings: Settings) -> SpeechRequest:
    """Ask for what the settings say, as far as the model can do it: some know only English."""
    from app.analysis.request import SpeechRequest, terms_in
    from app.inference.speech_file import is_multilingual

    multilingual = is_multilingual(model)
    return SpeechRequest(
        model,
        language=settings.language if multilingual else "auto",
        translate=settings.translate and multilingual,
        vad_model=choice.vad.path if choice.vad is not None else None,
        prompt=settings.prompt,
        vocabulary=terms_in(settings.vocabulary),
    )


def frame_policy(settings: Settings) -> FramePolicy:
    """Read which pictures to look at; keyframes where the settings say nothing that makes sense."""
    from app.analysis.request import FramePolicy

    try:
        return FramePolicy.parse(settings.frames)
    except UsageError:
        return FramePolicy()


def stages_of(media: MediaInfo | None) -> tuple[Stage, ...]:
    """Return the stages whose progress makes up the whole."""
    from app.core.events import Stage

    stages = []
    if media is None or media.video is not None:
        stages.append(Stage.PICTURES)
    if media is None or media.audio:
        stages.append(Stage.SPEECH)
    return tuple(stages)
