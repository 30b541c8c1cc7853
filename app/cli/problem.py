"""``reelscope report``: versions, devices and the log's last lines, with nothing private in them."""

from __future__ import annotations

from argparse import Namespace

from app.cli.exit_codes import DONE


def report(_arguments: Namespace) -> int:
    """Print the report."""
    from app.analysis.problem_report import problem_report

    print(problem_report(), end="")
    return DONE
