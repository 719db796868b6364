"""Models and the catalogues they come from."""

from collections.abc import Sequence

from texts.ru.counts import models_count

MODELS_FIRST = (
    "Сверху — недавние и те, что советую; ниже — все по разработчикам. Найти: /model слово"
)
MODELS_FIND = "Найти: /model слово"
MODELS_ALL = "⬅️ Все модели"
MODELS_NONE = "Список моделей пуст. Удалите файл базы или восстановите его из копии."
MODEL_FREE = "бесплатно"
MODEL_PAID = "платно"
MODEL_INPUTS = (("image", "👁"), ("audio", "🎤"))
MODEL_CURRENT_GONE = "Эта модель сейчас недоступна. Выберите другую: /models"
MODELS_CURRENT_GONE = "Эта модель сейчас недоступна: выберите другую."
MODELS_UNREAD = "Моделей пока нет: список поставщика ещё не прочитан. Попробуйте через минуту."
# Models that come with the bot under a name in words.
NAMES = {"openrouter/free": "Любая бесплатная"}
PERMIT = "Разрешить"
CATALOGUE_NONE = (
    "Ни один поставщик моделей не настроен: впишите его ключ в .env и перезапустите бота."
)


def context(tokens: int) -> str:
    """How much a model reads at once, in tokens: 164k, 1M, 1.3M."""
    if tokens < 999_500:
        return f"{round(tokens / 1000)}k" if tokens >= 1000 else str(tokens)
    return f"{tokens / 1_000_000:.1f}".removesuffix(".0") + "M"


def maker_button(maker: str, models: int) -> str:
    return f"{maker} · {models}"


def model_current(model_id: int, label: str, key: str) -> str:
    return f"Сейчас отвечает {model_id}. {label} [{key}]. Все модели: /models"


def model_switched(label: str, key: str) -> str:
    return f"Теперь отвечает {label} [{key}]."


def model_not_number(given: str) -> str:
    return (
        f"«{given}» — не номер. Модели с таким ключом тоже нет. "
        "Номер модели — число из /models, например: /model 2"
    )


def model_unknown(given: str) -> str:
    return f"Модели с номером {given} нет. Посмотрите список: /models"


def model_gone(model_id: int, label: str) -> str:
    return f"Модель {model_id}. {label} сейчас недоступна. Выберите другую: /models"


def model_default_set(label: str, key: str) -> str:
    return f"Теперь модель по умолчанию — {label} [{key}]. Кто выбрал свою, остаётся при ней."


def models_current(model_id: int, label: str) -> str:
    return f"Сейчас отвечает {model_id}. {label}"


def models_default(model_id: int, label: str) -> str:
    return f"Модель по умолчанию — {model_id}. {label}"


def models_not_found(word: str) -> str:
    return f"Моделей, где встречается «{word}», нет. Весь список: /models"


def provider_off(label: str, provider: str) -> str:
    return f"{label} сейчас недоступна: поставщик {provider} не настроен. Выберите другую: /models"


def catalogue_read(
    provider: str, offered: int, new: Sequence[str], back: Sequence[str], gone: Sequence[str]
) -> str:
    lists = (("новые", new), ("вернулись", back), ("больше недоступны", gone))
    changes = [f"{words}: {_some(keys)}" for words, keys in lists if keys]
    return f"{provider}: {models_count(offered)}; {'; '.join(changes) or 'без перемен'}."


CATALOGUE_EMPTY = "В каталоге не нашлось ни одной модели."


def catalogue_unchanged(provider: str, why: str) -> str:
    return f"{provider}: список прежний. {why}"


def _some(keys: Sequence[str], most: int = 10) -> str:
    more = f" и ещё {len(keys) - most}" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def paid_asked(label: str) -> str:
    return (
        f"{label} — платная модель, за неё платит владелец бота. Я спросил его и скажу, "
        "если он разрешит. А пока есть бесплатные: /models"
    )


def paid_asked_lately(label: str) -> str:
    return (
        f"{label} — платная модель, её добавляет владелец бота. Его я недавно уже спрашивал: "
        "попробуйте через час. Бесплатные: /models"
    )


def paid_without_owner(label: str) -> str:
    return (
        f"{label} — платная модель, её может добавить только владелец бота, "
        "а его пока нет. Бесплатные: /models"
    )


def paid_request(who: str, label: str, key: str) -> str:
    return f"{who} просит платную модель {label} [{key}]. Разрешить её всем, кто пишет боту?"


def paid_permitted(model_id: int, label: str, key: str) -> str:
    return f"Модель {model_id}. {label} [{key}] теперь в списке для всех: /models"


def paid_permitted_to_you(model_id: int, label: str) -> str:
    return f"Владелец бота разрешил модель {label}. Выбрать её: /model {model_id}"


def named(key: str, label: str) -> str:
    """What a model is called; the table has the names in Russian."""
    return label
