"""Runs in the frozen program before anything else: tells Qt where its plugins lie.

In place of PyInstaller's own hook, which loads QtCore for that at the start of every command and child,
also of those that never show a window. Everything else of Qt is found by PySide6's wheels themselves.
"""

import os
import sys
from pathlib import Path

_QT = ("PySide6",) if sys.platform == "win32" else ("PySide6", "Qt")
os.environ["QT_PLUGIN_PATH"] = str(Path(sys._MEIPASS, *_QT, "plugins"))
