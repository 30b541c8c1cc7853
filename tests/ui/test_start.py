"""The empty window stands on the screen before anything is loaded that only a film needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import indent

import pytest

_START = """
import json, os, sys
import app.ui
painted, start = [], app.ui.start
def watched(*arguments, **named):
    from app.ui.main_window import MainWindow
    fill = MainWindow.fill_strip
    def filled(window):
        painted.extend(sys.modules)
        FILLED
    def end(window):
        print(json.dumps({"painted": painted, "later": list(sys.modules)}))
        window.close()
    MainWindow.fill_strip = filled
    return start(*arguments, **named)
app.ui.start = watched
from app.main import main
sys.exit(main([]))
"""

_SEE_WHAT_IS_LOADED = "end(window)"

_GO_ON = """
from PySide6.QtCore import QTimer
fill(window)
timer = QTimer(window, interval=10)
def look():
    if "app.analysis.child.supervision" in sys.modules:
        timer.stop()
        end(window)
timer.timeout.connect(look)
timer.start()
"""

FOR_FILMS = {"av", "numpy", "pyqtgraph", "onnxruntime", "pywhispercpp", "msgspec", "jsonschema"}
OF_THE_LIBRARY = {
    "ssl", "http.client", "urllib.request", "multiprocessing", "concurrent.futures", "asyncio", "csv",
}  # fmt: skip
"""Of Python's own library what costs time: the network, processes, spread sheets."""

NOT_SEEN = {
    "app.ui.models_sheet", "app.ui.settings_sheet", "app.ui.devices_sheet", "app.ui.export_sheet",
    "app.ui.keys_sheet", "app.ui.dialogs", "app.ui.key_editor", "app.ui.timeline.view",
    "app.ui.transcript_index", "app.models.library", "app.inference.model_store", "app.inference.catalogue",
    "app.core.events", "app.core.transcript_edits", "app.analysis.request",
    "app.analysis.child.supervision", "app.media.opening", "app.media.decoder",
    "app.export.json_document", "app.export.subtitles", "app.export.tables", "app.download.pulls",
}  # fmt: skip
"""Sheets that somebody opens later, and what works on films, models and results."""


def _started(fresh_python: Callable[..., str], rest: str) -> dict[str, set[str]]:
    code = _START.replace("        FILLED", indent(rest, " " * 8))
    told = json.loads(fresh_python(code, QT_QPA_PLATFORM="offscreen"))
    return {when: set(names) for when, names in told.items()}


@pytest.mark.qt
def test_the_first_painting_waits_for_nothing_that_only_films_need(fresh_python: Callable[..., str]) -> None:
    loaded = _started(fresh_python, _SEE_WHAT_IS_LOADED)["painted"]
    assert "app.ui.welcome" in loaded
    assert not loaded & (FOR_FILMS | OF_THE_LIBRARY | NOT_SEEN)
    assert not {name for name in loaded if name.startswith(("app.export.", "app.download."))} - {
        "app.export.formats"
    }


@pytest.mark.qt
def test_what_the_first_film_needs_is_loaded_right_after_it(fresh_python: Callable[..., str]) -> None:
    loaded = _started(fresh_python, _GO_ON)["later"]
    assert {"av", "numpy", "pyqtgraph", "app.media.decoder", "app.media.convert"} <= loaded


@pytest.mark.qt
def test_no_source_is_read(fresh_python: Callable[..., str]) -> None:
    """PySide6 would read that of every module that is imported after it; what was read is in the cache."""
    read = "import linecache; painted[:] = list(linecache.cache); end(window)"
    assert len(_started(fresh_python, read)["painted"]) < 10
