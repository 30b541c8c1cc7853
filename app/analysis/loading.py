"""Loading what an analysis needs later, beside what it begins with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.analysis.request import AnalysisRequest


@contextmanager
def loading_beside(request: AnalysisRequest) -> Iterator[None]:
    """Load what hears and what looks in a thread while the file is described and decoding begins.

    It takes as long as a dozen keyframes; who needs it first waits for it. Nothing is lost where it fails:
    who needs it loads it then.
    """
    thread = threading.Thread(target=_load, args=(_modules(request),), name="reelscope-load")
    begun = False
    with suppress(RuntimeError):  # no room for another thread
        thread.start()
        begun = True
    try:
        yield
    finally:
        if begun:
            thread.join()


def _modules(request: AnalysisRequest) -> list[str]:
    """What an analysis takes longest to reach comes first: the first words need the most sound."""
    needed = {
        "app.analysis.transcript": request.speech is not None,
        "app.analysis.lookers": request.pictures,
        "app.analysis.objects": request.pictures and request.detect is not None,
        "app.analysis.embeddings": request.pictures and request.embed is not None,
    }
    return [name for name, wanted in needed.items() if wanted]


def _load(modules: list[str]) -> None:
    with suppress(Exception):  # raised again where it is imported to be used
        for name in modules:
            import_module(name)
