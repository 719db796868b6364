"""The settings: defaults, the order of sources, and every mistake at once."""

import base64
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest

import config
import providers
from config import Allowed
from texts import settings as texts


def _worded(mistakes: Iterable[config.Mistake]) -> str:
    return "\n".join(texts.mistake(m.setting, m.shown, m.kind, m.facts) for m in mistakes)


def test_defaults_serve_without_any_file(tmp_path: Path) -> None:
    settings = config.load({}, tmp_path / ".env")
    assert settings.db_path == Path("notes.db")
    assert settings.openrouter_base_url == "https://openrouter.ai/api/v1"
    assert settings.max_tokens == 4000


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("MAX_TOKENS=100\nDB_PATH=file.db\n", "utf-8")
    settings = config.load({"MAX_TOKENS": "200"}, env)
    assert (settings.max_tokens, settings.db_path) == (200, Path("file.db"))


def test_an_empty_value_is_the_default(tmp_path: Path) -> None:
    assert config.load({"MAX_TOKENS": "  "}, tmp_path / ".env").max_tokens == 4000


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
    said = _worded(caught.value.mistakes)
    assert all(name in said for name in wrong)
    assert "секрет" not in said
    assert "два слова" not in said


def test_a_missing_token_is_a_mistake_only_when_it_is_needed(tmp_path: Path) -> None:
    assert config.load({}, tmp_path / ".env").token == ""
    with pytest.raises(config.ConfigError) as caught:
        config.load({"MAX_TOKENS": "0"}, tmp_path / ".env", token_needed=True)
    assert "TOKEN: не задан" in _worded(caught.value.mistakes)
    assert len(caught.value.mistakes) == 2


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(config.ConfigError) as caught:
        config.load({}, env)
    assert "UTF-8" in _worded(caught.value.mistakes)


def test_saving_the_token_keeps_the_rest_and_hides_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# mine\nTOKEN=1:old\nMAX_TOKENS=7\n", "utf-8")
    config.save("TOKEN", "2:new", env)
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
    assert f"не понимаю «{given}»" in _worded(caught.value.mistakes)


def test_passwords_in_addresses_are_secrets(tmp_path: Path) -> None:
    address = {"OPENROUTER_BASE_URL": "https://me:hidden%40password@models.example/v1"}
    assert "hidden@password" in config.load(address, tmp_path / ".env").secrets


def test_the_tilde_is_home(tmp_path: Path) -> None:
    settings = config.load({"DB_PATH": "~/notes.db"}, tmp_path / ".env")
    assert settings.db_path == Path.home() / "notes.db"


def test_somebody_without_a_home_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load({"DB_PATH": "~nobody-of-that-name/notes.db"}, tmp_path / ".env")
    assert "DB_PATH «~nobody-of-that-name/notes.db»: у этого" in _worded(caught.value.mistakes)


def test_an_empty_variable_does_not_hide_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("TOKEN=1:file\n", "utf-8")
    assert config.load({"TOKEN": " "}, env).token == "1:file"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("TOKN", "TOKEN"),
        ("OPENROUTER_KEY", "OPENROUTER_API_KEY"),
        ("max_tokens", "MAX_TOKENS"),
        ("SOMETHING_ELSE", ""),
    ],
)
def test_an_unknown_name_in_the_file_is_known_with_the_nearest_one(
    tmp_path: Path, name: str, nearest: str
) -> None:
    env = tmp_path / ".env"
    env.write_text(f"{name}=1\nLOG_LEVEL=info\n", "utf-8")
    settings = config.load({"UNRELATED": "1"}, env)
    assert (settings.unknown, settings.log_level) == ({name: nearest}, "INFO")
    assert name in texts.unknown_setting(name, nearest)


def test_the_example_names_every_setting() -> None:
    example = Path(__file__).parents[1].joinpath(".env.example").read_text("utf-8")
    assert [name for name in config.VARIABLES if f"{name}=" not in example] == []


GIGACHAT_KEY = base64.b64encode(b"id:secret").decode()

