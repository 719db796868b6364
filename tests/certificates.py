"""A certificate authority of the test's own, made by openssl."""

import ssl
import subprocess
from pathlib import Path

import pytest

EC = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
LEAF = "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=serverAuth\n"


class Authority:
    """Its own certificate, as PEM, is in `bundle`; `context` serves 127.0.0.1."""

    def __init__(self, folder: Path, name: str) -> None:
        self.bundle = folder / f"{name}.pem"
        key, request, leaf, extensions = (
            folder / f"{name}.{end}" for end in ("key", "csr", "crt", "ext")
        )
        _openssl(
            f"req -x509 {EC} -days 2 -subj /CN={name} -keyout {key} -out {self.bundle}"
            " -addext keyUsage=critical,keyCertSign,cRLSign"
        )
        leaf_key = folder / f"{name}-leaf.key"
        _openssl(f"req -new {EC} -subj /CN=localhost -keyout {leaf_key} -out {request}")
        extensions.write_text(LEAF)
        _openssl(
            f"x509 -req -in {request} -CA {self.bundle} -CAkey {key} -CAcreateserial -days 2"
            f" -extfile {extensions} -out {leaf}"
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(leaf, leaf_key)


def _openssl(command: str) -> None:
    try:
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
