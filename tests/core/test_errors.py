"""Too little memory is known by whatever says it."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from app.core.errors import is_out_of_memory

_STARVED = """
import resource, sys, threading
resource.setrlimit(resource.RLIMIT_AS, (64 * 2**20, resource.RLIM_INFINITY))
from app.core.errors import is_out_of_memory
held, waiting = [], threading.Event()
try:
    while True:
        {take}
except BaseException as error:
    waiting.set()
    held.clear()
    print(type(error).__name__, is_out_of_memory(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
@pytest.mark.parametrize(
    ("take", "raised"),
    [
        ("held.append(bytearray(2**20))", "MemoryError"),
        ("threading.Thread(target=waiting.wait).start()", "RuntimeError"),
        ("import mmap; held.append(mmap.mmap(-1, 2**24))", "OSError"),
    ],
)
def test_what_a_starved_process_raises_is_known(take: str, raised: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STARVED.format(take=take)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [raised, "True"]


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (ImportError("libx.so: failed to map segment from shared object"), True),
        (ImportError("No module named 'x'"), False),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (RuntimeError("something else"), False),
        (KeyboardInterrupt(), False),
    ],
)
def test_other_errors_are_not_taken_for_it(error: BaseException, short: bool) -> None:
    assert is_out_of_memory(error) is short
