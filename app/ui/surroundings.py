"""What the window needs of the world besides its session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.lifecycle import Shutdown
from app.settings import SettingsFile
from app.ui.closing import AskUnsaved, ask_unsaved
from app.ui.model_menu import OfferModels
from app.workers.device_tester import DeviceTester
from app.workers.release_checker import ReleaseChecker
from app.workers.side_reader import SideReader

if TYPE_CHECKING:
    from app.download.pulls import FetchOne
    from app.models.library import Library


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs of the world besides its session; tests put another world in.

    Attributes:
        settings_file: where settings are kept; None in tests that keep none.
        shutdown: the end of the program.
        open_library: returns the models there are; called when they are first looked at.
        notice: a sentence to begin with, such as that the settings were unreadable.
        offer_detectors, offer_speech: return the models a person can choose from.
        make_side_reader: makes the thread that reads what comes with a file.
        make_device_tester: makes the thread that tries devices.
        tries_devices: whether that is done without being asked, after an analysis.
        ask_unsaved: asks what shall become of edits that are written nowhere, when the window closes.
        make_release_checker: makes the thread that asks for a newer release.
        fetch: downloads a model; None: as the catalogue and the settings say.
    """

    shutdown: Shutdown
    open_library: Callable[[], Library]
    settings_file: SettingsFile | None = None
    notice: str | None = None
    offer_detectors: OfferModels = tuple
    offer_speech: OfferModels = tuple
    make_side_reader: Callable[[], SideReader] = SideReader
    make_device_tester: Callable[[], DeviceTester] = DeviceTester
    tries_devices: bool = False
    ask_unsaved: AskUnsaved = ask_unsaved
    make_release_checker: Callable[[], ReleaseChecker] = ReleaseChecker
    fetch: FetchOne | None = None
