"""From a model's Markdown to messages: nothing lost, nothing misread, messages that do not move."""

from typing import Any

import pytest

from telegram.markdown import RENDERED_MOST, messages
from utf16 import MESSAGE_UNITS, units


def shown(source: str) -> str:
    return "".join(text for text, _ in messages(source))


def entities(source: str, kind: str) -> list[dict[str, Any]]:
    return [entity for _, found in messages(source) for entity in found if entity["type"] == kind]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # what looks like a mark and is none
        ("List<String>", "List<String>"),
        ("<div>\nтекст\n</div>\n\nещё", "<div>\nтекст\n</div>\n\nещё"),
        ("2*3*4 = 24", "2*3*4 = 24"),
        ("2**3**4", "2**3**4"),
        ("(а)*б*(в)", "(а)*б*(в)"),
        ("a < b и c > d", "a < b и c > d"),
        ("a || b || c", "a || b || c"),
        ("~20~ человек", "~20~ человек"),
        ("__init__ и snake_case_name", "__init__ и snake_case_name"),
        (r"C:\path\new", r"C:\path\new"),
        (r"C:\.git\_x и \\server\share", r"C:\.git\_x и \\server\share"),
        ("от $20/мес до 5$", "от $20/мес до 5$"),
        ("$5-$7 или US$5, $6, 7$", "$5-$7 или US$5, $6, 7$"),
        ("$20 **важно** 5$", "$20 важно 5$"),
        ("в $HOME/bin и $PATH", "в $HOME/bin и $PATH"),
        (r"\(см. ниже\)", "(см. ниже)"),
        ("текст[^1]\n\n[^1]: сноска", "текст[^1]\n\n[^1]: сноска"),
        # marks
        ("слово **жирное** и *косое*", "слово жирное и косое"),
        ("中文**粗体**中文", "中文粗体中文"),
        (r"snake\_case 1\. раз", "snake_case 1. раз"),
        ("`List<String>` и `` a`b ``", "List<String> и a`b"),
        ("# Заголовок\nтекст", "Заголовок\nтекст"),
        ("раз\n\nдва\nтри", "раз\n\nдва\nтри"),
        ("раз<br>два", "раз\nдва"),
        ("- раз\n- два\n  - три", "• раз\n• два\n  • три"),
        ("5. пять\n7. семь", "5. пять\n7. семь"),
        ("1) раз\n1) два", "1) раз\n2) два"),
        ("- [ ] дело\n- [x] сделано", "☐ дело\n☑ сделано"),
        ("1. [ ] дело", "1. ☐ дело"),
        (
            "1. Установите пакет:\n   ```sh\n   pip\n   ```\n2. да",
            "1. Установите пакет:\npip\n2. да",
        ),
        ("```py\nif a<b: x*y*z\n```", "if a<b: x*y*z"),
        # formulas
        ("$E = mc^2$", "E = mc²"),
        (r"\(x^2\) и $\alpha + \sqrt{x+1}$", "x² и α + √(x+1)"),
        (r"$v_{\text{ср}} = \frac{S}{t}$, $x$", "v_(ср) = S/t, x"),
        (r"`\(x^2\)` и `$x^2$`", r"\(x^2\) и $x^2$"),
        (r"$\sqrt{x$", r"$\sqrt{x$"),
        ("цена $5 или $6, но $x^2$", "цена $5 или $6, но x²"),
        # links
        ("[сюда](https://a.ru/b 'имя')", "сюда (имя)"),
        ("[сюда](/path) и [так](mailto:a@b.ru)", "сюда (/path) и так (mailto:a@b.ru)"),
        ("<https://a.ru>", "https://a.ru"),
        (
            "Источники:\n\n[1]: https://a.ru\n[1]: https://b.ru",
            "Источники:\n\n[1]: https://a.ru\n[1]: https://b.ru",
        ),
        ("да [1]\n\n[1]: https://a.ru", "да [1]\n\n[1]: https://a.ru"),
        # where rendering would leave nothing
        ("[Ответ]: 42", "[Ответ]: 42"),
        ("```\n```", "```\n```"),
        ("#", "#"),
        (">", ">"),
        ("&nbsp;", "&nbsp;"),
        ("[](http://x.ru)", "http://x.ru"),
        ("-", "• "),
        # what is not sound
        ("\ud83d\ude00 и \ud83d", "😀 и �"),
        ("раз\r\nдва\x00\u202eтри", "раз\nдва три"),
    ],
)
def test_marks_are_read_as_they_were_meant(source: str, expected: str) -> None:
    assert shown(source) == expected


