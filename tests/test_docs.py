"""What the pages say is so: their links lead somewhere, their tables are the code's."""

import ast
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config import VARIABLES
from docs.pictures.phone import page as phone_page
from docs.pictures.phone import rich
from handlers.commands import COMMANDS, Action
from texts import commands as words

ROOT = Path(__file__).parents[1]
READMES = (ROOT / "README.md", ROOT / "README.en.md")
PAGES = [*READMES, ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
README_LINES = 150
# Packages are named, not linked to: an index moves, a name stays.
PACKAGE_INDEXES = ("pypi.org", "pythonhosted.org", "npmjs.com", "conda.anaconda.org")

LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
A_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|sql|md|txt|toml))")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pages
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    inside = [link for link in _links(page) if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in inside if not (page.parent / link.partition("#")[0]).exists()] == []


@pages
def test_no_page_links_to_a_package_index(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [index for index in PACKAGE_INDEXES if index in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_a_readme_is_short(readme: Path) -> None:
    assert len(readme.read_text("utf-8").splitlines()) <= README_LINES


def test_the_readme_is_one_click_from_every_page() -> None:
    readme = ROOT / "README.md"
    linked = {(ROOT / link).resolve() for link in _links(readme)}
    assert [page.name for page in PAGES if page != readme and page not in linked] == []


def test_the_table_of_commands_is_that_of_the_code() -> None:
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    common, for_owner = text.split("## Владельцу")
    assert _first_cells(common) == {_written(c) for c in COMMANDS if not c.owner_only}
    assert _first_cells(for_owner) == {_written(c) for c in COMMANDS if c.owner_only}


def test_the_table_of_settings_is_that_of_the_code() -> None:
    defaults = {name: default for name, (default, _) in VARIABLES.items()}
    assert _table_of_settings() == defaults


def test_the_readmes_are_twins() -> None:
    russian, english = (path.read_text("utf-8") for path in READMES)
    for part in (
        r"^(#+) ",
        r"^```sh\n(.*?)^```",
        r"`(\.venv/[^`\n]+)`",
        r"\]\((docs/[\w.]+)\)",
        r"^(- \*\*|\d\. )",
    ):
        found = [re.findall(part, text, re.MULTILINE | re.DOTALL) for text in (russian, english)]
        assert found[0] == found[1]
        assert found[0]
    assert "(README.en.md)" in russian
    assert "(README.md)" in english


def test_every_dependency_is_accounted_for() -> None:
    pinned = re.findall(
        r"^([\w-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    reasons = (ROOT / "docs/design.md").read_text("utf-8").partition("## Зависимости")[2]
    assert len(pinned) > 5
    assert [name for name in pinned if not re.search(rf"\b{name}\b", reasons)] == []


def test_the_example_of_settings_shows_the_defaults() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    shown = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert shown == {name: default for name, (default, _) in VARIABLES.items()}


@pytest.mark.parametrize("page", PAGES[3:], ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path) -> None:
    spans = [span.partition("::")[0] for span in _spans(page)]
    named = [span for span in spans if A_PATH.fullmatch(span)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_functions_on_the_way_of_a_message_exist() -> None:
    named = [span.split("::") for span in _spans(ROOT / "docs/design.md") if "::" in span]
    assert len(named) > 20
    missing = [f"{path}::{name}" for path, name in named if name not in _functions(ROOT / path)]
    assert missing == []


def _entity(kind: str, offset: int, length: int, **fields: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **fields}


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("1 < 2 & 3", [], "1 &lt; 2 &amp; 3"),
        ("😀 жирно", [_entity("bold", 3, 5)], "😀 <b>жирно</b>"),
        (
            "а б в г",
            [_entity("bold", 0, 5), _entity("italic", 2, 1), _entity("code", 6, 1)],
            "<b>а <i>б</i> в</b> <code>г</code>",
        ),
        ("x=1", [_entity("pre", 0, 3, language="py")], "<pre><small>py</small>x=1</pre>"),
        ("сайт", [_entity("text_link", 0, 4, url="https://x.y")], "<a>сайт</a>"),
        ("/help", [_entity("bot_command", 0, 5)], "<a>/help</a>"),
        ("о #дом и #6, и/или", [], "о <a>#дом</a> и #6, и/или"),
    ],
)
def test_a_picture_shows_text_as_telegram_does(
    text: str, entities: list[dict[str, object]], html: str
) -> None:
    assert rich(text, entities) == html


def test_a_picture_shows_sides_moments_files_and_buttons() -> None:
    asked = {"_by_bot": False, "date": 0, "text": "Что <тут>?"}
    answer = {
        "_by_bot": True,
        "_bytes": b"PNG",
        "date": 60,
        "caption": "Заметки",
        "photo": [{}],
        "reply_to_message": asked,
        "reply_markup": {"inline_keyboard": [[{"text": "◀"}, {"text": "▶"}]]},
    }
    html = phone_page("Бот", [asked, answer], "dark", ZoneInfo("Europe/Moscow"))
    assert '<html lang="ru" class="dark">' in html
    assert 'class="out"><div class="bubble"><p>Что &lt;тут&gt;?<time>03:00' in html
    assert 'src="data:image/png;base64,UE5H"' in html
    assert "<p>Заметки<time>03:01</time>" in html
    assert "<div><span>◀</span><span>▶</span></div>" in html


def _links(page: Path) -> list[str]:
    text = FENCE.sub("", page.read_text("utf-8"))
    return [markdown or html for markdown, html in LINK.findall(text)]


def _spans(page: Path) -> list[str]:
    return SPAN.findall(FENCE.sub("", page.read_text("utf-8")))


def _first_cells(text: str) -> set[str]:
    """The first cell of each table row that is one piece of code, without its escapes."""
    return {
        cell.replace("\\|", "|") for cell in re.findall(r"^\| `(/[^`]+)` \|", text, re.MULTILINE)
    }


def _written(command: Action) -> str:
    usage, _ = words.COMMANDS[command.name]
    return f"/{command.name} {usage}".rstrip()


def _table_of_settings() -> dict[str, str]:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`(.+?)`|—) \|", text, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a setting stands in two rows"
    return dict(rows)


def _functions(path: Path) -> set[str]:
    """The functions of a module, and its methods as Class.method."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (n for n in node.body if isinstance(n, ast.FunctionDef))
            found |= {f"{node.name}.{method.name}" for method in methods}
    return found
