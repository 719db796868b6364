"""A bar chart as a picture: numbers over labels. Loads the plotting library only when asked to."""

import threading
from pathlib import Path

PAD_INCHES = 0.2
SIZE_INCHES, DPI = (8, 5), 150  # 1200 by 750: readable on a phone without zooming
LETTERS_MOST = 72  # of all labels together: more would overlap
NUMBERS_MOST = 13  # bars with their numbers above them
# On a ground of its own it is as readable in a dark chat as in a light one.
GROUND, INK, BAR, LINE = "#f5f7fa", "#1f2933", "#2b7de9", "#d5dbe3"
FONT_SIZE = 15

_drawing = threading.Lock()  # matplotlib is not made for several threads


def draw(path: Path, title: str, bars: list[tuple[str, int]]) -> None:
    """Write a PNG with a bar for each (label, number)."""
    with _drawing:
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
        from matplotlib.ticker import MaxNLocator

        layout = ConstrainedLayoutEngine(w_pad=PAD_INCHES, h_pad=PAD_INCHES)
        figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor=GROUND, layout=layout)
        axes = figure.add_subplot(facecolor=GROUND)
        drawn = axes.bar(range(len(bars)), [number for _, number in bars], color=BAR, width=0.75)
        if len(bars) <= NUMBERS_MOST:
            numbers = [str(number) if number else "" for _, number in bars]
            axes.bar_label(drawn, numbers, fontsize=FONT_SIZE, color=INK, padding=2)
        fitting = LETTERS_MOST // (max(len(label) for label, _ in bars) + 1)
        step = -(-len(bars) // fitting)
        ticks = range((len(bars) - 1) % step, len(bars), step)  # the last one always has its label
        axes.set_xticks(ticks, [bars[at][0] for at in ticks])
        axes.set_title(title, fontsize=FONT_SIZE + 4, color=INK, pad=14)
        axes.tick_params(colors=INK, labelsize=FONT_SIZE - 2, length=0)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(axis="y", color=LINE)
        axes.set_axisbelow(True)
        axes.margins(y=0.12)
        axes.set_ylim(bottom=0, top=None if any(number for _, number in bars) else 1)
        for side in ("top", "left", "right"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(LINE)
        figure.savefig(path, format="png")
