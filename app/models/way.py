"""The way to the models' hosts: as the catalogue lists them, or by a mirror that a person named."""

from __future__ import annotations

import os

from app.download.fetching import Fetcher
from app.download.rules import Rules, with_mirror
from app.inference.catalogue import Catalogue

MIRROR_VARIABLE = "REELSCOPE_MIRROR"


def model_rules(known: Catalogue, mirror: str = "") -> Rules:
    """Return whom downloads may speak to; $REELSCOPE_MIRROR comes before ``mirror``, which a setting holds.

    Raises:
        UsageError: the mirror is no encrypted address.
    """
    return with_mirror(Rules(known.hosts), os.environ.get(MIRROR_VARIABLE, "").strip() or mirror)


def model_fetcher(known: Catalogue, mirror: str = "") -> Fetcher:
    """Return what fetches models.

    Raises:
        UsageError: the mirror is no encrypted address.
    """
    return Fetcher(model_rules(known, mirror))
