"""What a certificate is called where people choose it: as its terminal and office, in the browser and as a file."""

from __future__ import annotations

from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from django.test import Client

from kiban.terminals import authority
from kiban.terminals.models import Terminal
from tests.cast import Cast, browser
from tests.pages import text


def issued(client: Client, terminal: Terminal, **which: str) -> tuple[pkcs12.PKCS12KeyAndCertificates, str]:
    """The file as a browser gets it, opened, and its name."""
    page = text(client.post(f"/terminals/{terminal.pk}/issue/", {"instead": "yes"}, follow=True))
    password = page.split('<b class="kb-number">')[1].split("<")[0]
    fetched = client.post("/terminals/download/", which)
    opened = pkcs12.load_pkcs12(fetched.content, password.encode())
    return opened, unquote(fetched["Content-Disposition"].partition("filename*=utf-8''")[2])


def called(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(name.value)


def test_it_carries_terminal_and_office_wherever_it_is_seen(town: Cast):
    client = browser(town.administrator)
    client.post("/terminals/add/", {"name": "相談室PC"})
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="相談室PC")
    name = f"相談室PC {town.office.name}"
    for which in ({}, {"older": "yes"}):
        opened, file = issued(client, terminal, **which)
        assert opened.cert is not None and opened.cert.friendly_name is not None
        assert called(opened.cert.certificate) == name
        assert opened.cert.friendly_name.decode() == name
        assert file == f"{name}.p12"


def test_what_a_file_may_not_be_called_is_left_out_of_its_name_alone(town: Cast):
    client = browser(town.administrator)
    client.post("/terminals/add/", {"name": "1階/窓口:PC"})
    terminal = Terminal.objects.get(organisation_id=town.office.id, name="1階/窓口:PC")
    opened, file = issued(client, terminal)
    assert opened.cert is not None
    assert called(opened.cert.certificate) == f"1階/窓口:PC {town.office.name}"
    assert file == f"1階_窓口_PC {town.office.name}.p12"


def test_a_long_name_is_cut_where_certificates_end_and_whole_in_the_file():
    name = "一階の相談室のPC 社会福祉法人みほん福祉会 居宅介護支援センターみほんの里"
    issued = authority.issue("1379900001", 7, name)
    assert called(issued.certificate) == "一階の相談室のPC 社会福祉法人みほん福祉会 居"
    opened = pkcs12.load_pkcs12(issued.pkcs12, issued.password.encode())
    assert opened.cert is not None and opened.cert.friendly_name is not None
    assert opened.cert.friendly_name.decode() == name
