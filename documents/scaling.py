"""Has a large picture made smaller by a process of its own: a model sees no more in it."""

from pathlib import Path

from documents import process, scaler


def scale_down(path: Path) -> None:
    """Put a smaller picture in the place of one that is too large; others are left as they are.

    Raises:
        UnreadableError: it is damaged, or takes too much.
    """
    target = path.with_name(f"{path.name}.scaled")
    target.touch(mode=0o600)
    try:
        if process.answer_of(scaler.__file__, path, target)["scaled"]:
            target.replace(path)
    finally:
        target.unlink(missing_ok=True)