# wrong settings, the providers that are lost, words that must be said
PROVIDER_MISTAKES: dict[str, tuple[dict[str, str], set[str], tuple[str, ...]]] = {
    "no Base64": (
        {"GIGACHAT_CLIENT_SECRET": "0f1e2d3c-aaaa-bbbb"},
        {"gigachat"},
        ("Base64", "GIGACHAT_CLIENT_ID"),
    ),
    "Base64 of something else": (
        {"GIGACHAT_CLIENT_SECRET": base64.b64encode(b"hello").decode()},
        {"gigachat"},
        ("Base64",),
    ),
    "an id without a secret": (
        {"GIGACHAT_CLIENT_ID": "id", "GIGACHAT_CLIENT_SECRET": ""},
        {"gigachat"},
        ("GIGACHAT_CLIENT_SECRET",),
    ),
    "scope": (
        {"GIGACHAT_SCOPE": "GIGACHAT_API_PRES"},
        {"gigachat"},
        ("GIGACHAT_SCOPE «GIGACHAT_API_PRES»", "GIGACHAT_API_PERS"),
    ),
    "no CA file": (
        {"GIGACHAT_CA_BUNDLE": "/nowhere/ca.pem"},
        {"gigachat"},
        ("GIGACHAT_CA_BUNDLE «/nowhere/ca.pem»: такого файла нет",),
    ),
    "a CA file of another kind": ({"GIGACHAT_CA_BUNDLE": __file__}, {"gigachat"}, ("PEM",)),
    "switch": ({"GIGACHAT_PROFANITY_CHECK": "да"}, {"gigachat"}, ("on или off",)),
    "addresses": (
        {"GIGACHAT_BASE_URL": "giga", "GIGACHAT_AUTH_URL": "http://", "OPENAI_BASE_URL": "a:b"},
        {"gigachat", "openai"},
        ("GIGACHAT_BASE_URL", "GIGACHAT_AUTH_URL", "OPENAI_BASE_URL"),
    ),
    "a port that is none": ({"OPENAI_BASE_URL": "http://x:port"}, {"openai"}, ("https://",)),
    "a key": ({"OPENROUTER_API_KEY": "два слова"}, {"openrouter"}, ("OPENROUTER_API_KEY:",)),
}


@pytest.mark.parametrize(
    ("wrong", "lost", "words"), PROVIDER_MISTAKES.values(), ids=PROVIDER_MISTAKES
)
def test_a_mistake_about_a_provider_costs_that_provider_only(
    tmp_path: Path, wrong: dict[str, str], lost: set[str], words: tuple[str, ...]
) -> None:
    right = {
        "OPENROUTER_API_KEY": "sk-or-test",
        "OPENAI_BASE_URL": "http://localhost:1",
        "GIGACHAT_CLIENT_SECRET": GIGACHAT_KEY,
    }
    settings = config.load(right | wrong, tmp_path / ".env")
    assert settings.providers_wrong == lost
    assert set(providers.clients(settings)) == {"openrouter", "gigachat", "openai"} - lost
    said = _worded(settings.provider_mistakes)
    assert all(word in said for word in words)
    assert "два слова" not in said
    assert "0f1e2d3c" not in said


