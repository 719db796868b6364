"""Types that the vocabularies and the grammar share."""

from collections.abc import Mapping
from typing import Any

Value = int | float | str | tuple[int, ...]
# Word class → value → the words that mean it, with spaces between them.
Table = dict[str, Mapping[Any, str]]
