"""How many pictures in one run of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.core.errors import ModelError
from app.core.geometry import Size
from app.inference.devices import CPU
from app.inference.native_session import Array
from app.inference.preprocess import trial_picture
from app.inference.session import OnnxSession, TensorInfo

_FULL_BATCH = 8
"""Pictures in one run, on a device that gains by it: a GPU is busy with that many of 640 x 640."""

_TOLERANCE = 1e-3
"""By how much, of the largest output, a batch may differ from one picture after the other."""

_TRIED = 2


def pictures_at_once(
    session: OnnxSession,
    picture: TensorInfo,
    feeds: Callable[[Array, Size], Mapping[str, Array]],
    canvas: Size,
) -> int:
    """How many pictures are best given to one run of ``session``: 1, unless the device and the model gain.

    A free first axis is a promise that not every export keeps: some answer for one picture only, and numbers
    quantised at run time depend on all pictures of a run. So two trial pictures are computed together and
    one by one, and the answers compared.
    """
    if session.device.name == CPU or picture.shape[0] is not None:
        return 1
    one = trial_picture(canvas, picture.element)
    pair = np.concatenate((one, one[..., ::-1, ::-1]))
    try:
        together = session.run(feeds(pair, canvas))
        alone = [session.run(feeds(pair[at : at + 1], canvas)) for at in range(_TRIED)]
    except ModelError:
        return 1
    same = all(_agree(values, [each[name] for each in alone]) for name, values in together.items())
    return _FULL_BATCH if same else 1


def _agree(together: Array, alone: list[Array]) -> bool:
    if together.shape[:1] != (_TRIED,) or any(each.shape != (1, *together.shape[1:]) for each in alone):
        return False
    separate = np.concatenate(alone)
    largest = float(np.abs(separate).max(initial=0.0))
    return bool(np.abs(separate - together).max(initial=0.0) <= _TOLERANCE * max(largest, 1e-12))
