#!/usr/bin/env python3
"""Set-up and daily commands of Reelscope; needs Python 3.11 and pip, nothing else.

python3 dev.py run [VIDEO]     the window on VIDEO or on the bundled sample; without a display the
                               analysis, with NAME.json and NAME.srt in the current folder
python3 dev.py test [...]      the whole test suite; what follows goes to pytest
python3 dev.py check           style, types, dependencies, architecture
python3 dev.py bench [NAME ...] [--json FILE]
python3 dev.py soak [NAME ...] the long trials
python3 dev.py package         the program as one folder that needs no Python, tried
python3 dev.py setup           only the environment for all of these
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "reelscope-installed.json"
SAMPLE = ROOT / "resources" / "sample" / "sample.mp4"

# The libraries that PySide6's wheels expect of a Linux system, each with Debian's name for its package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libpulse.so.0": "libpulse0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# What its window on an X display needs besides.
XCB_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
INSTALLER_TOOLS = {
    "makensis": "nsis",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "shellcheck": "shellcheck",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def say(text: str) -> None:
    """A line about what is being done, apart from what a command prints as its result."""
    print(text, file=sys.stderr, flush=True)


# --- the Python environment ------------------------------------------------------------------------------


def _wanted_state(extras: Iterable[str]) -> dict[str, object]:
    """What the stamp says when the environment fits this source tree."""
    metadata = (ROOT / "pyproject.toml").read_bytes()
    return {"pyproject": hashlib.sha256(metadata).hexdigest(), "root": str(ROOT), "extras": sorted(extras)}


def _installed_state() -> dict[str, object]:
    """What the last complete installation wrote; empty where there was none."""
    try:
        state = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if PYTHON.exists() and isinstance(state, dict) else {}


def ensure_environment(*extras: str) -> None:
    """Make `.venv` and install the program with these extras, unless that is done already."""
    installed = _installed_state()
    known = installed.get("extras")
    together = {*extras, *(known if isinstance(known, list) else ())}
    wanted = _wanted_state(together)
    if installed == wanted:
        return
    if not _runs([str(PYTHON), "-c", ""]):
        _make_venv()
    target = f"{ROOT}[{','.join(sorted(together))}]" if together else str(ROOT)
    say("Installing Reelscope and what it needs into .venv; the first time this takes some minutes.")
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    command = [*_pip(), "install", *quiet, "--editable", target]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.call(command, env=environment, stdout=sys.stderr) != 0:
        raise SetupError("The installation failed; what pip said stands above.")
    STAMP.write_text(json.dumps(wanted, indent=1), encoding="utf-8")


def _make_venv() -> None:
    """An empty environment, with pip inside where this Python can do that."""
    say("Making the environment .venv.")
    base = [sys.executable, "-m", "venv", "--clear"]
    # Debian ships ensurepip in a package of its own: without it only an environment without pip can be made.
    if _runs([sys.executable, "-c", "import ensurepip"]) and _runs([*base, str(VENV)]):
        return
    if subprocess.call([*base, "--without-pip", str(VENV)]) != 0:
        raise SetupError("`python3 -m venv` failed. On Debian and Ubuntu: apt-get install python3-venv")


def _pip() -> list[str]:
    """A pip that installs into the environment: its own, else the one of this Python."""
    if _runs([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if _runs([*outer, "--version"]):
        return outer
    raise SetupError("pip is missing. On Debian and Ubuntu: apt-get install python3-pip")


def _runs(command: list[str]) -> bool:
    """Whether a command can be started and succeeds; its output is dropped."""
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0


# --- the system's libraries ------------------------------------------------------------------------------


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_fonts() -> bool:
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(next(folder.rglob(pattern), None) for folder in folders for pattern in ("*.ttf", "*.otf"))


def missing_packages(*, display: bool, tests: bool, installers: bool = False) -> list[str]:
    """Debian's names of the system packages that are needed and not there; none on other systems than Linux.

    `display`: for a window on a display; `tests`: for the tests' oracles and a display without a screen;
    `installers`: for the Windows installer, and what looks through menu entries and metadata.
    """
    if not sys.platform.startswith("linux"):
        return []
    libraries = {**QT_LIBRARIES, **XCB_LIBRARIES} if display else QT_LIBRARIES
    missing = [package for library, package in libraries.items() if not _loads(library)]
    if not _has_fonts():
        missing.append("fonts-dejavu-core")
    if tests:
        missing += ["ffmpeg"] if not (shutil.which("ffmpeg") and shutil.which("ffprobe")) else []
        missing += [] if shutil.which("strace") else ["strace"]
        missing += ["xvfb", "xauth"] if not (shutil.which("Xvfb") and shutil.which("xauth")) else []
    if installers:
        missing += [package for tool, package in INSTALLER_TOOLS.items() if shutil.which(tool) is None]
    return missing


def ensure_system(*, display: bool, tests: bool, installers: bool = False) -> None:
    """Install missing system packages where that is possible, else print the line to type; never fails."""
    missing = missing_packages(display=display, tests=tests, installers=installers)
    if not missing:
        return
    if shutil.which("apt-get") is None:
        say("Missing on this system (Debian's names of the packages): " + " ".join(missing))
        return
    if os.geteuid() == 0:
        _apt_install(missing)
        missing = missing_packages(display=display, tests=tests, installers=installers)
    if missing:
        say("Some system packages are missing. To install them, type:")
        say("  sudo apt-get update && sudo apt-get install " + " ".join(missing))


def _apt_install(packages: list[str]) -> None:
    say("Installing system packages: " + " ".join(packages))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["DPkg::Lock::Timeout=120", "Acquire::Retries=2", "Acquire::http::Timeout=30"]
    apt = ["apt-get", "-qq", *(part for option in options for part in ("-o", option))]
    for action in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *action], env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(f"`apt-get {action[0]}` failed: {done.stderr.strip()}")


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, elsewhere with an X or Wayland display."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --- the commands ----------------------------------------------------------------------------------------


def call(*arguments: str | Path, cwd: Path | None = None) -> int:
    """Run the environment's Python with these arguments; its exit code."""
    return subprocess.call([str(PYTHON), *map(str, arguments)], cwd=cwd)


