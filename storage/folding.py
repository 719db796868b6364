"""How search sees a text: without case, and with ё as е."""

import unicodedata


def fold(text: str) -> str:
    """The form in which texts and queries are compared.

    SQLite itself folds ASCII letters only, so the folded text is stored beside the written one.
    """
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
