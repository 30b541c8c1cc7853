"""What a bundle consists of: every file in it has an owner, and every owner has a licence.

The recipe writes down what it froze (build/contents.json: names of Python modules, and each native file with
where it came from). From that come the folder of licences, with the offer of source, and the bill of
materials.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path, PurePath
from typing import Any

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "licences" / "texts"
NATIVE = re.compile(r"\.(so|dylib|dll|pyd)(\.[\d.]+)?$")
_NOTICE = re.compile(r"(licen[cs]e|copying|notice|authors|thirdparty)", re.IGNORECASE)
_QT = ("PySide6", "PySide6_Addons", "PySide6_Essentials", "shiboken6")
_TEXTS_OF = {**dict.fromkeys(_QT, ("LGPL-3.0", "GPL-3.0")), "flatbuffers": ("Apache-2.0",)}
"""Texts for packages whose wheels carry none, by the licence their metadata name."""


class UncoveredError(Exception):
    """Something is in the bundle whose owner or licence is not known; the text names it."""


@dataclass(frozen=True)
class Component:
    """A native library that wheels bring along; ``within`` names a package whose licence file tells of it."""

    name: str
    files: str
    licence: str
    source: str
    texts: tuple[str, ...]
    within: str = ""

    def owns(self, file: str) -> bool:
        return bool(re.search(self.files, PurePath(file).name))


@dataclass(frozen=True)
class Contents:
    """Who owns what is in a bundle."""

    packages: tuple[Distribution, ...]
    components: tuple[Component, ...]
    system: tuple[str, ...]


@cache
def components() -> tuple[Component, ...]:
    rows = json.loads((HERE / "licences" / "components.json").read_text(encoding="utf-8"))
    return tuple(Component(**{**row, "texts": tuple(row["texts"])}) for row in rows)


def contents_of(modules: Iterable[str], files: Mapping[str, str]) -> Contents:
    """Find the owners of Python modules (by name) and of native files (place in the bundle -> source).

    Raises:
        UncoveredError: a file or module belongs to nobody known.
    """
    owners = packages_distributions()
    names = {owner for module in modules for owner in owners.get(module.partition(".")[0], ())}
    found: set[Component] = set()
    system: set[str] = set()
    for place, source in files.items():
        component = next((each for each in components() if each.owns(place)), None)
        if component is not None:
            found.add(component)
            continue
        _insist_on_component(source)
        if package := _package_of(source, owners):
            names.add(package)
        elif not _of_python(source):
            system.add(_system_package(source))
    packages = sorted((distribution(name) for name in names - {"reelscope"}), key=_name)
    return Contents(tuple(packages), tuple(sorted(found, key=lambda each: each.name)), tuple(sorted(system)))


def _name(package: Distribution) -> str:
    return str(package.metadata["Name"])


def _insist_on_component(source: str) -> None:
    """What a wheel brings from others (av.libs, av/.dylibs) has other authors than the package: name it."""
    if not any(part.endswith((".libs", ".dylibs")) for part in PurePath(source).parts[:-1]):
        return
    if sys.platform == "linux":
        raise UncoveredError(f"{source} is in no row of licences/components.json")
    print(f"LICENCE TO CHECK: {source} is in no row of licences/components.json", flush=True)


def _package_of(source: str, owners: Mapping[str, list[str]]) -> str:
    """The package that brought a file; "" where it lies outside of all of them."""
    parts = PurePath(source).parts
    if "site-packages" not in parts:
        return ""
    top = parts[parts.index("site-packages") + 1].partition(".")[0]
    found = owners.get(top) or owners.get(f"_{top}")
    if not found:
        raise UncoveredError(f"{source} belongs to no package that is known")
    return found[0]


def _of_python(source: str) -> bool:
    ours = [str(HERE.parent / folder) for folder in ("app", "build")]
    places = [sys.base_prefix, sysconfig.get_path("stdlib"), *ours]
    return any(PurePath(source).is_relative_to(place) for place in places)


@cache
def _system_package(source: str) -> str:
    """The Debian package of a system library; elsewhere nothing of the system is taken along."""
    candidates = (source, str(Path(source).resolve()), str(Path(source).resolve()).removeprefix("/usr"))
    for candidate in candidates:
        try:
            asked = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True, check=False)
        except OSError as error:
            raise UncoveredError(f"{source}: there is no dpkg to ask whose it is") from error
        if asked.returncode == 0:
            return asked.stdout.split(":")[0]
    raise UncoveredError(f"{source} belongs to no package of the system")


def write_licences(folder: Path, contents: Contents) -> None:
    """Put the licence of everything into a folder, with OFFER.txt, which says where the sources are.

    Raises:
        UncoveredError: a package has no licence text.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for package in contents.packages:
        _copy(folder / _name(package), _texts_of(package))
    for component in contents.components:
        _copy(folder / component.name, [TEXTS / f"{name}.txt" for name in component.texts])
    for name in contents.system:
        _copy(folder / "system libraries" / name, [Path("/usr/share/doc") / name / "copyright"])
    _copy(folder / "Python", [_python_licence()])
    (folder / "OFFER.txt").write_text(offer(contents), encoding="utf-8")


