"""Train a tiny detector for the sample clip and export it to ONNX.

The network is trained from scratch on random scenes of the generator and on nothing else. The exported file
has the input, output and metadata of a usual YOLOv8 export:

    images   float32 [batch, 3, height, width]   RGB, 0..1, sides multiples of 32
    output0  float32 [batch, 4 + classes, N]     cx, cy, w, h in input pixels, class scores 0..1

    python -m tools.sample.train_detector train --minutes 24 --out shapes.onnx
    python -m tools.sample.train_detector evaluate shapes.onnx --video sample.mp4 --truth truth.json

Needs torch, pillow and onnx besides what the program needs.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from tools.sample.evaluation import IMGSZ, Detector, evaluate_seed, evaluate_video
from tools.sample.loss import detection_loss
from tools.sample.measures import CLASSES, Array
from tools.sample.network import build_network
from tools.sample.pool import Pool
from tools.sample.scene_maker import SceneMaker

COURSE = ((0.35, 160, 128, 32, 54.0), (0.65, 320, 224, 16, 86.0))
"""Two parts: share of the time, width, height, pictures in a step, largest radius of an object."""
POOL = 8000
"""Pictures that are kept and trained on again."""


class Training:
    """A network, the running mean of its weights, and how far the training has come."""

    def __init__(self, seed: int, peak_rate: float) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.net = build_network().to(memory_format=torch.channels_last)
        self.mean = copy.deepcopy(self.net).eval()
        decay = [p for p in self.net.parameters() if p.ndim > 1]
        plain = [p for p in self.net.parameters() if p.ndim <= 1]
        groups = [{"params": decay, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=peak_rate)
        self.peak_rate = peak_rate
        self.steps = self.pictures = 0
        self.sums = np.zeros(4)

    def step(self, pictures: Array, rows: Array, share: float) -> None:
        """Learn from one batch; `share` is how much of the time is over, 0..1."""
        import torch

        warm = min(1.0, (self.steps + 1) / 150)
        for group in self.optimiser.param_groups:
            group["lr"] = self.peak_rate * warm * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * share)))
        images = torch.from_numpy(pictures).float().div_(255)
        images = images.contiguous(memory_format=torch.channels_last)
        corners, logits, centres = self.net.decode(self.net.raw(images))
        found = corners.transpose(1, 2), logits.transpose(1, 2), centres[0].T
        loss, parts = detection_loss(*found, torch.from_numpy(rows))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimiser.step()
        self.steps, self.pictures = self.steps + 1, self.pictures + len(pictures)
        update_mean(self.mean, self.net, min(0.998, (self.steps + 1) / (self.steps + 12)))
        self.sums += (float(loss.detach()), *map(float, parts))

    def report(self, seconds: float) -> None:
        """The means of the last hundred steps."""
        loss, classes, boxes, right = self.sums / 100
        print(f"step {self.steps}  {seconds:.0f} s  loss {loss:.3f}  classes {classes:.3f}", end="  ")
        print(f"boxes {boxes:.3f}  right class {right:.3f}", flush=True)
        self.sums[:] = 0


def train(out: Path, minutes: float, seed: int, fresh: int, peak_rate: float) -> None:
    """Train for a given time, then export the running mean of the weights."""
    training = Training(seed, peak_rate)
    print(f"{sum(p.numel() for p in training.net.parameters())} parameters", flush=True)
    begin, until = time.monotonic(), 0.0
    for part, (length, width, height, batch, largest) in enumerate(COURSE):
        pool, until = Pool(SceneMaker(seed + part, width, height, largest), 320), until + length
        while (share := (time.monotonic() - begin) / (minutes * 60)) < until:
            training.step(*pool.batch(batch, fresh, POOL), share)
            if training.steps % 100 == 0:
                training.report(time.monotonic() - begin)
            if training.steps % 1000 == 0:
                export(training.mean, out, training.steps)
    export(training.mean, out, training.steps)
    size = out.stat().st_size / 1000
    print(f"{training.steps} steps, {training.pictures} pictures; {out}: {size:.0f} kB", flush=True)


def update_mean(mean: Any, net: Any, keep: float) -> None:
    """Move the running mean of weights and statistics towards the network."""
    import torch

    with torch.no_grad():
        for ours, theirs in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if ours.dtype.is_floating_point:
                ours.lerp_(theirs, 1 - keep)
            else:
                ours.copy_(theirs)


def export(net: Any, out: Path, steps: int) -> None:
    """Write the network as ONNX, opset 17, batch and size dynamic, with metadata.

    Torch's older exporter (`dynamo=False`) is used: it keeps the sizes dynamic.
    """
    import onnx
    import torch

    axes = {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "anchors"}}
    names = {"input_names": ["images"], "output_names": ["output0"]}
    store = io.BytesIO()
    example = (torch.rand(2, 3, 160, 224),)
    torch.onnx.export(net.eval(), example, store, opset_version=17, dynamic_axes=axes, dynamo=False, **names)
    model = onnx.load_from_string(store.getvalue())
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 4 + len(CLASSES)
    model.producer_name = "train_detector.py"
    model.doc_string = "shapes detector, trained on synthetic scenes only"
    del model.metadata_props[:]
    for key, value in describe(steps).items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    part = out.with_suffix(".part")
    onnx.save(model, str(part))
    part.replace(out)


def describe(steps: int) -> dict[str, str]:
    """The metadata that programs look for in a detector."""
    names = "{" + ", ".join(f"{index}: '{name}'" for index, name in enumerate(CLASSES)) + "}"
    shape = {"stride": "32", "batch": "1", "imgsz": str(list(IMGSZ)), "channels": "3"}
    about = {"description": "Detector of six synthetic shapes, made for the sample video", "task": "detect"}
    return {**about, **shape, "names": names, "training_steps": str(steps)}


def arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    training = actions.add_parser("train")
    training.add_argument("--out", type=Path, default=Path("shapes.onnx"))
    training.add_argument("--minutes", type=float, default=24)
    training.add_argument("--seed", type=int, default=500_000)
    training.add_argument("--fresh", type=int, default=5, help="new pictures drawn for each step")
    training.add_argument("--rate", type=float, default=3e-3)
    testing = actions.add_parser("evaluate")
    testing.add_argument("model", type=Path)
    testing.add_argument("--seeds", type=int, nargs="*", default=[])
    testing.add_argument("--video", type=Path)
    testing.add_argument("--truth", type=Path, default=Path("truth.json"))
    testing.add_argument("--step", type=int, default=1)
    testing.add_argument("--size", type=int, nargs=2, default=IMGSZ, metavar=("HEIGHT", "WIDTH"))
    return parser.parse_args()


def main() -> None:
    """Train, or evaluate a trained file."""
    args = arguments()
    if args.action == "train":
        train(args.out, args.minutes, args.seed, args.fresh, args.rate)
        return
    height, width = args.size
    detector = Detector(args.model, (height, width))
    if args.video:
        print(args.video, json.dumps(evaluate_video(detector, args.video, args.truth, args.step)))
    for seed in args.seeds:
        print("seed", seed, json.dumps(evaluate_seed(detector, seed)))
    if detector.runs:
        per_frame = detector.seconds / detector.runs * 1000
        print(f"{per_frame:.1f} ms per frame at {width}x{height}, one thread")


if __name__ == "__main__":
    main()
