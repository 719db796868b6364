"""The process that makes one picture smaller: the arguments are its path and that of the result.

    {"scaled": true}      the result is written; false: the picture is small enough, or unknown here
    {"error": "bomb"}     why there is none: a kind of `documents.process.UnreadableError`

Like the reader of documents it has limits of its own, and imports nothing of ours.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

ENOUGH_PX = 1600  # on the long side
SIDE_MOST = 30_000
PIXELS_MOST = 100_000_000  # that are unpacked
MEMORY_MOST = 600 * 1024 * 1024
PROCESSOR_S = 20
QUALITY = 90


def main(path: Path, target: Path) -> None:
    """Scale the picture down and write what came of it."""
    _limit()
    try:
        said: dict[str, object] = {"scaled": scale(path, target)}
    except MemoryError:
        said = {"error": "bomb"}
    except Exception:
        # What a foreign library raises over a broken file is of all sorts.
        said = {"error": "broken"}
    sys.stdout.write(json.dumps(said))


def scale(path: Path, target: Path) -> bool:
    """Write the picture with `ENOUGH_PX` on its long side; False when it has no more than that.

    The file it is written into is there, and empty.

    Raises:
        FileNotFoundError: it is not.
        MemoryError: it unpacks into too much.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:  # a cloud function does without
        return False
    Image.MAX_IMAGE_PIXELS = None  # the bounds are ours
    try:
        image: Image.Image = Image.open(path)
    except UnidentifiedImageError:
        return False
    with image:
        if max(image.size) <= ENOUGH_PX:
            return False
        _check(image)
        image.thumbnail((ENOUGH_PX, ENOUGH_PX), reducing_gap=2.0)
        turned = ImageOps.exif_transpose(image)
        # Never made anew: after a kill the next start has deleted it, and this process still runs.
        with target.open("r+b") as made:
            if turned.has_transparency_data:
                turned.convert("RGBA").save(made, "PNG")
            else:
                turned.convert("RGB").save(made, "JPEG", quality=QUALITY)
    return True


def _check(image: "Image") -> None:
    """Refuse what is too much; of JPEG no more is unpacked than is needed."""
    if max(image.size) > SIDE_MOST:
        raise MemoryError
    image.draft("RGB", (2 * ENOUGH_PX, 2 * ENOUGH_PX))
    if image.width * image.height > PIXELS_MOST:
        raise MemoryError


def _limit() -> None:
    """Bound this process, where the system can: elsewhere the one that waits for it does."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
