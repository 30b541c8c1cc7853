"""Make the sample clip together with its exact truth.

Everything in it is computed: six kinds of things, drawn from signed distances, textured backgrounds, a
caption in a stroke font of our own, and digits spoken by espeak-ng. Nothing is loaded from outside.

    python -m tools.sample.make_sample --seed 5 --out sample.mp4 --truth truth.json

The same seed gives the same pictures, sound and truth, bit for bit on one set of library versions; libx264
may code a few pictures differently from run to run. Needs `espeak-ng` on the PATH, unless `--mute` is given.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from tools.sample.measures import AUDIO_RATE, CLASSES, FPS, HEIGHT, SHOT_FRAMES, WIDTH, Array
from tools.sample.painting import Seen
from tools.sample.shots import describe_shots, frames_of
from tools.sample.speech import make_sound

ABOUT = (
    "exact ground truth of a synthetic video; "
    "boxes are x1, y1, x2, y2 of the visible pixels (x2, y2 exclusive), "
    "visible = visible share of the object's area, light < 1 inside the fade, "
    "object ids are unique within a shot"
)
# A keyframe at every cut and at least every 48 pictures.
ENCODER = {
    "preset": "slow",
    "threads": "1",
    "g": "48",
    "keyint_min": "8",
    "sc_threshold": "40",
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709",
}


def write_video(path: Path, pictures: Iterable[Array], sound: Array | None, crf: int) -> None:
    """H.264 and AAC in MP4, BT.709; sound goes in a second at a time beside its pictures."""
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FPS, options={"crf": str(crf), **ENCODER})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = Fraction(1, FPS)
        video.codec_context.colorspace, video.codec_context.color_range = 1, 1
        audio = None
        if sound is not None:
            audio = container.add_stream("aac", rate=AUDIO_RATE, layout="mono")
            audio.bit_rate = 64000
        for number, picture in enumerate(pictures):
            container.mux(video.encode(_video_frame(picture, number)))
            if audio is not None and sound is not None and number % FPS == 0:
                start = number // FPS * AUDIO_RATE
                container.mux(audio.encode(_audio_frame(sound[start : start + AUDIO_RATE], start)))
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))


def _video_frame(picture: Array, number: int) -> Any:
    """uint8 RGB [height, width, 3] as the encoder wants it."""
    import av
    from av.video.reformatter import ColorRange, Colorspace

    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    frame.pts, frame.time_base = number, Fraction(1, FPS)
    return frame


def _audio_frame(samples: Array, start: int) -> Any:
    """float32 samples, the first of them number `start`."""
    import av

    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, start, Fraction(1, AUDIO_RATE)
    return frame


def record_of(number: int, level: float, seen: list[Seen], shots: list[dict[str, Any]]) -> dict[str, Any]:
    """What truth.json says of one picture."""
    objects = [
        {"id": index, "class": item.kind, "box": list(item.box), "visible": round(item.visible, 4)}
        for index, item in enumerate(seen)
        if item.box is not None
    ]
    shot = next(shot["shot"] for shot in shots if number < shot["end_frame"])
    time_s = round(number / FPS, 4)
    return {"frame": number, "time_s": time_s, "light": round(level, 3), "objects": objects, "shot": shot}


def write_truth(path: Path, head: dict[str, Any], records: list[dict[str, Any]]) -> None:
    """One line for each picture, so that a difference can be read."""
    lines = ",\n".join("  " + json.dumps(record, separators=(",", ":")) for record in records)
    beginning = json.dumps(head, indent=1)[:-2]
    path.write_text(f'{beginning},\n "per_frame": [\n{lines}\n ]\n}}\n', encoding="utf-8")


def make_sample(seed: int, video: Path, truth: Path, crf: int = 28, *, mute: bool = False) -> None:
    """Render, encode and describe the sample of a seed."""
    sound, utterances = (None, []) if mute else make_sound(seed, sum(SHOT_FRAMES) / FPS)
    shots = describe_shots()
    records: list[dict[str, Any]] = []

    def pictures() -> Iterator[Array]:
        for number, _, level, picture, seen in frames_of(seed):
            records.append(record_of(number, level, seen, shots))
            yield picture

    write_video(video, pictures(), sound, crf)
    size = {"width": WIDTH, "height": HEIGHT, "fps": FPS, "frames": len(records)}
    contents = {"classes": list(CLASSES), "shots": shots, "utterances": utterances}
    write_truth(truth, {"about": ABOUT, "seed": seed, **size, **contents}, records)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("sample.mp4"))
    parser.add_argument("--truth", type=Path, default=Path("truth.json"))
    parser.add_argument("--crf", type=int, default=28)
    parser.add_argument("--mute", action="store_true", help="no sound (espeak-ng is not needed)")
    args = parser.parse_args()
    make_sample(args.seed, args.out, args.truth, args.crf, mute=args.mute)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, seed {args.seed}")


if __name__ == "__main__":
    main()
