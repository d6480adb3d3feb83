"""The installation's own certificate authority, made at first start.

Two roots, two jobs: one signs the certificates of terminals, the other the server's certificate. A terminal trusts
only the second, the server only the first, so that neither can be taken for the other. Keys are ECDSA P-256; the
private keys lie in ``<data>/ca`` (0600) and never leave it. Certificates carry no personal data: to whom one belongs
is in the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiban.ops import disk
from kiban.ops.paths import data_folder
from kiban.terminals import packing

ROOT_YEARS = 20
TERMINAL_YEARS = 3  # as the national service (電子証明書の有効期間 3年)
LONGEST_COMMON_NAME = 64  # RFC 5280, ub-common-name: characters there, bytes of UTF-8 for who checks more strictly
SERVER_DAYS = 397  # browsers refuse server certificates that are valid for longer
SERVER_RENEW_DAYS = 30
STRONG_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
SMALLEST_RSA = 2048  # bits
SMALLEST_EXPONENT = 65537  # of an RSA key: smaller ones have been the way into faulty programs again and again
CRL_DAYS = 31  # how long a list holds; the work of every day makes a new one in good time
CRL_RENEW_DAYS = 24
PASSWORD_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105 - without 0 O 1 I, which people confuse
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
BACKDATED = dt.timedelta(minutes=5)  # the clock of an old PC may be a little behind


class RequestFault(StrEnum):
    """Why a certificate request is not signed."""

    NOT_A_REQUEST = "not a request"
    A_CERTIFICATE = "a certificate, not a request"
    A_KEY = "a private key, not a request"
    BAD_SIGNATURE = "not signed by its own key"
    WEAK_KEY = "the key is too weak"
    SMALL_EXPONENT = "the exponent of the RSA key is too small"
    OTHER_ALGORITHM = "a kind of key that browsers do not take"


class RequestError(ValueError):
    """A certificate request that is not signed."""

    def __init__(self, fault: RequestFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Issued:
    """A new client certificate: the PKCS#12 file for the browser and the password that opens it, shown once.

    ``pkcs12_older``: the same for terminals that do not take the usual file; the same password opens it.
    """

    certificate: x509.Certificate
    pkcs12: bytes
    pkcs12_older: bytes
    password: str


def folder() -> Path:
    """Where keys and certificates of the authority lie."""
    return data_folder() / "ca"


def client_root_path() -> Path:
    """The root the server checks terminals against."""
    return folder() / "client-ca.pem"


def server_root_path() -> Path:
    """The root a terminal has to trust so that the browser knows the server."""
    return folder() / "server-ca.pem"


def client_root_key_path() -> Path:
    """The key that signs terminals' certificates."""
    return folder() / "client-ca-key.pem"


def server_root_key_path() -> Path:
    """The key that signs the server's certificate."""
    return folder() / "server-ca-key.pem"


def server_paths() -> tuple[Path, Path]:
    """The server's certificate chain and key."""
    return folder() / "server.pem", folder() / "server-key.pem"


def crl_path() -> Path:
    """The list of revoked terminal certificates, for software that asks for one (the platform asks its database)."""
    return folder() / "client-ca.crl"


def names_of(hosts: Sequence[str]) -> list[str]:
    """The names a server certificate needs for Django's list of hosts (an IPv6 address stands in brackets there)."""
    return [host.strip("[]") for host in hosts]


def ensure(hosts: Sequence[str]) -> list[str]:
    """Make what is missing: both roots, and a server certificate for ``hosts`` that holds long enough.

    Returns what was made, in words. Safe to repeat.
    """
    folder().mkdir(parents=True, exist_ok=True)
    folder().chmod(0o700)
    made = []
    for name, words in (("client-ca", "端末用の認証局"), ("server-ca", "サーバ用の認証局")):
        if not (folder() / f"{name}.pem").exists():
            _make_root(name, f"Kaigo Kiban {name}")
            made.append(words)
    if _server_certificate_is_due(hosts):
        _make_server_certificate(hosts)
        made.append("サーバ証明書")
    if not crl_path().exists():
        write_crl([])
    return made


