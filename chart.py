"""A bar chart as a picture: numbers over labels. Loads the drawing library only when asked to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 750
MARGIN = 40
# A chat in a narrow window shows the picture 280 pixels wide: a quarter of these sizes.
TITLE_SIZE, LABEL_SIZE = 64, 50
BAR_MOST = WIDTH // 7
BAR_SHARE = 0.72  # of the room of a bar; the rest is between it and the next
LINES_MOST = 4
ROUND = 8
# On a ground of its own it is as readable in a dark chat as in a light one.
GROUND, INK, BAR, LINE = "#f5f7fa", "#1f2933", "#2b7de9", "#d5dbe3"


@dataclass(frozen=True)
class Frame:
    """Where the bars stand, in pixels, and how many notes its height is."""

    left: float
    top: float
    bottom: float
    most: int

    def y_of(self, number: int) -> float:
        return self.bottom - (self.bottom - self.top) * number / self.most


def draw(path: Path, title: str, bars: Sequence[tuple[str, int]]) -> None:
    """Write a PNG with a bar for each (label, number)."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    font = _font("Regular", LABEL_SIZE)
    pen.text((WIDTH / 2, MARGIN), title, INK, _font("Bold", TITLE_SIZE), anchor="ma")
    lines = _lines(max(number for _, number in bars))
    frame = Frame(
        left=2 * MARGIN + max(font.getlength(_shown(number)) for number in lines),
        top=MARGIN + TITLE_SIZE * 1.4 + LABEL_SIZE * 1.2,
        bottom=HEIGHT - MARGIN - LABEL_SIZE * 1.3,
        most=lines[-1],
    )
    for number in lines:
        y = frame.y_of(number)
        pen.line((frame.left, y, WIDTH - MARGIN, y), LINE, 3)
        pen.text((frame.left - MARGIN / 2, y), _shown(number), INK, font, anchor="rm")
    _draw_bars(pen, frame, bars, font)
    image.save(path, "PNG")


def _draw_bars(
    pen: "ImageDraw", frame: Frame, bars: Sequence[tuple[str, int]], font: "FreeTypeFont"
) -> None:
    room = (WIDTH - MARGIN - frame.left) / len(bars)
    half = min(BAR_MOST, room * BAR_SHARE) / 2
    length = font.getlength
    numbers_fit = all(length(_shown(number)) < room for _, number in bars)
    step = _label_step([label for label, _ in bars], room, length)
    for at, (label, number) in enumerate(bars):
        middle = frame.left + room * (at + 0.5)
        if number:
            top = min(frame.y_of(number), frame.bottom - 2)
            box = (middle - half, top, middle + half, frame.bottom)
            pen.rounded_rectangle(box, min(ROUND, half, (frame.bottom - top) / 2), BAR)
            if numbers_fit:
                pen.text((middle, top - 6), _shown(number), INK, font, anchor="mb")
        if (len(bars) - 1 - at) % step == 0:  # the last one always has its label
            right = WIDTH - length(label) / 2 - 4
            pen.text((min(middle, right), frame.bottom + 10), label, INK, font, anchor="ma")


def _label_step(labels: list[str], room: float, length: Callable[[str], float]) -> int:
    """Each how manieth bar has a label, so that none touches the next."""
    widest = max(map(length, labels)) + LABEL_SIZE / 3
    return max(1, -int(-widest // room))


def _lines(most: int) -> list[int]:
    """Round numbers from 0 to the greatest or just above it, few of them."""
    steps = (unit * 10**power for power in count() for unit in (1, 2, 5))
    step = next(step for step in steps if step * LINES_MOST >= most)
    return list(range(0, max(1, -(-most // step)) * step + 1, step))


def _shown(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


@cache
def _font(style: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    with as_file(files("fontpkg_pt_sans") / "files" / f"PT_Sans-Web-{style}.ttf") as path:
        return ImageFont.truetype(path, size)
