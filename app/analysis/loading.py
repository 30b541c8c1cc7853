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
    """Load what looks at pictures in a thread while the file is described and decoding begins.

    It takes as long as a dozen keyframes; who looks first waits for it.
    """
    thread = threading.Thread(target=_load_lookers, name="reelscope-load")
    if request.pictures:
        thread.start()
    try:
        yield
    finally:
        if request.pictures:
            thread.join()


def _load_lookers() -> None:
    with suppress(ImportError):  # raised again where it is imported to be used
        import_module("app.analysis.lookers")
