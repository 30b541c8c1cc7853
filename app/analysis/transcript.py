"""One pass over the sound feeds the waveform and the speech model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from app.analysis.loudness import peaks_of
from app.analysis.request import SpeechRequest
from app.analysis.stage import DecodedUntil, ModelUsed, SpeechLookedFor, StageContext
from app.analysis.trust import with_trust_marks
from app.core.abandon import abandonable
from app.core.audio import AudioBlock
from app.core.cancel import CancelToken
from app.core.errors import DecodeError
from app.core.events import Progress, SegmentFound, Stage, StageFinished, WarningRaised
from app.core.results import ModelInfo
from app.core.time import WHOLE
from app.inference.silero import vad_info
from app.inference.speech import SpeechOptions, transcribe_once_loaded
from app.inference.speech_model import SpeechModel
from app.media.audio import audio_blocks


def analyse_sound(context: StageContext) -> None:
    """Run the pass; says loudness, speech regions, segments and progress as they come.

    Raises:
        DecodeError: not a single sample could be decoded.
        ModelError: the speech model cannot be used.
        CancelledError: somebody asked to stop.
    """
    if not context.info.audio:
        return
    begun = context.control.working_s()
    segments = _transcribed(context) if context.request.speech else _listened(context)
    context.emit(StageFinished(Stage.SPEECH, context.control.working_s() - begun, segments))


def _blocks(context: StageContext, stop: CancelToken) -> Iterator[AudioBlock]:
    """Decode the sound, and tell its loudness on the way; ``stop`` ends it, also while the work is paused."""
    request, control = context.request, context.control.obeying(stop)
    end_s: float | None = None
    for block in audio_blocks(
        request.path,
        audio_track=request.audio_track,
        span=request.span,
        cancel=stop,
        warn=context.warn,
    ):
        control.wait_while_paused()
        end_s = float(block.end)
        if request.thumbnails:
            context.emit(peaks_of(block))
        yield block
    if end_s is not None:
        context.emit(DecodedUntil(end_s, all_there_is=context.info.video is None))
    elif request.span == WHOLE:
        raise DecodeError("Not a single sample of its sound could be decoded.")


def _listened(context: StageContext) -> int:
    for block in _blocks(context, context.cancel):
        context.progress(Stage.SPEECH, float(block.end))
    return 0


def _loaded(wanted: SpeechRequest) -> tuple[SpeechModel, ModelInfo]:
    """Load the model, and read its file for its hash."""
    model = SpeechModel(wanted.model, wanted.threads)
    return model, model.info


def _transcribed(context: StageContext) -> int:
    wanted = context.request.speech
    assert wanted is not None
    models: list[SpeechModel] = []

    def load() -> SpeechModel:
        # Neither reading nor hashing gigabytes can be stopped.
        model, info = abandonable(partial(_loaded, wanted), context.cancel, name="speech-model")
        context.emit(ModelUsed(info, model.device))
        models.append(model)
        return model

    options = SpeechOptions(
        language=wanted.language,
        use_vad=wanted.use_vad,
        vad_model=wanted.vad_model,
        prompt=wanted.prompt,
        translate=wanted.translate,
        vocabulary=wanted.vocabulary,
        beam_size=wanted.beam_size,
        temperature=wanted.temperature,
    )
    count, by_silero = 0, wanted.use_vad and wanted.vad_model is not None
    read = partial(_blocks, context)
    with closing(transcribe_once_loaded(load, read, options, context.cancel)) as heard:
        for event in with_trust_marks(heard):
            if isinstance(event, Progress):
                context.progress(Stage.SPEECH, event.done_s)
                context.control.wait_while_paused()
                continue
            count += isinstance(event, SegmentFound)
            by_silero = by_silero and not isinstance(event, WarningRaised)
            context.emit(event)
    context.emit(SpeechLookedFor())
    if by_silero and wanted.vad_model is not None:
        context.emit(ModelUsed(vad_info(wanted.vad_model), "cpu"))
    # After a cancelled call nobody waits here: the model frees itself when its native thread has ended.
    for model in models:
        model.close()
    return count
