"""What users install: compiled, validated by the tools of each system, installed and removed again."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from app import __version__
from app.media.folders import SUFFIXES

Recipe = dict[str, ModuleType]
ID = "org.reelscope.Reelscope"
on_posix = pytest.mark.skipif(os.name == "nt", reason="a shell script for Linux")


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """Something like the frozen folder."""
    folder = tmp_path / "dist" / "Reelscope"
    (folder / "_internal" / "app").mkdir(parents=True)
    (folder / "licences").mkdir()
    for name in ("reelscope", "Reelscope", "_internal/app/a.so", "licences/OFFER.txt", "LICENSE"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "reelscope").chmod(0o755)
    return folder


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _accepted(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


# --- versions


def test_there_is_one_version(recipe: Recipe) -> None:
    versions = recipe["versions"]
    assert __version__ == versions.VERSION
    assert recipe["macos"].info_plist()["CFBundleShortVersionString"] == versions.three_numbers()
    assert versions.four_numbers("1.2") == "1.2.0.0"
    assert versions.four_numbers("1.2.3rc1") == "1.2.3.0"
    assert versions.three_numbers("1.2.3rc1") == "1.2.3"


def test_the_version_of_windows_programs_is_what_the_recipe_reads(recipe: Recipe, tmp_path: Path) -> None:
    recipe["versions"].write_version_info(tmp_path / "version.txt")
    text = (tmp_path / "version.txt").read_text(encoding="utf-8")
    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "VarFileInfo", "VarStruct")
    made = {name: lambda *args, **kw: (args, kw) for name in names}
    made["StringStruct"] = lambda *pair: pair
    _, parts = eval(text, made)  # noqa: S307 - as PyInstaller reads it; the text is ours
    numbers = parts["ffi"][1]["filevers"]
    assert ".".join(map(str, numbers)) == recipe["versions"].four_numbers()
    assert __version__ in text


def test_no_other_file_repeats_the_version(repository: Path) -> None:
    """Whatever else tells the version gets it when it is built."""
    folders = [repository / name for name in ("packaging", ".github")]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in _TEXT_SUFFIXES]
    assert files
    naming = [file for file in files if f'"{__version__}"' in file.read_text(encoding="utf-8")]
    assert not naming


_TEXT_SUFFIXES = {".py", ".spec", ".nsi", ".xml", ".desktop", ".sh", ".yml", ".json"}


# --- kinds of files


def test_only_files_that_open_are_offered(recipe: Recipe) -> None:
    assert {f".{suffix}" for suffix in recipe["video_types"].suffixes()} <= SUFFIXES


# --- Windows


def test_the_windows_installer_compiles(recipe: Recipe, frozen: Path, tmp_path: Path) -> None:
    """With the folder of another system as payload; every warning of makensis counts as an error."""
    _tool("makensis")
    made = recipe["installers"].windows(frozen, tmp_path / "reelscope-setup.exe", ("Reelscope", "reelscope"))
    data = made.read_bytes()
    assert data.startswith(b"MZ")
    assert "FileVersion\0".encode("utf-16-le") in data
    assert __version__.encode("utf-16-le") in data


def test_without_makensis_a_sentence_says_how_to_get_it(
    recipe: Recipe, frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(recipe["installers"].InstallerError, match="apt-get install nsis"):
        recipe["installers"].windows(frozen, frozen.parent / "reelscope-setup.exe")


def test_the_windows_installer_removes_what_it_wrote(repository: Path) -> None:
    """Each key and file of the one section has its counterpart in the other."""
    text = (repository / "packaging" / "windows" / "reelscope.nsi").read_text(encoding="utf-8")
    written = {line.split('"')[1] for line in text.splitlines() if line.strip().startswith("WriteReg")}
    removed = {line.split('"')[1] for line in text.splitlines() if line.strip().startswith("DeleteReg")}
    left = {
        key for key in written if not any(key == other or key.startswith(other + "\\") for other in removed)
    }
    assert not left
    assert "RequestExecutionLevel user" in text
    assert "HKLM" not in text
    assert 'RMDir /r "$INSTDIR"' not in text


def test_without_the_means_to_sign_it_says_so(
    recipe: Recipe, frozen: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WINDOWS_SIGN_COMMAND", "MACOS_SIGN_IDENTITY", *recipe["macos"].NOTARY):
        monkeypatch.delenv(name, raising=False)
    assert not recipe["installers"].sign_for_windows(frozen / "Reelscope")
    assert not recipe["macos"].sign(frozen)
    assert not recipe["macos"].notarise(frozen)
    said = capsys.readouterr().out
    assert said.count("NOT SIGNED") == 2
    assert said.count("NOT NOTARISED") == 1


@on_posix
def test_with_the_means_to_sign_all_three_files_are_signed(
    recipe: Recipe, frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tool("makensis")
    signed = tmp_path / "signed"
    monkeypatch.setenv("WINDOWS_SIGN_COMMAND", f"sh -c 'echo \"$0\" >> {signed}'")
    recipe["installers"].windows(frozen, tmp_path / "reelscope-setup.exe", ("Reelscope", "reelscope"))
    names = [Path(line).name for line in signed.read_text(encoding="utf-8").splitlines()]
    assert names[:2] == ["Reelscope", "reelscope"]
    assert names[-1] == "reelscope-setup.exe"
    assert len(names) == 4  # the uninstaller, which makensis writes to a file of its own


# --- macOS


def test_the_property_lists_are_sound(recipe: Recipe) -> None:
    macos = recipe["macos"]
    told = plistlib.loads(plistlib.dumps(macos.info_plist()))
    suffixes = [each for kind in told["CFBundleDocumentTypes"] for each in kind["CFBundleTypeExtensions"]]
    assert set(suffixes) == set(recipe["video_types"].suffixes())
    assert all(kind["CFBundleTypeRole"] == "Viewer" for kind in told["CFBundleDocumentTypes"])
    entitlements = plistlib.loads(plistlib.dumps(macos.ENTITLEMENTS))
    assert len(entitlements) == 1
    assert "com.apple.security.get-task-allow" not in entitlements


def test_every_native_file_is_signed_the_innermost_first(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tmp_path / "Reelscope.app"
    (app / "Contents" / "Frameworks" / "deep").mkdir(parents=True)
    (app / "Contents" / "MacOS").mkdir()
    for name in ("Contents/MacOS/Reelscope", "Contents/Frameworks/a.dylib", "Contents/Frameworks/deep/b.so"):
        (app / name).write_bytes(b"\xcf\xfa\xed\xfe")
    (app / "Contents" / "Info.plist").write_bytes(b"<?xml")
    commands: list[list[str]] = []
    monkeypatch.setenv("MACOS_SIGN_IDENTITY", "Developer ID")
    monkeypatch.setattr(recipe["macos"].subprocess, "run", lambda command, check: commands.append(command))
    assert recipe["macos"].sign(app)
    signed = [Path(command[-1]).name for command in commands if "--sign" in command]
    assert signed[0] == "b.so"
    assert set(signed[1:3]) == {"a.dylib", "Reelscope"}
    assert signed[3:] == ["Reelscope.app"]
    assert all("runtime" in command for command in commands[:-1])
    assert commands[-1][:2] == ["codesign", "--verify"]


# --- Linux


@pytest.fixture
def unpacked(recipe: Recipe, frozen: Path, tmp_path: Path) -> Path:
    """The archive for Linux, unpacked."""
    made = recipe["installers"].archive(frozen, tmp_path / "reelscope-1-linux.tar.xz")
    with tarfile.open(made) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / "reelscope-1-linux"


@on_posix
def test_the_archive_installs_installs_over_and_removes(unpacked: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    install = str(unpacked / "install.sh")
    (prefix / "share" / "applications").mkdir(parents=True)
    other = prefix / "share" / "applications" / "other.desktop"
    other.touch()
    _accepted(install, "--prefix", str(prefix))
    (prefix / "lib" / "reelscope" / "_internal" / "of-an-older-version.so").touch()
    _accepted(install, "--prefix", str(prefix))
    assert (prefix / "bin" / "reelscope").resolve() == prefix / "lib" / "reelscope" / "reelscope"
    assert os.access(prefix / "bin" / "reelscope", os.X_OK)
    assert not (prefix / "lib" / "reelscope" / "_internal" / "of-an-older-version.so").exists()
    assert (prefix / "share/icons/hicolor/48x48/apps" / f"{ID}.png").is_file()
    entry = (prefix / "share/applications" / f"{ID}.desktop").read_text(encoding="utf-8")
    assert f'Exec="{prefix}/lib/reelscope/Reelscope" %F' in entry
    _accepted(install, "--uninstall", "--prefix", str(prefix))
    caches = {"mimeinfo.cache", "icon-theme.cache"}
    left = [file for file in prefix.rglob("*") if not file.is_dir() and file.name not in caches]
    assert left == [other]


@on_posix
def test_a_command_of_that_name_from_elsewhere_is_left_alone(unpacked: Path, tmp_path: Path) -> None:
    """Such as the one that pip puts into ~/.local/bin."""
    prefix = tmp_path / "prefix"
    install = str(unpacked / "install.sh")
    (prefix / "bin").mkdir(parents=True)
    other = prefix / "bin" / "reelscope"
    other.write_text("#!/usr/bin/python3\n", encoding="utf-8")
    said = _accepted(install, "--prefix", str(prefix))
    assert f"{other} was there before and is left as it is" in said
    assert (prefix / "share/applications" / f"{ID}.desktop").is_file()
    _accepted(install, "--uninstall", "--prefix", str(prefix))
    assert other.read_text(encoding="utf-8") == "#!/usr/bin/python3\n"


@on_posix
def test_wrong_usage_of_the_script_installs_nothing(unpacked: Path, tmp_path: Path) -> None:
    home = {**os.environ, "HOME": str(tmp_path / "home")}
    for words in (["--prefix"], ["--fly"]):
        done = subprocess.run(
            [str(unpacked / "install.sh"), *words], env=home, capture_output=True, check=False
        )
        assert done.returncode == 2
    assert not (tmp_path / "home").exists()


@on_posix
def test_the_menu_entry_and_the_metadata_are_valid(unpacked: Path, tmp_path: Path) -> None:
    validate, appstream = _tool("desktop-file-validate"), _tool("appstreamcli")
    prefix = tmp_path / "my programs"
    _accepted(str(unpacked / "install.sh"), "--prefix", str(prefix))
    entry = (prefix / "share/applications" / f"{ID}.desktop").read_text(encoding="utf-8")
    assert f'Exec="{prefix}/lib/reelscope/Reelscope" %F' in entry
    assert _accepted(validate, str(prefix / "share/applications" / f"{ID}.desktop")) == ""
    _accepted(appstream, "validate", "--no-net", str(prefix / "share/metainfo" / f"{ID}.metainfo.xml"))


def test_the_window_has_the_name_of_its_menu_entry(repository: Path) -> None:
    """Wayland finds the icon of a window by that."""
    text = (repository / "app" / "ui" / "application.py").read_text(encoding="utf-8")
    assert f'setDesktopFileName("{ID}")' in text
