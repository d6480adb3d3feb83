"""Certificate authorities that look like those of the My Number card, made for one test run; and what they sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
AUTH_UNIT = "JPKI for user authentication"
SIGNATURE_UNIT = "JPKI for digital signature"


@cache
def rsa_key(purpose: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per purpose and test process: making RSA keys is slow."""
    assert purpose
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True)
class Authority:
    """A self-signed CA with the shape of the real one (codes and names: obviously of a test)."""

    key: PrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(
        cls,
        unit: str = AUTH_UNIT,
        *,
        key: PrivateKey | None = None,
        not_before: dt.datetime | None = None,
        not_after: dt.datetime | None = None,
        is_ca: bool = True,
    ) -> Authority:
        """A CA of its own key unless one is given; same names every time, as a counterfeiter's would have."""
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI TEST"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Test Agency"),
            ]
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before or now() - dt.timedelta(days=400))
            .not_valid_after(not_after or now() + dt.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    def issue(
        self,
        public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
        *,
        common_name: str = "TEST00000001XABCDE",
        serial: int | None = None,
        not_before: dt.datetime | None = None,
        not_after: dt.datetime | None = None,
        for_signatures: bool = False,
        usage: x509.KeyUsage | None = None,
        digest: hashes.SHA256 | hashes.SHA512 | None = None,
        is_ca: bool | None = None,
        more: dict[x509.ExtensionType, bool] | None = None,
    ) -> x509.Certificate:
        """An authentication certificate (no name, no address), or one for signatures (with a name: 試験 花子０１).

        ``more``: further extensions, and whether they are critical.
        """
        builder = (
            x509.CertificateBuilder()
            .subject_name(
                x509.Name(
                    [
                        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
                        x509.NameAttribute(NameOID.COMMON_NAME, "試験 花子０１" if for_signatures else common_name),
                    ]
                )
            )
            .issuer_name(self.certificate.subject)
            .public_key(public_key)
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(not_before or now() - dt.timedelta(days=1))
            .not_valid_after(not_after or now() + dt.timedelta(days=365))
            .add_extension(usage or _usage(digital_signature=True, content_commitment=for_signatures), critical=True)
        )
        if is_ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        for extension, critical in (more or {}).items():
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, digest or hashes.SHA256())

    def crl(
        self,
        revoked: list[int],
        *,
        last: dt.datetime | None = None,
        until: dt.datetime | None = None,
        more: x509.ExtensionType | None = None,
    ) -> x509.CertificateRevocationList:
        """A list of revoked serial numbers, good for a day. ``more``: a critical extension."""
        last = last or now() - dt.timedelta(hours=1)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(last)
            .next_update(until or now() + dt.timedelta(days=1))
        )
        for serial in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(last).build()
            )
        if more is not None:
            builder = builder.add_extension(more, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def ocsp(
        self,
        request: bytes,
        *,
        revoked: list[int],
        unknown: list[int] | None = None,
        until: dt.datetime | None = None,
        nonce: bytes | None = None,
        responder: Authority | None = None,
    ) -> bytes:
        """The answer of an OCSP responder to a request, signed with the CA's own key or by another responder."""
        asked = ocsp.load_der_ocsp_request(request)
        status = ocsp.OCSPCertStatus.GOOD
        if asked.serial_number in revoked:
            status = ocsp.OCSPCertStatus.REVOKED
        if asked.serial_number in (unknown or []):
            status = ocsp.OCSPCertStatus.UNKNOWN
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=asked.issuer_name_hash,
                issuer_key_hash=asked.issuer_key_hash,
                serial_number=asked.serial_number,
                algorithm=asked.hash_algorithm,
                cert_status=status,
                this_update=now() - dt.timedelta(minutes=5),
                next_update=until or now() + dt.timedelta(hours=1),
                revocation_time=now() - dt.timedelta(days=1) if status is ocsp.OCSPCertStatus.REVOKED else None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, (responder or self).certificate)
        )
        if responder is not None:
            builder = builder.certificates([responder.certificate])
        sent = nonce if nonce is not None else asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        builder = builder.add_extension(x509.OCSPNonce(sent), critical=False)
        return builder.sign((responder or self).key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def auth_authority() -> Authority:
    """The CA tests trust."""
    return Authority.make(key=rsa_key("auth CA"))


@cache
def signature_authority() -> Authority:
    """The CA of the other certificate on the card, the one with name and address."""
    return Authority.make(SIGNATURE_UNIT, key=rsa_key("signature CA"))
