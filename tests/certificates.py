"""A certificate authority of the test's own, made by openssl."""

import ssl
import subprocess
from pathlib import Path

import pytest

EC = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
LEAF = "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=serverAuth\n"


class Authority:
    """Its own certificate, as PEM, is in `bundle`; `context`, or `leaf` and its key, serves
    127.0.0.1."""

    def __init__(self, folder: Path, name: str) -> None:
        self.bundle = folder / f"{name}.pem"
        self.leaf, self.leaf_key = folder / f"{name}.crt", folder / f"{name}-leaf.key"
        key, request, extensions = (folder / f"{name}.{end}" for end in ("key", "csr", "ext"))
        _openssl(
            f"req -x509 {EC} -days 2 -subj /CN={name} -keyout {key} -out {self.bundle}"
            " -addext keyUsage=critical,keyCertSign,cRLSign"
        )
        _openssl(f"req -new {EC} -subj /CN=localhost -keyout {self.leaf_key} -out {request}")
        extensions.write_text(LEAF)
        _openssl(
            f"x509 -req -in {request} -CA {self.bundle} -CAkey {key} -CAcreateserial -days 2"
            f" -extfile {extensions} -out {self.leaf}"
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.leaf, self.leaf_key)


def _openssl(command: str) -> None:
    try:
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
