"""Which pictures are looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from app.analysis.request import FramePolicy, Sampling
from app.media.rule import Rule


@dataclass(frozen=True, slots=True)
class Every:
    """Each ``step``-th picture, beginning with the first."""

    step: int = 1

    def wants(self, number: int, begins: Fraction, ends: Fraction) -> bool:  # noqa: ARG002 - a Rule
        """See ``Rule``."""
        return number % self.step == 0


@dataclass(frozen=True, slots=True)
class OnTicks:
    """The picture that is shown at each tick of a clock that starts with the first one; each at most once."""

    rate: Fraction

    def wants(self, number: int, begins: Fraction, ends: Fraction) -> bool:  # noqa: ARG002 - a Rule
        """See ``Rule``."""
        return math.ceil(begins * self.rate) < ends * self.rate


def rule_of(policy: FramePolicy) -> Rule:
    """Return the rule of a policy; KEYFRAMES wants all, as the decoder gives nothing else then."""
    if policy.sampling is Sampling.FPS:
        return OnTicks(policy.amount)
    return Every(int(policy.amount))
