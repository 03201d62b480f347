"""A photo of twelve megapixels made into a product picture on white, as the service does it: in the darkroom's process.

The photo is one as a phone takes it: held upright and so stored on its side, in warm light, noisy, 4000 x 3000 pixels.
Time is the median over all rounds, from handing the photo over to having all three sizes; the process is warm, as it is
for every photo but the first. Memory is the most that its process ever had resident (VmHWM). Compared in the same run
with the ordinary way to shrink a photo, which finds no product and whitens nothing: decode it whole, turn it, shrink
it, write it. Run: `.venv/bin/python benchmarks/picture.py`; it exits with 1 if a bound does not hold.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from _measure import Figure, duration, report
from PIL import Image, ImageDraw

from camket_shop.photos.darkroom import Darkroom

ROUNDS: Final = 15
MOST_SECONDS: Final = 1.2
MOST_MEGABYTES: Final = 250
ORIENTATION: Final = 274
ON_ITS_SIDE: Final = 6

ORDINARY: Final = """
import io, sys, time
from PIL import Image, ImageOps
photo = sys.stdin.buffer.read()
taken = []
for _ in range(5):
    start = time.perf_counter()
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).convert("RGB")
    for side in (1200, 400, 160):
        image.resize((side, side), Image.Resampling.LANCZOS).save(io.BytesIO(), "WEBP", quality=80)
    taken.append(time.perf_counter() - start)
print(sorted(taken)[2], open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def photo() -> bytes:
    """Return the photo."""
    random = np.random.default_rng(7)
    scene = Image.new("RGB", (3000, 4000), (214, 205, 196))
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle((1150, 1500, 1850, 3200), 90, fill=(35, 110, 60))
    draw.rectangle((1150, 2100, 1850, 2700), fill=(240, 232, 205))
    draw.rectangle((1380, 800, 1620, 1520), fill=(190, 30, 40))
    light = np.linspace(1.05, 0.85, 3000, dtype=np.float32)[None, :, None] * np.array([1.1, 1.0, 0.8], np.float32)
    pixels = np.asarray(scene, np.float32) * light + random.normal(0, 8, (4000, 3000, 1)).astype(np.float32)
    stored = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    file = io.BytesIO()
    stored.save(file, "JPEG", quality=88, exif=exif)
    return file.getvalue()


def in_the_darkroom(taken: bytes) -> tuple[float, float]:
    """Return the median seconds of one picture, and the megabytes of its process at the most."""
    room = Darkroom()
    try:
        seconds = []
        for _ in range(1 + ROUNDS):
            start = time.perf_counter()
            picture = room.develop(taken, whiten=True)
            seconds.append(time.perf_counter() - start)
            assert picture.whitened
        status = Path(f"/proc/{room.processes[0]}/status").read_text(encoding="ascii")
    finally:
        room.close()
    return median(seconds[1:]), int(status.partition("VmHWM:")[2].split()[0]) / 1024


def ordinarily(taken: bytes) -> tuple[float, float]:
    """Return the same of the ordinary way."""
    run = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", ORDINARY], input=taken, capture_output=True, check=True
    )
    seconds, kilobytes = run.stdout.split()
    return float(seconds), int(kilobytes) / 1024


def main() -> int:
    """Measure and report."""
    taken = photo()
    plain_seconds, plain_megabytes = ordinarily(taken)
    seconds, megabytes = in_the_darkroom(taken)
    figures = (
        Figure(
            name="12 megapixels to a picture on white, p50",
            measured=duration(seconds),
            baseline=f"{MOST_SECONDS:g} s",
            ratio=seconds / MOST_SECONDS,
            at_most=1,
        ),
        Figure(
            name="the same, against shrinking it the ordinary way",
            measured=duration(seconds),
            baseline=duration(plain_seconds),
            ratio=seconds / plain_seconds,
        ),
        Figure(
            name="memory of the process at the most",
            measured=f"{megabytes:.0f} MB",
            baseline=f"{MOST_MEGABYTES} MB",
            ratio=megabytes / MOST_MEGABYTES,
            at_most=1,
        ),
        Figure(
            name="the same, against shrinking it the ordinary way",
            measured=f"{megabytes:.0f} MB",
            baseline=f"{plain_megabytes:.0f} MB",
            ratio=megabytes / plain_megabytes,
        ),
    )
    return report(f"A photo of {len(taken) / 2**20:.1f} MB made into a product picture", figures)


if __name__ == "__main__":
    sys.exit(main())
