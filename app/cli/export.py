"""``reelscope export``: a result document becomes another format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.cue_options import cue_style
from app.cli.exit_codes import DONE
from app.cli.outputs import check_target
from app.cli.stdout import write_stdout
from app.export.files import write_atomic
from app.export.formats import export_format
from app.export.json_document import load_json

if TYPE_CHECKING:
    from argparse import Namespace


def export(arguments: Namespace) -> int:
    """Read the document and write it in the format asked for."""
    wanted = export_format(arguments.to)
    style = cue_style(arguments)
    if arguments.output is not None:
        check_target(arguments.output, arguments.result)
    data = wanted.render(load_json(arguments.result), style)
    if arguments.output is None:
        write_stdout(data)
    else:
        write_atomic(arguments.output, data)
    return DONE
