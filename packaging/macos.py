"""What macOS wants to know of the program: Info.plist, entitlements; and signing, where that can be done."""

from __future__ import annotations

import os
import plistlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from versions import three_numbers
from video_types import VIDEO_TYPES, VideoType

BUNDLE_IDENTIFIER = "org.reelscope.Reelscope"
OLDEST_SYSTEM = "14.0"
"""What the wheels of the libraries were built for."""

ENTITLEMENTS = {"com.apple.security.cs.allow-unsigned-executable-memory": True}
"""The one exception from the hardened runtime: ctypes makes callbacks at run time, which speech needs."""

IDENTITY = "MACOS_SIGN_IDENTITY"
NOTARY = ("MACOS_NOTARY_APPLE_ID", "MACOS_NOTARY_TEAM", "MACOS_NOTARY_PASSWORD")
_MACH_O = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def info_plist() -> dict[str, Any]:
    """The keys of Info.plist that PyInstaller does not set by itself."""
    return {
        "CFBundleDisplayName": "Reelscope",
        "CFBundleShortVersionString": three_numbers(),
        "CFBundleVersion": three_numbers(),
        "CFBundleDocumentTypes": [_document_type(each) for each in VIDEO_TYPES],
        "LSApplicationCategoryType": "public.app-category.video",
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The Reelscope authors, GPL-3.0-or-later",
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def _document_type(video: VideoType) -> dict[str, Any]:
    named = {"LSItemContentTypes": [video.uti]} if video.uti else {}
    return {
        "CFBundleTypeName": video.title,
        "CFBundleTypeRole": "Viewer",
        "CFBundleTypeExtensions": list(video.suffixes),
        "LSHandlerRank": "Alternate",
        **named,
    }


def sign(app: Path) -> bool:
    """Sign all native files, then the whole, for the hardened runtime; False, loudly, without an identity."""
    identity = os.environ.get(IDENTITY, "")
    if not identity:
        print(f"NOT SIGNED: {IDENTITY} is not set; macOS will refuse {app.name} at first.", flush=True)
        return False
    with tempfile.TemporaryDirectory() as folder:
        entitlements = Path(folder) / "entitlements.plist"
        entitlements.write_bytes(plistlib.dumps(ENTITLEMENTS))
        command = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
        nested = [file for file in app.rglob("*") if _is_native(file)]
        for file in sorted(nested, key=lambda file: -len(file.parts)):
            subprocess.run([*command, "--entitlements", str(entitlements), str(file)], check=True)
        subprocess.run([*command, "--entitlements", str(entitlements), str(app)], check=True)
    subprocess.run(["codesign", "--verify", "--deep", "--strict", str(app)], check=True)
    return True


def _is_native(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) in _MACH_O


def notarise(image: Path) -> bool:
    """Have Apple look at the disk image, and staple the ticket to it; False, loudly, without an account."""
    values = [os.environ.get(name, "") for name in NOTARY]
    if not all(values):
        print(f"NOT NOTARISED: {', '.join(NOTARY)} are not all set.", flush=True)
        return False
    options = ("--apple-id", "--team-id", "--password")
    account = [word for pair in zip(options, values, strict=True) for word in pair]
    subprocess.run(["xcrun", "notarytool", "submit", str(image), "--wait", *account], check=True)
    subprocess.run(["xcrun", "stapler", "staple", str(image)], check=True)
    return True
