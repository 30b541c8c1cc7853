"""Errors a user may meet: each carries one clear sentence."""

from __future__ import annotations

import errno


class ReelscopeError(Exception):
    """The root of all errors that are told to the user; ``str(error)`` is the sentence."""


class UsageError(ReelscopeError):
    """What was asked for makes no sense (exit code 2)."""


class FileMissingError(UsageError):
    """A named file is not there (exit code 2)."""


class MediaError(ReelscopeError):
    """A media file cannot be opened or read."""


class DecodeError(MediaError):
    """A stream opened, but nothing of it can be decoded."""


class HardwareError(MediaError):
    """A device cannot decode a stream, or does so no longer; ``str(error)`` is a clause that says why."""


class DeviceMissingError(HardwareError):
    """The device or its driver is not there: it decodes nothing, whatever the file."""


class ModelError(ReelscopeError):
    """A model file cannot be used: unreadable, of an unknown layout, or of the wrong kind."""


class DeviceError(ModelError):
    """The device that a model runs on cannot start, or gave up."""


class DeviceMemoryError(DeviceError):
    """There was too little memory for a run, on a device or in the machine: fewer pictures may do."""


class TrialFailedError(ReelscopeError):
    """A child process that tried something gave no answer; ``str(error)`` is a clause that says why."""


class ExportError(ReelscopeError):
    """A result cannot be written or read back."""


class EditError(ReelscopeError):
    """An edit of the transcript that makes no sense where it was asked for."""


class DownloadError(ReelscopeError):
    """A file did not come, or what came was not the file."""


class CancelledError(ReelscopeError):
    """Work stopped because somebody asked it to: never shown as a failure."""

    def __init__(self, sentence: str = "Cancelled.") -> None:
        super().__init__(sentence)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was too little memory, in whatever form it came.

    A thread without room for its stack is a RuntimeError, a library that cannot be mapped an ImportError.
    """
    match error:
        case MemoryError():
            return True
        case OSError():
            return error.errno == errno.ENOMEM
        case RuntimeError():
            return str(error) == "can't start new thread"
        case ImportError():
            return any(words in str(error) for words in _NOT_MAPPED)
        case _:
            return False


_NOT_MAPPED = (
    "failed to map segment",
    "cannot map",
    "annot allocate",
    "cannot create shared object descriptor",
)
"""What glibc's loader says."""
