"""The menu of the devices that sound can be played through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.ui.track_menu import TrackItem, TrackMenu

if TYPE_CHECKING:
    from app.ui.session import Session

_DEFAULT = "As the system"


def sound_device_menu(session: Session) -> TrackMenu[str]:
    """Return a menu that asks the system for its devices whenever it opens."""

    def offer() -> Sequence[TrackItem[str]]:
        return items(device_names(), session.settings.sound_device)

    def choose(name: str) -> None:
        session.change_settings(replace(session.settings, sound_device=name))

    return TrackMenu("Sound Device", offer, choose, "No sound device")


def items(names: Sequence[str], chosen: str) -> list[TrackItem[str]]:
    """Return the lines: the system's choice, each device, and one that was chosen and is not there now."""
    if not names:
        return []
    listed = [TrackItem(_DEFAULT, "", on=not chosen)]
    listed += [TrackItem(name, name, on=name == chosen) for name in names]
    if chosen and chosen not in names:
        listed.append(TrackItem(f"{chosen} (not there)", chosen, on=True, usable=False))
    return listed


def device_names() -> tuple[str, ...]:
    """Return the names of what sound can be played through now; none where Qt's library is missing."""
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return ()
    return tuple(dict.fromkeys(device.description() for device in QMediaDevices.audioOutputs()))
