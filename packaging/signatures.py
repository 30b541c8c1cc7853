"""PySide6's Python that lies in a native library: compiled here, once, rather than at every start.

Shiboken carries its modules as sources in an archive and compiles them whenever it is loaded, unless they lie
in ``shiboken6/files.dir``: then Python imports them from there.
"""

from __future__ import annotations

import py_compile
import sys
from pathlib import Path

PLACE = Path("shiboken6", "files.dir")
_BOOTSTRAP = "signature_bootstrap.py"


def compiled_signatures(folder: Path) -> list[tuple[str, str]]:
    """Write the modules, compiled, into a folder; return rows of PyInstaller's ``datas``.

    No rows where this Shiboken has no such archive: then it compiles as it did.
    """
    import PySide6.QtCore  # noqa: F401 - loads Shiboken, and with it what is in its archive

    loader = sys.modules.get("shibokensupport.signature.loader")
    archive = getattr(getattr(loader, "__loader__", None), "zfile", None)
    rows = []
    for name in archive.namelist() if archive is not None else ():
        if not name.endswith(".py") or name == _BOOTSTRAP:
            continue
        source, target = folder / name, folder / f"{name}c"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(archive.read(name))
        py_compile.compile(str(source), str(target), dfile=name, doraise=True)
        rows.append((str(target), str(PLACE / Path(name).parent)))
    return rows
