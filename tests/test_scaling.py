"""Pictures made smaller in a process of their own: which, how, and what is refused."""

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from documents import process, scaler
from documents.process import UnreadableError
from documents.scaler import ENOUGH_PX
from documents.scaling import scale_down
from tests.media import picture
from texts import files as texts

LARGE = 2 * ENOUGH_PX
TURNED = 6  # EXIF: the camera was held upright
ORIENTATION = 0x0112


def scaled(folder: Path, content: bytes) -> bytes:
    path = folder / "bot-1.sent"
    path.write_bytes(content)
    try:
        scale_down(path)
    finally:
        assert [*folder.iterdir()] == [path], "nothing stays beside it"
    return path.read_bytes()


def png_of(width: int, height: int) -> bytes:
    """A small PNG file that says of itself to be of this size."""
    content = picture("PNG")
    head = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]


def _middle(image: Image.Image) -> list[float]:
    """The mean of each band of a picture."""
    return [float(mean) for mean in ImageStat.Stat(image).mean]


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize(
    ("kind", "becomes"), [("JPEG", "JPEG"), ("PNG", "JPEG"), ("WEBP", "JPEG"), ("GIF", "JPEG")]
)
def test_a_large_picture_becomes_as_large_as_a_model_needs(
    tmp_path: Path, kind: str, becomes: str
) -> None:
    with Image.open(io.BytesIO(scaled(tmp_path, picture(kind, LARGE, "green")))) as small:
        assert (small.format, small.size) == (becomes, (ENOUGH_PX, ENOUGH_PX * 3 // 4))
        assert _middle(small.convert("RGB")) == pytest.approx([0, 128, 0], abs=3)


def test_what_can_be_seen_through_stays_so(tmp_path: Path) -> None:
    glass = Image.new("RGBA", (LARGE, 10), (255, 0, 0, 0))
    with Image.open(io.BytesIO(scaled(tmp_path, _saved(glass, "PNG")))) as small:
        assert small.format == "PNG"
        assert _middle(small)[3] == 0


def test_what_the_camera_has_turned_is_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (LARGE, ENOUGH_PX))
    exif = image.getexif()
    exif[ORIENTATION] = TURNED
    with Image.open(io.BytesIO(scaled(tmp_path, _saved(image, "JPEG", exif=exif)))) as small:
        assert small.size == (ENOUGH_PX // 2, ENOUGH_PX)
        assert ORIENTATION not in small.getexif()


@pytest.mark.parametrize(
    "content",
    [picture("JPEG", ENOUGH_PX), picture("GIF"), b"MZ no picture", b""],
    ids=["just right", "small", "none", "empty"],
)
def test_others_are_left_as_they_are(tmp_path: Path, content: bytes) -> None:
    assert scaled(tmp_path, content) == content


REFUSED: list[tuple[str, bytes]] = [
    ("bomb", png_of(scaler.SIDE_MOST + 1, 1)),
    ("bomb", png_of(1, scaler.SIDE_MOST + 1)),
    ("bomb", png_of(20_000, 20_000)),
    ("broken", picture("JPEG", LARGE)[:700]),
    ("broken", png_of(LARGE, LARGE)),
]


@pytest.mark.parametrize(("kind", "content"), REFUSED)
def test_why_it_is_refused_is_said(tmp_path: Path, kind: str, content: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        scaled(tmp_path, content)
    assert caught.value.kind == kind
    assert kind in texts.UNREADABLE


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_one_that_takes_too_much_ends_its_own_process_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Path(scaler.__file__).read_text("utf-8")
    changed = tmp_path / "scaler.py"
    changed.write_text(program.replace("PIXELS_MOST = 100_", "PIXELS_MOST = 100_000_"), "utf-8")
    monkeypatch.setattr(scaler, "__file__", str(changed))
    folder = tmp_path / "scratch"
    folder.mkdir()
    with pytest.raises(UnreadableError) as caught:
        scaled(folder, png_of(29_000, 29_000))
    assert caught.value.kind == "bomb"


def test_one_that_outlives_the_bot_leaves_nothing_behind(tmp_path: Path) -> None:
    path, target = tmp_path / "bot-1.sent", tmp_path / "bot-1.sent.scaled"
    path.write_bytes(picture("JPEG", LARGE))
    target.touch()
    target.unlink()  # as the next start of the bot does while this process still runs
    with pytest.raises(UnreadableError):
        process.answer_of(scaler.__file__, path, target)
    assert [*tmp_path.iterdir()] == [path]
