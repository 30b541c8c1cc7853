"""The native whisper library: loaded once, silenced, and found again for ctypes.

`_pywhispercpp` is pywhispercpp's own extension module. Its Python layer is left out on purpose: that drops
the return code of `whisper_full`, downloads a model whose name it does not find, and starts an ffmpeg for a
path.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from app.core.errors import ModelError

_INFO_LEVEL, _ERROR_LEVEL = 2, 4
"""`GGML_LOG_LEVEL_INFO`, `GGML_LOG_LEVEL_ERROR`."""
_LogFunction = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_log_lock = threading.Lock()


@functools.cache
def native() -> ModuleType:
    """Return the extension module, loaded and silent.

    Raises:
        ModelError: it cannot be loaded on this machine.
    """
    # Read by the OpenMP runtime while it loads. Waiting threads that spin make recognition many times slower
    # as soon as a decoder wants a core as well, and gain little on an idle machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # GNU's runtime: some microseconds, about as long as the threads of one step differ, before they sleep.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import _pywhispercpp
    except ImportError as error:
        raise ModelError(f"Speech recognition cannot start on this machine: {error}.") from error
    module: ModuleType = _pywhispercpp
    library = whisper_library(module)
    if library is not None:
        _silence(library)
    return module


def whisper_library(module: ModuleType) -> ctypes.CDLL | None:
    """Return the library that ``module`` is linked to, or None where it cannot be found.

    Elsewhere than on Windows a symbol is looked up in the module and in all it links to, whatever the library
    file is called and wherever a bundle put it. On Windows the library's file is taken from beside the
    module.
    """
    for path in _candidates(Path(module.__file__ or "")):
        try:
            library = ctypes.CDLL(os.fspath(path))
        except OSError:
            continue
        if hasattr(library, "whisper_log_set"):
            return library
    return None


def _candidates(extension: Path) -> Iterator[Path]:
    yield extension
    if platform.system() == "Windows":
        for folder in (extension.parent, extension.parent / "pywhispercpp.libs"):
            yield from sorted(folder.glob("whisper*.dll"))


def _silence(library: ctypes.CDLL) -> None:
    """Give whisper.cpp and ggml a log function that does nothing, so that standard error stays ours.

    A Python function cannot serve: it would be called, and released, after the interpreter has gone.
    `whisper_lang_max_id` has no effect and ignores what it is given, under the calling conventions of all
    systems we ship for.
    """
    library.whisper_log_set.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.whisper_log_set.restype = None
    library.whisper_log_set(ctypes.cast(library.whisper_lang_max_id, ctypes.c_void_p), None)


@contextmanager
def logged_errors() -> Iterator[list[str]]:
    """Collect what the library logs as an error inside the block.

    It answers a model that it cannot load with a null pointer that the binding hides: its log is the only
    sign.
    """
    with _logged(_ERROR_LEVEL) as lines:
        yield lines


@contextmanager
def logged_facts() -> Iterator[list[str]]:
    """Collect what the library logs as information inside the block."""
    with _logged(_INFO_LEVEL) as lines:
        yield lines


@contextmanager
def _logged(wanted: int) -> Iterator[list[str]]:
    library = whisper_library(native())
    lines: list[str] = []
    if library is None:
        yield lines
        return
    with _log_lock:
        _listener.wanted, _listener.lines = wanted, lines
        library.whisper_log_set(ctypes.cast(_listener.function, ctypes.c_void_p), None)
        try:
            yield lines
        finally:
            _silence(library)


class _LogListener:
    """Notes what the library logs at one level.

    Its function lives as long as the process: a native call that nobody waits for any more may be about to
    log something when it is taken away.
    """

    def __init__(self) -> None:
        self.wanted = _ERROR_LEVEL
        self.lines: list[str] = []
        self.function = _LogFunction(self._note)

    def _note(self, level: int, text: bytes | None, _user_data: object) -> None:
        if level == self.wanted and text:
            self.lines.append(text.decode("utf-8", errors="replace").strip())


_listener = _LogListener()
