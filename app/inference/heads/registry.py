"""All layouts, and choosing one for a model. A new layout is one file, and one name in HEADS."""

from __future__ import annotations

from app.core.errors import ModelError, UsageError
from app.inference.heads.base import Head
from app.inference.heads.detr import DetrHead
from app.inference.heads.end2end import EndToEndHead
from app.inference.heads.facts import ModelFacts
from app.inference.heads.nanodet import NanoDetHead
from app.inference.heads.yolov5 import YoloV5Head
from app.inference.heads.yolov8 import YoloV8Head
from app.inference.heads.yolox import YoloXHead
from app.inference.heads.yunet import YuNetHead

AUTO = "auto"

HEADS: tuple[type[Head], ...] = (
    YuNetHead,
    NanoDetHead,
    DetrHead,
    YoloXHead,
    YoloV5Head,
    YoloV8Head,
    EndToEndHead,
)

LAYOUTS = (AUTO, *(head.layout for head in HEADS))
"""Every word that ``--layout`` takes."""


def choose_head(facts: ModelFacts, layout: str = AUTO) -> Head:
    """Return the head for a model: recognised, or the one called ``layout``.

    Raises:
        UsageError: no layout is called so.
        ModelError: the layout is unknown, or cannot be the one asked for; the sentence names the shapes seen.
    """
    facts.picture  # noqa: B018 - refuses a model that takes no picture before anything else is looked at
    if layout == AUTO:
        return _recognised(facts)
    for head in HEADS:
        if head.layout == layout:
            assumed = head.assume(facts)
            if assumed is None:
                raise ModelError(f"'{facts.name}' cannot be read as {layout}: {facts.summary()}.")
            return assumed
    raise UsageError(f"There is no layout '{layout}': use {', '.join(LAYOUTS)}.")


def _recognised(facts: ModelFacts) -> Head:
    for head in HEADS:
        found = head.recognise(facts)
        if found is not None:
            return found
    raise facts.refusal("its outputs are of no known layout")
