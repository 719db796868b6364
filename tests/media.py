"""Real files of the kinds that people send, made on the spot."""

import functools
import io

from PIL import Image


@functools.cache
def picture(kind: str = "JPEG", px: int = 16, color: str = "red") -> bytes:
    """A picture of one colour: JPEG, PNG, WEBP or GIF."""
    made = io.BytesIO()
    Image.new("RGB", (px, px * 3 // 4), color).save(made, kind)
    return made.getvalue()
