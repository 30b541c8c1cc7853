"""Makes what users install from the frozen folder: with NSIS, as a disk image, as an archive for Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import macos
from versions import VERSION, four_numbers
from video_types import VIDEO_TYPES, suffixes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ID = "org.reelscope.Reelscope"
PROGRAMS = ("Reelscope.exe", "reelscope-cli.exe")
SIGN_TOOL = "WINDOWS_SIGN_COMMAND"
"""A command that signs the file whose name is put behind it, such as signtool with its options."""


class InstallerError(Exception):
    """No installer came of it; the text says why."""


def make(folder: Path, target: Path) -> Path:
    """Make the installer of this system from the frozen folder; ``target`` is its name without a suffix.

    Raises:
        InstallerError: a tool is missing, or it failed.
    """
    if sys.platform == "win32":
        return windows(folder, target.with_name(target.name + "-setup.exe"))
    if sys.platform == "darwin":
        return disk_image(folder.with_suffix(".app"), target.with_name(target.name + ".dmg"))
    return archive(folder, target.with_name(target.name + ".tar.xz"))


# --- Windows


def windows(folder: Path, target: Path, names: tuple[str, str] = PROGRAMS) -> Path:
    """Compile the NSIS script; works on every system that has makensis. ``names``: window and console."""
    makensis = shutil.which("makensis")
    if makensis is None:
        raise InstallerError("makensis is missing; on Debian: apt-get install nsis")
    for name in names:
        sign_for_windows(folder / name)
    with tempfile.TemporaryDirectory() as scratch:
        types = Path(scratch) / "types.nsh"
        types.write_text("".join(f"!insertmacro ${{EACH}} {each}\n" for each in suffixes()), encoding="utf-8")
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 1024
        defines = {
            "FOLDER": folder,
            "ICON": HERE / "icons" / "reelscope.ico",
            "LICENCE": ROOT / "LICENSE",
            "OUTPUT": target,
            "VERSION": VERSION,
            "FOUR_NUMBERS": four_numbers(),
            "SIZE_KB": size,
            "WINDOWED": names[0],
            "CONSOLE": names[1],
            "TYPES": types,
        }
        if os.environ.get(SIGN_TOOL):
            defines["SIGN"] = os.environ[SIGN_TOOL]
        sign = "/D" if os.name == "nt" else "-D"
        options = [f"{sign}{name}={value}" for name, value in defines.items()]
        strict = "/WX" if os.name == "nt" else "-WX"
        script = str(HERE / "windows" / "reelscope.nsi")
        command = [makensis, strict, *options, script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallerError(f"makensis failed:\n{done.stdout}\n{done.stderr}")
    sign_for_windows(target)
    return target


def sign_for_windows(file: Path) -> bool:
    """Sign a file where a command for it is known; False, loudly, where there is none."""
    command = os.environ.get(SIGN_TOOL, "")
    if not command:
        print(f"NOT SIGNED: {SIGN_TOOL} is not set; Windows will warn of {file.name}.", flush=True)
        return False
    subprocess.run(f'{command} "{file}"', shell=True, check=True)  # noqa: S602 - the one who builds names it
    return True


# --- macOS


def disk_image(app: Path, target: Path) -> Path:
    """Sign the program, put it into a disk image, have that notarised."""
    try:
        import dmgbuild
    except ImportError as error:
        raise InstallerError("dmgbuild is missing; `python3 dev.py package` installs it on macOS") from error
    macos.sign(app)
    settings = str(HERE / "dmg_settings.py")
    dmgbuild.build_dmg(str(target), "Reelscope", settings, defines={"app": str(app)})
    macos.notarise(target)
    return target


# --- Linux


def archive(folder: Path, target: Path) -> Path:
    """The folder with an install script, a menu entry, metadata and icons, as .tar.xz."""
    top = target.name.removesuffix(".tar.xz")
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(target, "w:xz", preset=6) as packed:
        extras = Path(scratch)
        lay_out_extras(extras)
        packed.add(folder, f"{top}/Reelscope", filter=_as_root)
        for file in sorted(extras.rglob("*")):
            if file.is_file():
                packed.add(file, f"{top}/{file.relative_to(extras).as_posix()}", filter=_as_root)
    return target


def lay_out_extras(target: Path) -> None:
    """Everything beside the frozen folder, filled in: install.sh, and share/ with what desktops read."""
    share = target / "share"
    (share / "icons").mkdir(parents=True)
    shutil.copy(HERE / "linux" / "install.sh", target / "install.sh")
    for name in (f"{ID}.desktop", f"{ID}.metainfo.xml"):
        (share / name).write_text(_filled_in(HERE / "linux" / name), encoding="utf-8")
    for picture in (HERE / "icons").glob("reelscope-*.png"):
        shutil.copy(picture, share / "icons" / picture.name.removeprefix("reelscope-"))
    shutil.copy(ROOT / "resources" / "reelscope.svg", share / "icons" / "reelscope.svg")


def _filled_in(file: Path) -> str:
    """The text with its places filled in, but for where the program lies: install.sh knows that."""
    made = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), UTC)
    places = {
        "@VERSION@": VERSION,
        "@DATE@": made.strftime("%Y-%m-%d"),
        "@TYPES@": "".join(f"{each.mime};" for each in VIDEO_TYPES),
    }
    text = file.read_text(encoding="utf-8")
    for place, value in places.items():
        text = text.replace(place, value)
    return text


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def main(arguments: list[str]) -> int:
    """`installers.py windows FOLDER TARGET`: the installer from a folder that was frozen on Windows."""
    if len(arguments) != 3 or arguments[0] != "windows":
        print((main.__doc__ or "").strip(), file=sys.stderr)
        return 2
    try:
        print(windows(Path(arguments[1]).resolve(), Path(arguments[2]).resolve()))
    except InstallerError as error:
        print(f"installers: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