@pytest.mark.parametrize(
    ("source", "kind", "details"),
    [
        ("😀 **жирный**", "bold", {"offset": 3, "length": 6}),
        ("~~старое~~", "strikethrough", {"offset": 0, "length": 6}),
        ("[ссылка](https://example.com)", "text_link", {"url": "https://example.com"}),
        ("да [1]\n\n[1]: https://a.ru", "text_link", {"offset": 4, "url": "https://a.ru"}),
        ("```c++\nx\n```", "pre", {"offset": 0, "length": 1, "language": "c++"}),
        ("> " + "\n> ".join("цитата" for _ in range(12)), "blockquote", {"offset": 0}),
        ("> " + "\n> ".join("цитата" for _ in range(13)), "expandable_blockquote", {"offset": 0}),
        ("> " + "слово " * 100, "expandable_blockquote", {"offset": 0}),
        ("> раз\n>\n> > два", "blockquote", {"length": 8}),
    ],
)
def test_marks_become_entities(source: str, kind: str, details: dict[str, Any]) -> None:
    (found,) = entities(source, kind)
    assert details.items() <= found.items()


NARROW = "| имя | 数 |\n|---|---|\n| а | 漢字 |\n| бб |  |"
WIDE = (
    "| Название | Что это значит для нас | |\n|-|-|-|\n"
    "| **Раз** | [два](http://a.ru) | $5 |\n| Три |"
)


def test_a_narrow_table_stays_in_columns() -> None:
    table = "имя | 数\n----+-----\nа   | 漢字\nбб"
    assert messages(NARROW) == [(table, [{"type": "pre", "offset": 0, "length": units(table)}])]


def test_a_wide_table_becomes_a_list_of_rows_with_their_heads() -> None:
    assert shown(WIDE) == (
        "Название: Раз\n• Что это значит для нас: два\n• $5\n\n"
        "Название: Три\n• Что это значит для нас:"
    )
    assert [link["url"] for link in entities(WIDE, "text_link")] == ["http://a.ru"]
    assert entities(WIDE, "pre") == []


def test_cells_beyond_the_head_are_shown() -> None:
    assert "раз | два" in shown("|а|\n|-|\n|раз|два|")


def test_a_table_of_long_heads_does_not_say_them_in_each_row() -> None:
    source = f"|{'имя ' * 500}|б|\n|-|-|\n" + "|в|г|\n" * 2000
    assert len(shown(source)) < 2 * len(source)


LONG = "\n\n".join(
    f"Абзац {n}: " + "слово " * 60 + f"\n```python\n{'code = 1  # комментарий' * 20}\n```"
    "\n\n| имя | число |\n|---|---|\n" + "| раз | два |\n" * 5
    for n in range(20)
)


@pytest.mark.parametrize("step", [97, 1000])
def test_messages_that_are_full_never_change_while_the_text_grows(step: int) -> None:
    seen = list[object]()
    for at in range(step, len(LONG) + step, step):
        now = messages(LONG[:at])
        assert now[:-1][: len(seen)] == seen
        seen = list(now[:-1])
    assert len(seen) > 2


def test_code_that_crosses_a_border_is_code_on_both_sides() -> None:
    first, second = messages("```python\n" + "x = 1\n" * 1000 + "```")
    for text, found in (first, second):
        assert found == [{"type": "pre", "offset": 0, "length": units(text), "language": "python"}]


def test_every_word_arrives_once() -> None:
    text = " ".join(f"слово{n}" for n in range(5000))
    assert " ".join(message for message, _ in messages(text)).split() == text.split()


def test_a_head_is_shown_as_it_is_before_the_text() -> None:
    (message,) = messages("**жирный**", "№ 5 *\n")
    assert message == ("№ 5 *\nжирный", [{"type": "bold", "offset": 6, "length": 6}])


def test_what_is_over_the_limit_of_rendering_comes_as_it_is() -> None:
    source = "**а**\n" * (RENDERED_MOST // 6) + "**конец** " * 3
    assert shown(source).endswith("**конец** " * 3)
    assert shown(source).startswith("а\nа\n")


def test_of_many_entities_the_most_important_hundred_are_kept() -> None:
    source = "*к* **ж** `c` " * 60 + "[т](https://a.ru)"
    ((text, found),) = messages(source)
    assert len(text) < MESSAGE_UNITS
    assert len(found) == 100
    kinds = [entity["type"] for entity in found]
    assert (kinds.count("text_link"), kinds.count("code"), kinds.count("italic")) == (1, 60, 0)
