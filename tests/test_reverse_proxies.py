"""The examples for nginx and Caddy pass on what is Telegram's, over real TLS, and nothing else."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from telegram.webhook import WebhookServer
from tests.certificates import Authority
from tests.ports import free_port, listening

DEPLOY = Path(__file__).parents[1] / "deploy"
URL = "https://bot.example.org/telegram"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
NAME, UPSTREAM = "bot.example.org", "127.0.0.1:8080"
CERTIFICATES = f"/etc/letsencrypt/live/{NAME}"


def _nginx(folder: Path, authority: Authority, port: int) -> tuple[list[str], Path]:
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    site = site.replace(f"{CERTIFICATES}/fullchain.pem", str(authority.leaf))
    site = site.replace(f"{CERTIFICATES}/privkey.pem", str(authority.leaf_key))
    (folder / "site.conf").write_text(site, "utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; {_user()} events {{}}"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}",
        "utf-8",
    )
    return ["nginx", "-p", str(folder), "-c", str(config)], config


def _user() -> str:
    """nginx started by root becomes another user, who may not look into pytest's folders."""
    whoami = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
    return "user root;" if whoami.stdout.strip() == "root" else ""


def _caddy(folder: Path, authority: Authority, port: int) -> tuple[list[str], Path]:
    site = (DEPLOY / "Caddyfile").read_text("utf-8")
    certificate = f"\ttls {authority.leaf} {authority.leaf_key}\n"
    # Clients name an address by no SNI, so the certificate is the one of this site by default.
    site = site.replace(f"{NAME} {{\n", f"https://127.0.0.1:{port} {{\n{certificate}")
    options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni 127.0.0.1\n}\n"
    config = folder / "Caddyfile"
    config.write_text(options + site, "utf-8")
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"], config


PROXIES: dict[str, Callable[[Path, Authority, int], tuple[list[str], Path]]] = {
    "nginx": _nginx,
    "caddy": _caddy,
}


class Front:
    """A proxy with a certificate in front of a webhook's server."""

    def __init__(self, port: int, authority: Authority) -> None:
        self._port = port
        self._bundle = str(authority.bundle)
        self.taken: list[Any] = []
        self.server = WebhookServer(
            URL,
            ("127.0.0.1", 0),
            HEADERS["X-Telegram-Bot-Api-Secret-Token"],
            self.taken.extend,
            lambda: (True, {}),
        )
        self.server.start()

    def ask(self, method: str = "POST", path: str = "/telegram", **request: Any) -> int:
        url = f"https://127.0.0.1:{self._port}{path}"
        response = requests.request(method, url, verify=self._bundle, timeout=10, **request)
        return response.status_code


@pytest.fixture(params=PROXIES)
def front(request: pytest.FixtureRequest, tmp_path: Path, authority: Authority) -> Iterator[Front]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    port = free_port()
    front = Front(port, authority)
    command, config = PROXIES[request.param](tmp_path, authority, port)
    inside = f"127.0.0.1:{front.server.port}"
    for path in (tmp_path / "site.conf", config):
        if path.exists():
            path.write_text(path.read_text("utf-8").replace(UPSTREAM, inside), "utf-8")
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)}
    with listening(command, port, tmp_path / "log", environment):
        yield front
    front.server.stop()


def test_an_update_goes_through_and_nothing_else_does(front: Front) -> None:
    update = {"update_id": 1}
    assert front.ask(json=update, headers=HEADERS) == 200
    assert front.ask(json=update) == 403
    assert front.ask("GET", headers=HEADERS) == 405
    assert front.ask("GET", "/health") == 404
    assert front.ask(path="/telegram/more", json=update, headers=HEADERS) == 404
    assert front.taken == [update]


def test_what_is_too_big_is_refused_at_the_door(front: Front) -> None:
    # Caddy says of a body that it cut short that the server behind it failed.
    assert front.ask(data=b"x" * (1024 * 1024 + 1), headers=HEADERS) in (413, 502)
    assert front.taken == []


def test_an_update_of_nearly_1_mb_goes_through(front: Front) -> None:
    update = {"update_id": 1, "text": "x" * (1024 * 1024 - 100)}
    assert front.ask(json=update, headers=HEADERS) == 200
    assert front.taken == [update]
