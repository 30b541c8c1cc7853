"""The sound device of this machine, through Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.core.audio import Samples
from app.workers.sound_sink import DEVICE_FAILED, NO_DEVICE, SoundDeviceError

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice
    from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink

_BUFFER_S = 0.35
"""What is decoded ahead: a thread that is not let run for so long is not heard."""

_NO_LIBRARY = "no sound: Qt's sound library cannot be loaded here"


class QtSinks:
    """Gives the output in use; lives and dies in the sound's thread.

    Qt's library is loaded with the first sound, and looks for devices then.
    """

    def __init__(self) -> None:
        self._sink: QtSink | None = None
        self.wished = ""

    def current(self) -> QtSink:
        """Return the device that was chosen, else the system's default; the same as before where it still is.

        Raises:
            SoundDeviceError: there is none, or no library for it.
        """
        device = _device(self.wished)
        if self._sink is None or self._sink.closed or self._sink.device != device:
            if self._sink is not None:
                self._sink.close()
            self._sink = QtSink(device)
        return self._sink


def _device(wished: str) -> QAudioDevice:
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError as error:
        raise SoundDeviceError(_NO_LIBRARY) from error
    for each in QMediaDevices.audioOutputs():
        if wished and each.description() == wished:
            return each
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        raise SoundDeviceError(NO_DEVICE)
    return device


class QtSink:
    """A `SoundSink` on a QAudioSink, written to whenever there is room.

    What was heard is what was written less what Qt still holds; what waits behind Qt in the system is not
    told by it.
    """

    def __init__(self, device: QAudioDevice) -> None:
        from PySide6.QtMultimedia import QAudioSink

        self.device = device
        self._format = _format_of(device)
        self.rate, self.channels = self._format.sampleRate(), self._format.channelCount()
        self._frame_bytes = self._format.bytesPerFrame()
        self._sink: QAudioSink | None = QAudioSink(device, self._format)
        self._sink.setBufferSize(round(_BUFFER_S * self.rate) * self._frame_bytes)
        self._io: QIODevice | None = None
        self._written = 0

    @property
    def closed(self) -> bool:
        """Whether the device was given back."""
        return self._sink is None

    def start(self) -> None:
        """Begin anew."""
        from PySide6.QtMultimedia import QtAudio

        sink = self._open_sink()
        sink.reset()
        self._io = cast("QIODevice | None", sink.start())
        self._written = 0
        if self._io is None or sink.error() not in (QtAudio.Error.NoError, QtAudio.Error.UnderrunError):
            raise SoundDeviceError(DEVICE_FAILED)

    def write(self, samples: Samples) -> int:
        """Take what there is room for."""
        io = self._running()
        room = self._open_sink().bytesFree() // self._frame_bytes
        if room <= 0 or not len(samples):
            return 0
        data = _encoded(samples[:room], self._format)
        taken = io.write(data)
        if taken < 0:
            raise SoundDeviceError(DEVICE_FAILED)
        self._written += int(taken)
        return int(taken) // self._frame_bytes

    def heard(self) -> int:
        """Count what left Qt."""
        self._running()
        sink = self._open_sink()
        held = max(0, sink.bufferSize() - sink.bytesFree())
        return max(0, self._written - held) // self._frame_bytes

    def stop(self) -> None:
        """Drop what is buffered."""
        self._io = None
        if self._sink is not None:
            self._sink.reset()

    def set_gain(self, gain: float) -> None:
        """Play so loud."""
        if self._sink is not None:
            self._sink.setVolume(gain)

    def close(self) -> None:
        """Give the device back."""
        self.stop()
        self._sink = None

    def _open_sink(self) -> QAudioSink:
        if self._sink is None:
            raise SoundDeviceError(DEVICE_FAILED)
        return self._sink

    def _running(self) -> QIODevice:
        """Return where to write; the device is gone where Qt says so, or stopped without being told to."""
        from PySide6.QtMultimedia import QtAudio

        sink = self._open_sink()
        failed = sink.error() in (QtAudio.Error.OpenError, QtAudio.Error.IOError, QtAudio.Error.FatalError)
        if self._io is None or failed or sink.state() == QtAudio.State.StoppedState:
            raise SoundDeviceError(DEVICE_FAILED)
        return self._io


def _format_of(device: QAudioDevice) -> QAudioFormat:
    """The device's own rate and kind of samples; two channels, or one where it has no more."""
    form = device.preferredFormat()
    if form.channelCount() > 2:
        form.setChannelCount(2)
    return form


def _encoded(samples: Samples, form: QAudioFormat) -> bytes:
    """Return samples as the device wants them, interleaved."""
    import numpy as np
    from PySide6.QtMultimedia import QAudioFormat

    kind = QAudioFormat.SampleFormat
    encoded: Any
    match form.sampleFormat():
        case kind.Float:
            encoded = np.ascontiguousarray(samples, np.float32)
        case kind.Int16:
            encoded = np.rint(samples * np.float32(32767)).astype(np.int16)
        case kind.Int32:
            encoded = np.rint(samples.astype(np.float64) * 2147483647).astype(np.int32)
        case _:
            encoded = np.rint(samples * np.float32(127) + 128).astype(np.uint8)
    return bytes(encoded.tobytes())
