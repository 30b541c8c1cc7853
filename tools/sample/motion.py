"""How things move through a shot."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tools.sample.measures import HEIGHT, WIDTH
from tools.sample.things import Thing

Course = Callable[[float], tuple[float, float]]
"""The place of a thing, in pixels, at a time in seconds."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A thing with a course of motion; `at` gives the thing at a time in seconds."""

    thing: Thing
    course: Course
    spin: float = 0.0
    pulse: tuple[float, float, float] = (0.0, 1.0, 0.0)  # amplitude, turns per second, phase
    sway: float = 0.0  # rocking instead of full turns

    def at(self, seconds: float) -> Thing:
        """The thing as it is `seconds` after the start of its shot."""
        x, y = self.course(seconds)
        amplitude, rate, phase = self.pulse
        grow = 1 + amplitude * math.sin(2 * math.pi * (rate * seconds + phase))
        angle = (
            self.thing.angle
            + self.spin * seconds
            + self.sway * math.sin(2 * math.pi * 0.45 * seconds + phase)
        )
        return replace(self.thing, x=x, y=y, radius=self.thing.radius * grow, angle=angle)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a course is made for: a radius, the seconds of the shot, a place in the picture, a phase."""

    rng: np.random.Generator
    radius: float
    seconds: float
    slot: tuple[float, float]
    phase: float


def make_course(
    rng: np.random.Generator, kind: str, radius: float, seconds: float, slot: tuple[float, float]
) -> Course:
    """A path of the given kind around the slot (a place in the picture)."""
    return _COURSES[kind](Frame(rng, radius, seconds, slot, rng.uniform(0, 2 * math.pi)))


def _cross(given: Frame) -> Course:
    """Straight through, in at one side and out at the other."""
    sign = given.rng.choice((-1, 1))
    start, end = (-0.6 * given.radius, WIDTH + 0.6 * given.radius)[::sign]
    rise = given.rng.uniform(-60, 60)
    seconds, sy = given.seconds, given.slot[1]
    return lambda t: (start + (end - start) * t / seconds, sy + rise * (t / seconds - 0.5))


def _bounce(given: Frame) -> Course:
    """A ball on the floor; the walls turn it round."""
    rng, radius = given.rng, given.radius
    floor, height = HEIGHT - radius * 1.12, rng.uniform(150, 270)
    period, speed = rng.uniform(1.0, 1.35), rng.uniform(90, 170) * rng.choice((-1, 1))
    low, high = radius, WIDTH - radius

    def bounce(t: float) -> tuple[float, float]:
        along = (given.slot[0] - low + speed * t) % (2 * (high - low))
        part = ((t + given.phase) / period) % 1
        return low + min(along, 2 * (high - low) - along), floor - height * 4 * part * (1 - part)

    return bounce


def _orbit(given: Frame) -> Course:
    rng = given.rng
    rx, ry = rng.uniform(70, 150), rng.uniform(40, 95)
    rate = rng.uniform(0.16, 0.28) * rng.choice((-1, 1))
    (sx, sy), phase = given.slot, given.phase
    return lambda t: (
        sx + rx * math.cos(2 * math.pi * rate * t + phase),
        sy + ry * math.sin(2 * math.pi * rate * t + phase),
    )


def _edge(given: Frame) -> Course:
    """Half out of the nearer side and back."""
    (sx, sy), seconds, phase = given.slot, given.seconds, given.phase
    out = -0.15 * given.radius if sx < WIDTH / 2 else WIDTH + 0.15 * given.radius
    return lambda t: (
        sx + (out - sx) * (0.5 - 0.5 * math.cos(2 * math.pi * t / seconds)),
        sy + 22 * math.sin(1.7 * t + phase),
    )


def _drift(given: Frame) -> Course:
    (sx, sy), phase = given.slot, given.phase
    return lambda t: (sx + 46 * math.sin(0.9 * t + phase), sy + 34 * math.sin(1.3 * t + 2 * phase))


_COURSES: dict[str, Callable[[Frame], Course]] = {
    "cross": _cross,
    "bounce": _bounce,
    "orbit": _orbit,
    "edge": _edge,
    "drift": _drift,
}
