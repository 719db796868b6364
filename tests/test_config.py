"""The settings: defaults, the order of sources, and every mistake at once."""

import stat
from pathlib import Path

import pytest

import config
import texts
from config import Allowed


def test_defaults_serve_without_any_file(tmp_path: Path) -> None:
    settings = config.load({}, tmp_path / ".env")
    assert settings.db_path == Path("notes.db")
    assert settings.openrouter_base_url == "https://openrouter.ai/api/v1"
    assert settings.max_tokens == 1500


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("MAX_TOKENS=100\nDB_PATH=file.db\n", "utf-8")
    settings = config.load({"MAX_TOKENS": "200"}, env)
    assert (settings.max_tokens, settings.db_path) == (200, Path("file.db"))


def test_an_empty_value_is_the_default(tmp_path: Path) -> None:
    assert config.load({"MAX_TOKENS": "  "}, tmp_path / ".env").max_tokens == 1500


def test_all_mistakes_are_reported_together(tmp_path: Path) -> None:
    wrong = {
        "TOKEN": "секрет",
        "MAX_TOKENS": "много",
        "TIMEZONE": "Europe/Nowhere",
        "LOG_LEVEL": "LOUD",
        "TELEGRAM_API_URL": "telegram",
        "OPENROUTER_API_KEY": "два слова",
    }
    with pytest.raises(config.ConfigError) as caught:
        config.load(wrong, tmp_path / ".env")
    said = "\n".join(caught.value.mistakes)
    assert all(name in said for name in wrong)
    assert "секрет" not in said
    assert "два слова" not in said


def test_a_missing_token_is_a_mistake_only_when_it_is_needed(tmp_path: Path) -> None:
    assert config.load({}, tmp_path / ".env").token == ""
    with pytest.raises(config.ConfigError) as caught:
        config.load({"MAX_TOKENS": "0"}, tmp_path / ".env", token_needed=True)
    assert texts.TOKEN_MISSING in caught.value.mistakes
    assert len(caught.value.mistakes) == 2


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(config.ConfigError, match="UTF-8"):
        config.load({}, env)


def test_saving_the_token_keeps_the_rest_and_hides_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# mine\nTOKEN=1:old\nMAX_TOKENS=7\n", "utf-8")
    config.save_token("2:new", env)
    settings = config.load({}, env)
    assert (settings.token, settings.max_tokens) == ("2:new", 7)
    assert env.read_text("utf-8").startswith("# mine")
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("", Allowed()),
        (" , ,", Allowed()),
        ("*", Allowed(everyone=True)),
        ("123, @Anna", Allowed(frozenset({123}), frozenset({"anna"}))),
        ("@ANNA;@anna 123,*", Allowed(frozenset({123}), frozenset({"anna"}), everyone=True)),
    ],
)
def test_who_is_allowed(tmp_path: Path, given: str, allowed: Allowed) -> None:
    assert config.load({"ALLOWED_USERS": given}, tmp_path / ".env").allowed_users == allowed


@pytest.mark.parametrize(
    "given", ["anna", "@", "@анна", "-5", "0", "1.5", "**", "12345678901234567890", "@a-b", "@@a"]
)
def test_junk_among_the_allowed_is_named_and_nobody_is_let_in(tmp_path: Path, given: str) -> None:
    with pytest.raises(config.ConfigError, match="ALLOWED_USERS") as caught:
        config.load({"ALLOWED_USERS": f"123, {given}, @ok"}, tmp_path / ".env")
    assert f"не понимаю «{given}»" in caught.value.mistakes[0]


def test_passwords_in_addresses_are_secrets(tmp_path: Path) -> None:
    address = {"OPENROUTER_BASE_URL": "https://me:hidden-password@models.example/v1"}
    assert "hidden-password" in config.load(address, tmp_path / ".env").secrets


def test_the_example_names_every_setting() -> None:
    example = Path(__file__).parents[1].joinpath(".env.example").read_text("utf-8")
    assert [name for name in config.SETTINGS if f"{name}=" not in example] == []
