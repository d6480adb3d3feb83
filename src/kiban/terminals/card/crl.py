"""Revocation by list (CRL, RFC 5280): from a file, a folder of files, or an address."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509

from kiban.terminals.card import signatures
from kiban.terminals.card.fetch import fetch, is_address

KEPT = dt.timedelta(hours=1)  # a list from an address is fetched anew after this
SKEW = dt.timedelta(minutes=5)  # an authority's clock may be ahead of ours


def revoked(certificate: x509.Certificate, issuer: x509.Certificate, place: str) -> bool:
    """Whether a list says so.

    Raises:
        ValueError: there is no list about this certificate that is its issuer's and in force.
        OSError: file or address cannot be read.
    """
    lists = [crl for crl in _lists(place) if _is_about(crl, certificate) and _holds(crl, issuer)]
    if not lists:
        raise ValueError("no list that holds")
    serial = certificate.serial_number
    return any(crl.get_revoked_certificate_by_serial_number(serial) is not None for crl in lists)


def _lists(place: str) -> Iterator[x509.CertificateRevocationList]:
    if is_address(place):
        yield _fetched.get(place)
        return
    path = Path(place)
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        yield _parse(file.read_bytes())


def _holds(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Signed by the issuer, and neither from the future nor outdated."""
    now, until = dt.datetime.now(dt.UTC), crl.next_update_utc
    return (
        crl.issuer == issuer.subject
        and crl.last_update_utc <= now + SKEW
        and until is not None
        and now <= until
        and signatures.good(issuer.public_key(), crl.signature, crl.tbs_certlist_bytes, crl.signature_hash_algorithm)
    )


def _is_about(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """A whole list, or that part of a divided one which the certificate itself names."""
    for extension in crl.extensions:
        part = extension.value
        if isinstance(part, x509.IssuingDistributionPoint):
            others = part.only_contains_ca_certs or part.only_contains_attribute_certs
            if others or part.indirect_crl or part.only_some_reasons or part.relative_name is not None:
                return False
            if part.full_name is not None and not set(part.full_name) & _named_lists(certificate):
                return False
        elif extension.critical:  # only what has changed since another list, or something not understood
            return False
    return True


def _named_lists(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for point in points for name in point.full_name or []}


def _parse(content: bytes) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(content) if b"-----BEGIN X509 CRL" in content else x509.load_der_x509_crl(content)


class _Fetched:
    """Lists by address, each reused until a time. Safe for threads."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[dt.datetime, x509.CertificateRevocationList]] = {}
        self._lock = threading.Lock()

    def get(self, address: str) -> x509.CertificateRevocationList:
        now = dt.datetime.now(dt.UTC)
        with self._lock:
            if address in self._until and now < self._until[address][0]:
                return self._until[address][1]
            crl = _parse(fetch(address))
            self._until[address] = min(now + KEPT, crl.next_update_utc or now), crl
            return crl


_fetched = _Fetched()
