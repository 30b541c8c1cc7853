"""What this machine computes with: what a measurement of its devices stays true for."""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MODULES = ("nvidia", "amdgpu", "i915", "xe")
"""Linux's kernel modules of graphics chips; those that come with the kernel have its version."""

_DISPLAY_ADAPTERS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


@functools.cache
def machine_facts() -> str:
    """Return the system, its graphics chips and their drivers, in one line; loads no driver, never fails."""
    facts = [f"{platform.system()} {_system_version()}", platform.machine()]
    if sys.platform == "win32":
        facts += _windows_adapters()
    elif sys.platform.startswith("linux"):
        facts += _linux_modules(Path("/sys/module"))
        facts += _linux_chips(Path("/sys/class/drm"))
    return "; ".join(facts)


def _system_version() -> str:
    if sys.platform == "darwin":
        return platform.mac_ver()[0]
    return platform.version() if sys.platform == "win32" else platform.release()


def _linux_modules(folder: Path) -> list[str]:
    found = []
    for name in _MODULES:
        with suppress(OSError):
            found.append(f"{name} {(folder / name / 'version').read_text(encoding='utf-8').strip()}")
    return found


def _linux_chips(folder: Path) -> list[str]:
    """Maker and kind of each graphics chip, as PCI numbers."""
    found = set()
    for card in folder.glob("card*/device"):
        with suppress(OSError):
            numbers = [(card / name).read_text(encoding="utf-8").strip() for name in ("vendor", "device")]
            found.add(":".join(numbers))
    return sorted(found)


def _windows_adapters() -> Iterator[str]:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _DISPLAY_ADAPTERS) as adapters:
            for number in range(winreg.QueryInfoKey(adapters)[0]):
                with suppress(OSError), winreg.OpenKey(adapters, winreg.EnumKey(adapters, number)) as adapter:
                    words = [
                        winreg.QueryValueEx(adapter, name)[0] for name in ("DriverDesc", "DriverVersion")
                    ]
                    yield " ".join(map(str, words))
    yield from ()
