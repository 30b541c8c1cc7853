"""The empty window stands on the screen before anything is loaded that only a film needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

_START = """
import json, linecache, sys
import app.ui
start = app.ui.start
def watched(*arguments, **named):
    from PySide6.QtCore import QTimer
    from app.ui.main_window import MainWindow
    fill = MainWindow.fill_strip
    def filled(window):
        told = {"painted": list(sys.modules), "read": list(linecache.cache)}
        fill(window)
        timer = QTimer(window, interval=10)
        def look():
            if "app.analysis.child.supervision" in sys.modules:
                timer.stop()
                print(json.dumps({**told, "later": list(sys.modules)}))
                window.close()
        timer.timeout.connect(look)
        timer.start()
    MainWindow.fill_strip = filled
    return start(*arguments, **named)
app.ui.start = watched
from app.main import main
sys.exit(main([]))
"""
"""The program as it starts, seen when the window was painted and when the rest is loaded; then it ends."""

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


@pytest.mark.qt
def test_the_first_painting_waits_for_nothing_that_only_films_need(fresh_python: Callable[..., str]) -> None:
    told = json.loads(fresh_python(_START, QT_QPA_PLATFORM="offscreen"))
    painted = set(told["painted"])
    assert "app.ui.welcome" in painted
    assert not painted & (FOR_FILMS | OF_THE_LIBRARY | NOT_SEEN)
    writing = {name for name in painted if name.startswith(("app.export.", "app.download."))}
    assert writing <= {"app.export.formats"}
    # PySide6 would read the source of each module that is imported after it.
    assert not [file for file in told["read"] if Path(file).is_relative_to(REPOSITORY / "app")]
    # What was put off comes right after, unasked.
    assert {"av", "numpy", "pyqtgraph", "app.media.decoder", "app.media.convert"} <= set(told["later"])