def _texts_of(package: Distribution) -> list[Path]:
    name = _name(package)
    files = [file for file in package.files or () if _NOTICE.search(file.name) and file.suffix != ".py"]
    found = [Path(str(file.locate())) for file in files if "dist-info" in str(file) or len(file.parts) == 2]
    found = [file for file in found if file.is_file()]
    if not found:
        found = [TEXTS / f"{text}.txt" for text in _TEXTS_OF.get(name, ())]
    if not found:
        raise UncoveredError(f"the package {name} carries no licence text")
    return found


def _python_licence() -> Path:
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for place in (*places, Path("/usr/share/doc") / version / "copyright"):
        if place.is_file():
            return place
    raise UncoveredError("the licence of Python itself is nowhere")


def _copy(target: Path, texts: Iterable[Path]) -> None:
    for number, text in enumerate(texts):
        target.mkdir(parents=True, exist_ok=True)
        place = target / text.name
        shutil.copyfile(text, place.with_stem(f"{place.stem}-{number}") if place.exists() else place)


def offer(contents: Contents) -> str:
    """The written offer of source, and what everything is licensed under."""
    rows = [("Reelscope", "GPL-3.0-or-later", "the archive of sources beside this download")]
    rows += [("Python", "PSF-2.0", "https://www.python.org/downloads/source")]
    rows += [(each.name, each.licence, each.source) for each in contents.components]
    index = "the Python Package Index"
    rows += [(f"{_name(each)} {each.version}", licence_of(each), index) for each in contents.packages]
    rows += [(name, "see its folder", "Debian's archive of sources") for name in contents.system]
    table = "".join(
        f"\n{name}\n    licence: {licence}\n    sources: {place}" for name, licence, place in rows
    )
    return (HERE / "licences" / "offer.txt").read_text(encoding="utf-8") + table + "\n"


def licence_of(package: Distribution) -> str:
    """What a package's metadata call its licence; the first line, where the whole text stands there."""
    told = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    classifiers = package.metadata.get_all("Classifier") or []
    classed = [row.rpartition(" :: ")[2] for row in classifiers if row.startswith("License ::")]
    return told.strip().partition("\n")[0][:80] or (classed[0] if classed else "see its folder")


def bill_of_materials(contents: Contents, version: str) -> dict[str, Any]:
    """The bundle as a CycloneDX 1.6 document."""
    listed = [
        _entry(_name(each), each.version, licence_of(each), _purl(_name(each), each.version))
        for each in contents.packages
    ]
    listed += [_entry(each.name, "", each.licence, "") for each in contents.components]
    listed += [_entry(name, "", "", f"pkg:deb/debian/{name}") for name in contents.system]
    python = sys.version.split()[0]
    listed.append(_entry("Python", python, "PSF-2.0", f"pkg:generic/python@{python}"))
    root = {"type": "application", "bom-ref": "reelscope", "name": "reelscope", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(listed))}",
        "version": 1,
        "metadata": {"component": {**root, "licenses": [{"expression": "GPL-3.0-or-later"}]}},
        "components": listed,
    }


def _purl(name: str, version: str) -> str:
    """The address of a package, its name as the index writes it."""
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"


def _entry(name: str, version: str, licence: str, purl: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "library", "name": name}
    entry |= {"version": version} if version else {}
    entry |= {"licenses": [{"license": {"name": licence}}]} if licence else {}
    return entry | ({"purl": purl, "bom-ref": purl} if purl else {"bom-ref": f"native:{name}"})