def server_certificate_names() -> set[str]:
    """The names and addresses the server's certificate is for."""
    certificate = x509.load_pem_x509_certificate(server_paths()[0].read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def issue(organisation_number: str, terminal_id: int, name: str = "", *, years: int = TERMINAL_YEARS) -> Issued:
    """A key pair and certificate for a terminal, packed for the browser.

    Args:
        name: what a person knows the terminal by; it stands in the browser's list of certificates.

    What the files are made of, and for whom the second one is: ``packing``. What takes neither needs a certificate
    signed from its own request (``sign_request``).
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _terminal_certificate(key.public_key(), organisation_number, terminal_id, years, name)
    password = "-".join("".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(4)) for _ in range(4))
    roots = [_root("client-ca")[0], _root("server-ca")[0]]
    contents = packing.Contents(key, certificate, roots, name or "Kaigo Kiban")
    files = packing.packed(contents, password), packing.packed_for_older(contents, password)
    return Issued(certificate, *files, password)


def sign_request(request: bytes, organisation_number: str, terminal_id: int, name: str = "") -> x509.Certificate:
    """A certificate for the key of a PKCS#10 request (PEM or DER); only its public key is taken from it.

    Raises:
        RequestError: the request cannot be read, is not signed by its own key, or the key is too weak.
    """
    read = _read_request(request)
    try:
        public_key = read.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise RequestError(RequestFault.OTHER_ALGORITHM) from None
    key = _strong(public_key)
    try:
        is_own = read.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        is_own = False
    if not is_own:
        raise RequestError(RequestFault.BAD_SIGNATURE)
    return _terminal_certificate(key, organisation_number, terminal_id, TERMINAL_YEARS, name)


def _read_request(content: bytes) -> x509.CertificateSigningRequest:
    """PEM or DER. Raises RequestError that says what else it is, where that can be told."""
    load = x509.load_pem_x509_csr if b"-----BEGIN" in content else x509.load_der_x509_csr
    try:
        return load(content)
    except (ValueError, UnsupportedAlgorithm):
        if b"PRIVATE KEY-----" in content:
            raise RequestError(RequestFault.A_KEY) from None
        if b"BEGIN CERTIFICATE-----" in content or _is_certificate(content):
            raise RequestError(RequestFault.A_CERTIFICATE) from None
        raise RequestError(RequestFault.NOT_A_REQUEST) from None


def _is_certificate(der: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return True


def with_root(certificate: x509.Certificate) -> bytes:
    """A terminal's certificate and the root it stands under, as PEM."""
    return b"".join(part.public_bytes(serialization.Encoding.PEM) for part in (certificate, _root("client-ca")[0]))


def _strong(key: object) -> PublicKey:
    """The key, if it is as strong as those we make and of a kind browsers take. Raises RequestError."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA:
        if key.public_numbers().e < SMALLEST_EXPONENT:
            raise RequestError(RequestFault.SMALL_EXPONENT)
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, STRONG_CURVES):
        return key
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise RequestError(RequestFault.WEAK_KEY)
    raise RequestError(RequestFault.OTHER_ALGORITHM)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER form, 64 hexadecimal digits: the name of a certificate everywhere in the platform."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def key_digest(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's public key (SubjectPublicKeyInfo), 64 hexadecimal digits."""
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(key).hexdigest()


def write_crl(revoked: Iterable[tuple[str, dt.datetime]]) -> None:
    """Write the list of revoked serial numbers (hexadecimal) with their moments."""
    certificate, key = _root("client-ca")
    now = _now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificate.subject)
        .last_update(now)
        .next_update(now + dt.timedelta(days=CRL_DAYS))
    )
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(at).build()
        builder = builder.add_revoked_certificate(entry)
    _write(crl_path(), builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644)


def crl_as_der() -> bytes:
    """The list as it is published. Raises FileNotFoundError where there is none yet."""
    return x509.load_pem_x509_crl(crl_path().read_bytes()).public_bytes(serialization.Encoding.DER)


def crl_holds(serials: set[str]) -> bool:
    """Whether the list names exactly these serial numbers (hexadecimal) and holds for a while yet."""
    try:
        read = x509.load_pem_x509_crl(crl_path().read_bytes())
    except FileNotFoundError:
        return False
    until = read.next_update_utc
    fresh = until is not None and until > _now() + dt.timedelta(days=CRL_RENEW_DAYS)
    return fresh and {f"{entry.serial_number:x}" for entry in read} == serials


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _root(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate = x509.load_pem_x509_certificate((folder() / f"{name}.pem").read_bytes())
    key = serialization.load_pem_private_key((folder() / f"{name}-key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it
    return certificate, key


def _make_root(file: str, common_name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name, "Kaigo Kiban")
    certificate = (
        _started(name, name, key.public_key(), dt.timedelta(days=365 * ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificate_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder() / f"{file}-key.pem", key)
    _write(folder() / f"{file}.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _terminal_certificate(
    public_key: PublicKey, organisation_number: str, terminal_id: int, years: int, name: str
) -> x509.Certificate:
    root, key = _root("client-ca")
    # The ledger says whose it is, by the fingerprint; the name is for the person who chooses in the browser.
    shown = name.encode()[:LONGEST_COMMON_NAME].decode(errors="ignore").rstrip()  # no half character at the end
    subject = _name(shown or f"terminal-{terminal_id}", organisation_number)
    return (
        _started(subject, root.subject, public_key, dt.timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificate_sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server_certificate_is_due(hosts: Sequence[str]) -> bool:
    path, _ = server_paths()
    if not path.exists():
        return True
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    soon = _now() + dt.timedelta(days=SERVER_RENEW_DAYS)
    return not set(hosts) <= server_certificate_names() or certificate.not_valid_after_utc < soon


def _make_server_certificate(hosts: Sequence[str]) -> None:
    root, root_key = _root("server-ca")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _started(_name(hosts[0], "Kaigo Kiban"), root.subject, key.public_key(), dt.timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificate_sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    chain, key_path = server_paths()
    _write_key(key_path, key)
    _write(chain, b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (certificate, root)), 0o644)


def _started(
    subject: x509.Name, issuer: x509.Name, public_key: PublicKey, lasts: dt.timedelta
) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lasts)
    )


def _usage(*, certificate_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificate_sign,
        key_cert_sign=certificate_sign,
        crl_sign=certificate_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(path, plain, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all, never readable by others for a moment."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    disk.write_new(beside, content, mode)
    beside.replace(path)
