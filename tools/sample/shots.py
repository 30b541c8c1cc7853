"""The shots of the sample and the pictures in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.sample.backgrounds import BACKGROUNDS, make_background
from tools.sample.caption import draw_caption
from tools.sample.measures import (
    CLASSES,
    FADE_BEFORE_SHOT,
    FADE_FRAMES,
    FPS,
    HEIGHT,
    SHOT_FRAMES,
    WIDTH,
    Array,
    Colour,
)
from tools.sample.motion import Actor, Course, make_course
from tools.sample.painting import Seen, paint_things
from tools.sample.palettes import PALETTES, rgb
from tools.sample.things import Thing

MARGIN = 64
"""Background beyond each edge of the picture, for the drift."""
COURSES = ("cross", "orbit", "edge", "drift", "orbit")
"""What a thing may do; named twice is twice as likely."""
BALL_COURSES = ("bounce", "bounce", "orbit")


@dataclass(frozen=True, slots=True)
class Shot:
    """A background and its actors."""

    background: Array
    drift: tuple[float, float]
    actors: list[Actor]


def make_shot(rng: np.random.Generator, frames: int, kind: str, palette: int, kinds: list[str]) -> Shot:
    """Choose background, colours, sizes and courses for one shot."""
    (dark, mid, light), accents = PALETTES[palette]
    tones = (rgb(dark), rgb(mid), rgb(light))
    background = make_background(rng, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN, kind, tones)
    turn = rng.uniform(0, 2 * math.pi)
    drift = (9.0 * math.cos(turn), 5.0 * math.sin(turn)) if rng.random() < 0.5 else (0.0, 0.0)
    colours = [rgb(accents[index]) for index in rng.permutation(len(accents))]
    columns = rng.permutation(len(kinds))
    actors: list[Actor] = []
    crossed = False
    for index, name in enumerate(kinds):
        radius = rng.uniform(56, 104)
        slot = (WIDTH * (columns[index] + 0.5) / len(kinds) + rng.uniform(-30, 30), rng.uniform(190, 370))
        choice = str(rng.choice(BALL_COURSES if name == "ball" else COURSES))
        if choice == "cross" and crossed:
            choice = "drift"
        crossed = crossed or choice == "cross"
        pair = colours[index % len(colours)], colours[(index + 1) % len(colours)]
        thing = make_thing(rng, name, radius, pair)
        actors.append(make_actor(rng, thing, make_course(rng, choice, radius, frames / FPS, slot)))
    return Shot(background, drift, actors)


def make_thing(rng: np.random.Generator, kind: str, radius: float, pair: tuple[Colour, Colour]) -> Thing:
    """A thing in the first colour of a pair, decorated with the second or with white."""
    second = pair[1] if rng.random() < 0.4 else (0.98, 0.97, 0.94)
    angle = rng.uniform(-0.4, 0.4)
    tilt = rng.uniform(0.42, 0.62) if kind == "box" else rng.uniform(0.1, 0.6)
    style = int(rng.random() < 0.45)
    return Thing(kind, 0, 0, radius, angle=angle, tilt=tilt, colour=pair[0], second=second, style=style)


def make_actor(rng: np.random.Generator, thing: Thing, course: Course) -> Actor:
    """A thing that moves, pulses, and turns or rocks."""
    spins = thing.kind != "heart"
    spin = float(rng.uniform(0.5, 1.3) * rng.choice((-1, 1))) if spins else 0.0
    pulse = (float(rng.uniform(0.04, 0.12)), float(rng.uniform(0.25, 0.7)), float(rng.random()))
    return Actor(thing, course, spin=spin, pulse=pulse, sway=0.0 if spins else 0.35)


def make_shots(seed: int) -> list[Shot]:
    """All shots of the video for a seed; every class gets a part."""
    rng = np.random.default_rng(seed)
    kinds = rng.permutation(BACKGROUNDS)
    palettes = rng.permutation(len(PALETTES))
    deck = list(rng.permutation(CLASSES)) + list(rng.permutation(CLASSES)) + list(rng.permutation(CLASSES))
    shots = []
    for index, frames in enumerate(SHOT_FRAMES):
        count = int(rng.integers(3, 5)) if index else 4
        cast, deck = [str(name) for name in deck[:count]], deck[count:]
        shots.append(make_shot(rng, frames, str(kinds[index]), int(palettes[index]), cast))
    return shots


def _window(picture: Array, dx: float, dy: float) -> Array:
    """The frame-sized part of an oversize background, shifted by a fraction of a pixel if need be."""
    fx, fy = MARGIN + dx, MARGIN + dy
    ix, iy = math.floor(fx), math.floor(fy)
    tx, ty = np.float32(fx - ix), np.float32(fy - iy)
    if not tx and not ty:
        return picture[iy : iy + HEIGHT, ix : ix + WIDTH].copy()
    part = picture[iy : iy + HEIGHT + 1, ix : ix + WIDTH + 1]
    rows: Array = part[:-1] * (1 - ty) + part[1:] * ty
    return rows[:, :-1] * (1 - tx) + rows[:, 1:] * tx


def render_frame(shot: Shot, number: int, frame: int, frames: int) -> tuple[Array, list[Seen]]:
    """Frame of a shot as float32 RGB, with what it shows.  `number` counts shots from 1."""
    seconds = frame / FPS
    back = seconds - frames / FPS / 2
    canvas = _window(shot.background, shot.drift[0] * back, shot.drift[1] * back)
    seen = paint_things(canvas, [actor.at(seconds) for actor in shot.actors])
    draw_caption(canvas, number, len(SHOT_FRAMES))
    return canvas, seen


def fade_level(index: int, frame: int) -> float:
    """1 = fully lit; less near the faded change of shots."""
    if index == FADE_BEFORE_SHOT - 1:
        return min(1.0, (SHOT_FRAMES[index] - frame - 0.5) / FADE_FRAMES)
    if index == FADE_BEFORE_SHOT:
        return min(1.0, (frame + 0.5) / FADE_FRAMES)
    return 1.0


def frames_of(seed: int, step: int = 1) -> Iterator[tuple[int, int, float, Array, list[Seen]]]:
    """Yield (frame number, shot index, light level, uint8 RGB picture, seen) for every step-th frame."""
    start = 0
    for index, (shot, frames) in enumerate(zip(make_shots(seed), SHOT_FRAMES, strict=True)):
        for frame in range(0, frames, step):
            picture, seen = render_frame(shot, index + 1, frame, frames)
            level = fade_level(index, frame)
            shown = (np.clip(picture * level, 0, 1) * 255 + 0.5).astype(np.uint8)
            yield start + frame, index, level, shown, seen
        start += frames


def describe_shots() -> list[dict[str, Any]]:
    """Shot boundaries: first frame, frame after the last, seconds, and how the shot begins."""
    result: list[dict[str, Any]] = []
    start = 0
    for index, frames in enumerate(SHOT_FRAMES):
        end = start + frames
        shot: dict[str, Any] = {"shot": index + 1, "first_frame": start, "end_frame": end}
        shot |= {"start_s": round(start / FPS, 4), "end_s": round(end / FPS, 4)}
        if index == FADE_BEFORE_SHOT:
            shot |= {"begins_with": "fade", "fade_frames": [start - FADE_FRAMES, start + FADE_FRAMES]}
        else:
            shot["begins_with"] = "cut" if index else "start"
        result.append(shot)
        start = end
    return result