def run(arguments: list[str]) -> int:
    """The window on a video; without a display the analysis and two files in the current folder."""
    display = has_display()
    if display:
        ensure_system(display=True, tests=False)
    ensure_environment()
    videos = arguments or [str(SAMPLE)]
    # -P: a folder named `app` in the current folder must not be taken for the program.
    if display:
        return call("-P", "-m", "app", *videos)
    say("No display here: analysing without a window.")
    return max(_analyse(video) for video in videos)


def _analyse(video: str) -> int:
    name = Path(video).stem
    return call("-P", "-m", "app", "analyze", video, "--json", f"{name}.json", "--srt", f"{name}.srt")


def test(arguments: list[str]) -> int:
    """The whole test suite."""
    ensure_system(display=True, tests=True)
    ensure_environment("test")
    return call("-m", "pytest", *_on_all_cores(arguments), *_without_qt(), *arguments, cwd=ROOT)


def _on_all_cores(arguments: list[str]) -> list[str]:
    """Options that share the tests among the cores, unless the caller settles that."""
    cores = os.cpu_count() or 1
    settled = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments)
    return [] if settled or cores < 2 else ["-n", str(min(cores, 4)), "--dist", "worksteal"]


def _without_qt() -> list[str]:
    """Options for a machine that cannot load Qt: everything else is still tested."""
    if _runs([str(PYTHON), "-c", "import PySide6.QtWidgets, PySide6.QtTest"]):
        return []
    say("Qt cannot be loaded on this system: its tests are left out.")
    return ["-p", "no:pytest-qt"]


def check(arguments: list[str]) -> int:
    """Style, types, dependencies and the rules of the architecture; all run, whatever the others say."""
    ensure_environment("test", "dev")
    codes = (
        call("-m", "ruff", "check", *arguments, cwd=ROOT),
        call("-m", "mypy", cwd=ROOT),
        call("-m", "deptry", "app", cwd=ROOT),
        call("-m", "pytest", "-q", *_without_qt(), "tests/architecture", cwd=ROOT),
    )
    return max(codes)


def bench(arguments: list[str]) -> int:
    """The benchmarks: ratios against peers on this machine."""
    return _run_trials("benchmarks", "benchmarks", arguments, "bench")


def soak(arguments: list[str]) -> int:
    """The long trials: hours of film, hundreds of runs."""
    return _run_trials("soak", "long trials", arguments)


def _run_trials(package: str, title: str, arguments: list[str], *extras: str) -> int:
    if not (ROOT / "tests" / package / "__main__.py").exists():
        say(f"There are no {title} yet.")
        return 1
    ensure_system(display=True, tests=True)
    ensure_environment("test", *extras)
    # The current folder stays: it is where `--json FILE` is meant.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.call([str(PYTHON), "-P", "-m", f"tests.{package}", *arguments], env=environment)


def package(arguments: list[str]) -> int:
    """The program as a folder that needs no Python."""
    ensure_system(display=True, tests=False, installers=True)
    ensure_environment("package")
    return call(ROOT / "packaging" / "build.py", *arguments, cwd=ROOT)


def setup(arguments: list[str]) -> int:
    """Only the environment, for every command."""
    if arguments:
        raise SetupError("`setup` takes no arguments.")
    ensure_system(display=True, tests=True)
    ensure_environment("test", "dev", "package")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__: command for command in (run, test, check, bench, soak, package, setup)
}


def main(arguments: list[str]) -> int:
    """Run one command; its exit code, 2 for a command that does not exist."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print((__doc__ or "").strip())
        return 0 if arguments else 2
    command = COMMANDS.get(arguments[0])
    if command is None:
        say(f"dev.py: no command {arguments[0]!r}; there are {', '.join(COMMANDS)}")
        return 2
    try:
        return command(arguments[1:])
    except SetupError as error:
        say(f"dev.py: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this with an older one is told so
        sys.exit("Reelscope needs Python 3.11 or newer; this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))
