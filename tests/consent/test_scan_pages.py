"""The signed paper beside a fact: what is taken, what is refused and why, and how it is shown again."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kiban.consent import scans
from tests.cast import Cast, browser
from tests.consent import papers
from tests.consent.typed import consent_page, said
from tests.pages import text

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def facts(client, person):
    return client.get(consent_page(person)).context["history"]


def own(client, person, act="give"):
    """A fact the own office recorded."""
    assert client.post(consent_page(person, f"{act}/"), said()).status_code == 302
    return facts(client, person).now


def where(person, fact):
    return consent_page(person, f"{fact.subject}/{fact.number}/paper/")


def send(client, person, fact, content, named=("scan.pdf", "application/pdf")):
    return client.post(where(person, fact), {"scan": SimpleUploadedFile(named[0], content, named[1])})


@pytest.mark.parametrize(
    ("content", "media_type", "disposition"),
    [
        (papers.pdf(), "application/pdf", "attachment"),
        (papers.png(), "image/png", "inline"),
        (papers.jpeg(), "image/jpeg", "inline"),
    ],
)
def test_a_paper_is_kept_and_shown_as_it_was(town: Cast, content, media_type, disposition):
    client, person = browser(town.manager), town.without_consent
    fact = own(client, person)
    assert "書面を付ける" in text(client.get(consent_page(person)))
    # what it is called and declared to be is of no weight
    assert send(client, person, fact, content, ("無題", "text/html")).url == consent_page(person)
    (scan,) = facts(client, person).now.scans
    address = consent_page(person, f"scan/{scan.number}/")
    assert address in text(client.get(consent_page(person)))
    response = client.get(address)
    assert (response.content, response["Content-Type"]) == (content, media_type)
    assert response["Content-Disposition"].startswith(f'{disposition}; filename="consent-{scan.number}.')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    row = town.world.log(insured_key=person.key)[-1]
    assert (row["action"], row["outcome"]) == ("scan:open", "allowed")


@pytest.mark.parametrize("act", ["refuse", "withdraw"])
def test_beside_a_refusal_and_a_withdrawal(town: Cast, act):
    client = browser(town.manager)
    fact = own(client, town.person, act)
    assert send(client, town.person, fact, papers.png()).status_code == 302
    assert len(facts(client, town.person).now.scans) == 1


def test_beside_an_older_consent(town: Cast):
    client = browser(town.manager)
    client.post(consent_page(town.person, "other/"), {**said(), "kind": "article33"})
    (fact,) = facts(client, town.person).others
    assert send(client, town.person, fact, papers.png()).status_code == 302
    (fact,) = facts(client, town.person).others
    assert len(fact.scans) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です"),
        (b"MZ\x90\x00" + bytes(400), "これはプログラムです"),
        (b"\x7fELF" + bytes(400), "これはプログラムです"),
        (b"#!/bin/sh\necho", "これはプログラムです"),
        (SVG, "ウェブページやSVG"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "ウェブページやSVG"),
        (b"PK\x03\x04" + bytes(60), "ワードやエクセル"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "HEIC"),
        (b"GIF89a" + bytes(60), "この形式のファイルは"),
        (b"%PDF-1.7\n" + SVG, "途中で切れています"),
        (b"%PDF-1.7\nstartxref\n0\n%%EOF", "ページが見あたりません"),
        (papers.pdf()[:-40], "途中で切れています"),
        (papers.pdf(b"4 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj"), "プログラムや別のファイル"),
        (papers.pdf(b"4 0 obj\n<< /S /J#61vaScript /X 1 >>\nendobj"), "プログラムや別のファイル"),
        (papers.pdf(b"4 0 obj\n<< /S /Launch /F (a.exe) >>\nendobj"), "プログラムや別のファイル"),
        (papers.pdf(papers.packed(b"4 0 << /S /JavaScript /JS (x) >>")), "プログラムや別のファイル"),
        (papers.pdf(b"4 0 obj\n<< /Encrypt 5 0 R >>\nendobj"), "パスワード"),
        (b"\x89PNG\r\n\x1a\n" + bytes(400), "PNGの画像が壊れて"),
        (papers.png()[:-20], "PNGの画像が壊れて"),
        (papers.png().replace(b"IDAT", b"IDAX"), "PNGの画像が壊れて"),
        (papers.png() + b"MZ", "別のデータ"),
        (papers.png(width=0), "画像の大きさ"),
        (papers.png(width=90_000), "画像の大きさ"),
        (b"\xff\xd8\xff" + bytes(400), "JPEGの画像が壊れて"),
        (papers.jpeg()[:-2], "JPEGの画像が壊れて"),
        (papers.jpeg(height=0), "画像の大きさ"),
        (papers.heavy_png(scans.LARGEST + 1), "大きすぎます"),
    ],
)
def test_what_is_no_paper_is_refused_with_the_reason(town: Cast, content, sentence):
    client, person = browser(town.manager), town.without_consent
    fact = own(client, person)
    response = send(client, person, fact, content, ("scan.png", "image/png"))
    assert response.status_code == 422
    assert sentence in response.context["form"].errors["scan"][0]
    assert town.world.one("SELECT count(*) FROM care.scan WHERE insured_key = %s", person.key) == 0


def test_five_megabytes_are_taken(town: Cast):
    client, person = browser(town.manager), town.without_consent
    assert send(client, person, own(client, person), papers.heavy_png(scans.LARGEST)).status_code == 302


def test_bytes_of_a_picture_inside_a_pdf_may_spell_anything():
    content = papers.pdf(papers.stream(b"/Filter /DCTDecode", b"\xff\xd8 /JS /Launch /Encrypt \xff\xd9"))
    assert scans.media_type(content) == "application/pdf"


def test_no_file_at_all(town: Cast):
    client, person = browser(town.manager), town.without_consent
    response = client.post(where(person, own(client, person)), {})
    assert response.context["form"].errors["scan"] == ["ファイルを選んでください。"]


def test_of_the_own_office_only(town: Cast):
    """Another office in charge of the same person neither opens the paper nor puts one beside the fact."""
    client, person = browser(town.manager), town.without_consent
    fact = own(client, person)
    send(client, person, fact, papers.png())
    (scan,) = facts(client, person).now.scans
    town.world.in_charge(person, town.other_office)
    other = browser(town.elsewhere)
    assert facts(other, person).now.scans == []
    assert other.get(consent_page(person, f"scan/{scan.number}/")).status_code == 404
    assert town.world.log(insured_key=person.key)[-1]["outcome"] == "denied"
    assert send(other, person, fact, papers.png()).status_code == 404


@pytest.mark.parametrize("rest", ["consent/0/paper/", "secret/1/paper/", "scan/0/", f"scan/{2**70}/"])
def test_what_is_not_there(town: Cast, rest):
    assert browser(town.manager).get(consent_page(town.person, rest)).status_code == 404


def test_a_paper_stays_when_the_consent_is_taken_back(town: Cast):
    client, person = browser(town.manager), town.without_consent
    send(client, person, own(client, person), papers.png())
    client.post(consent_page(person, "withdraw/"), said())
    (given,) = [fact for fact in facts(client, person).facts if fact.subject == "consent"]
    assert client.get(consent_page(person, f"scan/{given.scans[0].number}/")).status_code == 200