def test_mistakes_about_providers_are_told_with_the_others(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.load({"MAX_TOKENS": "0", "GIGACHAT_SCOPE": "X"}, tmp_path / ".env")
    assert len(caught.value.mistakes) == 2


@pytest.mark.parametrize(
    ("client_id", "secret", "key"),
    [
        ("", GIGACHAT_KEY, GIGACHAT_KEY),
        ("id", GIGACHAT_KEY, GIGACHAT_KEY),
        ("id", "secret", GIGACHAT_KEY),
        ("", "", ""),
    ],
)
def test_the_authorization_key_of_gigachat(
    tmp_path: Path, client_id: str, secret: str, key: str
) -> None:
    given = {"GIGACHAT_CLIENT_ID": client_id, "GIGACHAT_CLIENT_SECRET": secret}
    settings = config.load(given, tmp_path / ".env")
    assert settings.gigachat_key == key
    assert settings.provider_mistakes == ()


def test_only_what_is_set_up_is_a_provider(tmp_path: Path) -> None:
    assert set(providers.clients(config.load({}, tmp_path / ".env"))) == {"openrouter"}


def test_openrouter_without_a_key_stands_back_for_a_provider_that_has_one(tmp_path: Path) -> None:
    settings = config.load({"GIGACHAT_CLIENT_SECRET": GIGACHAT_KEY}, tmp_path / ".env")
    assert set(providers.clients(settings)) == {"gigachat"}


def test_every_provider_s_settings_are_known_to_be_its_own() -> None:
    assert set(providers.PROVIDERS) == set(config.PROVIDERS)


@pytest.mark.parametrize(
    ("given", "model"),
    [("", "openrouter/free"), ("off", ""), ("OFF", ""), ("-", ""), ("a/b", "a/b")],
)
def test_the_fallback_can_be_turned_off(tmp_path: Path, given: str, model: str) -> None:
    assert config.load({"FALLBACK_MODEL": given}, tmp_path / ".env").fallback_model == model


OWN_SERVER = {"TELEGRAM_API_URL": "http://localhost:8081"}
# settings, and the words of the mistake ("" for none)
WEBHOOKS: dict[str, tuple[dict[str, str], str]] = {
    "none": ({"WEBHOOK_URL": ""}, ""),
    "the usual port": ({"WEBHOOK_URL": "https://bot.example.org/telegram"}, ""),
    "a port that Telegram takes": ({"WEBHOOK_URL": "https://bot.example.org:8443/"}, ""),
    "no https": ({"WEBHOOK_URL": "http://bot.example.org/"}, "WEBHOOK_URL «http://bot.ex"),
    "another port": ({"WEBHOOK_URL": "https://bot.example.org:8080/"}, "80, 88, 443 и 8443"),
    "no https to a server of one's own": (OWN_SERVER | {"WEBHOOK_URL": "http://bot:8080/"}, ""),
    "no address": ({"WEBHOOK_URL": "bot.example.org/telegram"}, "WEBHOOK_URL «bot.example.org"),
    "a port that is none": ({"WEBHOOK_URL": "https://bot.example.org:abc/"}, "WEBHOOK_URL"),
    "the health": ({"WEBHOOK_URL": "https://bot.example.org/health"}, "путь /health занят"),
    "the health in disguise": ({"WEBHOOK_URL": "https://bot.example.org/he%61lth"}, "/health"),
    "an address of this machine": ({"WEBHOOK_LISTEN": "0.0.0.0:80"}, ""),
    "a port alone": ({"WEBHOOK_LISTEN": "8080"}, "127.0.0.1:8080"),
    "a host alone": ({"WEBHOOK_LISTEN": "127.0.0.1"}, "WEBHOOK_LISTEN «127.0.0.1»"),
    "port 0": ({"WEBHOOK_LISTEN": "127.0.0.1:0"}, "WEBHOOK_LISTEN"),
    "a port out of range": ({"WEBHOOK_LISTEN": "127.0.0.1:65536"}, "WEBHOOK_LISTEN"),
    "an address with a path": ({"WEBHOOK_LISTEN": "127.0.0.1:8080/x"}, "WEBHOOK_LISTEN"),
    "a whole URL": ({"WEBHOOK_LISTEN": "http://127.0.0.1:8080"}, "WEBHOOK_LISTEN"),
    "a secret": ({"WEBHOOK_SECRET": "a-Z_9" * 51}, ""),
    "a secret that is too long": ({"WEBHOOK_SECRET": "x" * 257}, "WEBHOOK_SECRET: "),
    "a secret with other letters": ({"WEBHOOK_SECRET": "тайна"}, "WEBHOOK_SECRET: "),
    "a secret with a space": ({"WEBHOOK_SECRET": "a b"}, "WEBHOOK_SECRET: "),
}


@pytest.mark.parametrize(("given", "words"), WEBHOOKS.values(), ids=WEBHOOKS)
def test_settings_of_the_webhook(tmp_path: Path, given: dict[str, str], words: str) -> None:
    if not words:
        config.load(given, tmp_path / ".env")
        return
    with pytest.raises(config.ConfigError) as caught:
        config.load(given, tmp_path / ".env")
    assert len(caught.value.mistakes) == 1
    assert words in _worded(caught.value.mistakes)
    assert "тайна" not in _worded(caught.value.mistakes)


def test_an_ipv6_address_to_listen_at_stands_in_brackets(tmp_path: Path) -> None:
    settings = config.load({"WEBHOOK_LISTEN": "[::1]:8080"}, tmp_path / ".env")
    assert settings.webhook_listen == ("::1", 8080)


def test_no_secret_is_missing_from_those_to_hide(tmp_path: Path) -> None:
    given = {
        "TOKEN": "1:token",
        "WEBHOOK_SECRET": "hook-secret",
        "OPENROUTER_API_KEY": "or-key",
        "OPENAI_API_KEY": "oa-key",
        "GIGACHAT_CLIENT_ID": "id",
        "GIGACHAT_CLIENT_SECRET": "secret",
    }
    secrets = config.load(given, tmp_path / ".env").secrets
    assert set(secrets) == {"1:token", "hook-secret", "or-key", "oa-key", "secret", GIGACHAT_KEY}
