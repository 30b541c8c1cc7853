"""The threads that work for one session: who makes them, when they start, how they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.workers.decoder_thread import DecoderThread
    from app.workers.inference_thread import InferenceThread
    from app.workers.sound_thread import SoundThread


@dataclass(frozen=True, slots=True)
class WorkerFactories:
    """Makes the threads; tests put others in."""

    decoder: Callable[[], DecoderThread]
    inference: Callable[[], InferenceThread]
    sound: Callable[[], SoundThread] | None = None


class SessionWorkers:
    """The threads, each made once.

    Attributes:
        decoder: the picture that is shown.
        sound: what is heard, by whose clock the decoder plays; None where nothing can be heard.
        analysis: the engine's child process.
        live: boxes for the picture that is shown.
    """

    def __init__(self, factories: WorkerFactories) -> None:
        self.sound = factories.sound() if factories.sound is not None else None
        self.decoder = factories.decoder()
        if self.sound is not None:
            self.decoder.follow(self.sound.clock)
        self.analysis = factories.inference()
        self.live = factories.inference()

    def start(self) -> None:
        """Start them; that of the sound is started by `Sound`, which listens to it first."""
        for thread in (self.decoder, self.analysis, self.live):
            thread.start()

    def stop_inference(self) -> None:
        """Stop both analysis threads and wait for them."""
        for thread in (self.analysis, self.live):
            thread.stop()
        for thread in (self.analysis, self.live):
            thread.wait()

    def stop_decoder(self) -> None:
        """Stop the decoder and wait for it."""
        self.decoder.stop()
        self.decoder.wait()
