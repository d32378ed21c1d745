"""TLS is always verified: no bad certificate sees a byte of the token, and nothing can be accepted anyway."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from desktop_app.errors import NetworkError
from tests.wechat.conftest import MakeClient
from tests.wechat.wire import Wire

DAY = datetime.timedelta(days=1)


@dataclass
class Authority:
    """A certificate authority of this test alone."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        self.certificate = self._sign(self.subject, self.key, ca=True)
        self.file = self.folder / f"{self.name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, days: tuple[int, int] = (-1, 30), own: bool = False) -> ssl.SSLContext:
        """A server's context for ``host``; ``own``: signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self._sign(subject, key, host=host, days=days, own=own)
        file = self.folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        host: str = "",
        days: tuple[int, int] = (-1, 30),
        own: bool = False,
        ca: bool = False,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if own or ca else self.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(key if own or ca else self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The one authority that the client of this test trusts."""
    made = Authority(tmp_path, "trusted")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.file))
    return made


def old_protocol(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def weak_cipher(context: ssl.SSLContext) -> ssl.SSLContext:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
    return context


def served(context: ssl.SSLContext) -> Iterator[Wire]:
    with Wire(context) as wire:
        wire.address = f"https://localhost:{wire.port}"
        yield wire


def test_a_good_certificate(authority: Authority, make_client: MakeClient) -> None:
    """The authority and the name are right: calls go through, on one kept connection."""
    for wire in served(authority.context("localhost")):
        client = make_client(wire.address)
        assert client.mass_send_text("x", True).msg_id
        assert client.count_drafts() == 4
        assert wire.connections == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("bad", ["expired", "not yet", "host", "self-signed", "unknown", "TLS 1.1", "weak cipher"])
@pytest.mark.parametrize("token_mode", ["stable", "classic"])
def test_bad_certificates(
    authority: Authority, make_client: MakeClient, tmp_path: Path, bad: str, token_mode: str
) -> None:
    """Refused as net.tls, nothing left, not tried again; the server saw no byte of a request."""
    contexts = {
        "expired": lambda: authority.context("localhost", days=(-30, -1)),
        "not yet": lambda: authority.context("localhost", days=(1, 30)),
        "host": lambda: authority.context("elsewhere.example"),
        "self-signed": lambda: authority.context("localhost", own=True),
        "unknown": lambda: Authority(tmp_path, "unknown").context("localhost"),
        "TLS 1.1": lambda: old_protocol(authority.context("localhost")),
        "weak cipher": lambda: weak_cipher(authority.context("localhost")),
    }
    for wire in served(contexts[bad]()):
        with pytest.raises(NetworkError) as caught:
            make_client(wire.address, token_mode=token_mode).mass_send_text("x", True)
        assert (caught.value.code, caught.value.maybe_arrived, caught.value.stage) == ("net.tls", False, "token")
        assert wire.bytes_in == 0
        assert wire.requests == []
        assert wire.connections == 1


def test_a_server_that_speaks_no_tls(authority: Authority, make_client: MakeClient) -> None:
    """Plain words behind an https address: refused, and no request in clear."""
    with Wire() as plain:
        with pytest.raises(NetworkError) as caught:
            make_client(f"https://localhost:{plain.port}", timeouts=(2.0, 2.0)).count_drafts()
        assert caught.value.code in ("net.tls", "net.reset")
        assert not caught.value.maybe_arrived
        assert all(b"secret" not in each.body for each in plain.requests)


def test_a_certificate_that_goes_bad_later(authority: Authority, make_client: MakeClient) -> None:
    """A token in hand changes nothing: the next connection is checked again."""
    for wire in served(authority.context("localhost")):
        client = make_client(wire.address)
        client.ensure_token()
        good = wire._tls
        wire._tls = Authority(authority.folder, "other").context("localhost")
        wire.drop_connections()
        before = wire.bytes_in
        with pytest.raises(NetworkError) as caught:
            client.mass_send_text("x", True)
        assert (caught.value.code, caught.value.maybe_arrived, caught.value.stage) == ("net.tls", False, "call")
        assert wire.bytes_in == before
        wire._tls = good
        assert client.mass_send_text("x", True).msg_id
