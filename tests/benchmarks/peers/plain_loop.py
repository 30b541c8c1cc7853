"""A plain loop of OpenCV (or decord) and ONNX Runtime, as tutorials have it: read, resize, run, next.

`plain_loop KIND SOURCE MODEL COUNT [READER]`: KIND is yolox, yolov8 or encoder, SOURCE a video or a folder of
JPEG files, READER opencv or decord. Writes the number of pictures and of boxes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

_CONFIDENCE, _IOU = 0.25, 0.45
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def main(kind: str, source: str, model: str, count: str, reader: str = "opencv") -> None:
    """Look at the first ``count`` pictures."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    taken = session.get_inputs()[0]
    side = taken.shape[2]
    tensor, boxes_in = _KINDS[kind]
    seen = boxes = 0
    for picture in islice(_pictures(Path(source), reader), int(count)):
        outputs = session.run(None, {taken.name: tensor(picture, side)})
        boxes += boxes_in(outputs[0][0], side)
        seen += 1
    print(seen, boxes)


def _pictures(source: Path, reader: str) -> Iterator[Any]:
    """BGR pictures of a folder or a video."""
    import cv2

    if source.is_dir():
        for path in sorted(source.iterdir()):
            yield cv2.imread(str(path))
    elif reader == "decord":
        import decord

        for frame in decord.VideoReader(str(source)):
            yield frame.asnumpy()[..., ::-1]
    else:
        video = cv2.VideoCapture(str(source))
        while True:
            there, picture = video.read()
            if not there:
                return
            yield picture


def _letterbox(picture: Any, side: int, *, centre: bool) -> Any:
    import cv2

    height, width = picture.shape[:2]
    scale = min(side / width, side / height)
    inner = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((side, side, 3), 114, np.uint8)
    top, left = ((side - inner.shape[0]) // 2, (side - inner.shape[1]) // 2) if centre else (0, 0)
    canvas[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return canvas


def _yolox_tensor(picture: Any, side: int) -> Any:
    canvas = _letterbox(picture, side, centre=False)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)


def _yolov8_tensor(picture: Any, side: int) -> Any:
    import cv2

    return cv2.dnn.blobFromImage(_letterbox(picture, side, centre=True), 1 / 255, swapRB=True)


def _encoder_tensor(picture: Any, side: int) -> Any:
    import cv2

    height, width = picture.shape[:2]
    scale = side / min(height, width)
    whole = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    top, left = (whole.shape[0] - side) // 2, (whole.shape[1] - side) // 2
    rgb = whole[top : top + side, left : left + side, ::-1]
    tensor = ((rgb / 255.0 - _MEAN) / _STD).astype(np.float32)
    return np.ascontiguousarray(tensor.transpose(2, 0, 1)[None])


def _yolox_boxes(rows: Any, side: int) -> int:
    grids = [np.indices((side // stride, side // stride)).reshape(2, -1)[::-1].T for stride in (8, 16, 32)]
    strides = np.repeat((8, 16, 32), [len(grid) for grid in grids])[:, None]
    centres = (rows[:, :2] + np.concatenate(grids)) * strides
    sizes = np.exp(rows[:, 2:4]) * strides
    return _kept(centres, sizes, rows[:, 4:5] * rows[:, 5:])


def _yolov8_boxes(columns: Any, side: int) -> int:
    rows = columns.T
    return _kept(rows[:, :2], rows[:, 2:4], rows[:, 4:])


def _kept(centres: Any, sizes: Any, scores: Any) -> int:
    import cv2

    best, ids = scores.max(axis=1), scores.argmax(axis=1)
    sure = best >= _CONFIDENCE
    boxes = np.concatenate((centres - sizes / 2, sizes), axis=1)[sure]
    return len(
        cv2.dnn.NMSBoxesBatched(boxes.tolist(), best[sure].tolist(), ids[sure].tolist(), _CONFIDENCE, _IOU)
    )


def _no_boxes(vector: Any, side: int) -> int:
    return 0


_Tensor = Callable[[Any, int], Any]
_Boxes = Callable[[Any, int], int]
_KINDS: dict[str, tuple[_Tensor, _Boxes]] = {
    "yolox": (_yolox_tensor, _yolox_boxes),
    "yolov8": (_yolov8_tensor, _yolov8_boxes),
    "encoder": (_encoder_tensor, _no_boxes),
}

if __name__ == "__main__":
    main(*sys.argv[1:])
