"""The pages of 運営基準: the month's list, a person's months, entering and taking back, as staff meet them."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse

from tests.cast import Cast, browser
from tests.evidence.operating_standard.standing_days import last_month
from tests.gate.acts import record_monitoring
from tests.pages import text
from tests.world import days


def of_person(town: Cast, month: dt.date | None = None) -> str:
    return reverse("evidence:standard-person", args=[town.person.key]) + (f"?month={month:%Y-%m}" if month else "")


def to_record(town: Cast, entry: str = "monitoring") -> str:
    return reverse("evidence:standard-record", args=[town.person.key, entry])


def typed(name: str, day: dt.date) -> dict[str, str]:
    """A day as the form's four boxes have it."""
    parts = {"era": "西暦", "year": day.year, "month": day.month, "day": day.day}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="kb-who">\s*<a [^>]*>\s*(.+?)\s*</a>', page, re.DOTALL)


def test_who_lacks_most_stands_first(town: Cast):
    assert record_monitoring(town.manager, town.person, last_month().replace(day=15)) == "ok"
    page = text(browser(town.manager).get(reverse("evidence:standard"), {"month": f"{last_month():%Y-%m}"}))
    names = rows(page)
    assert len(names) == 3
    assert "花子" in names[-1]
    assert page.count("kb-status--good") == 1
    assert "「記録がない」のある方 2名" in page


def test_own_and_everybody(town: Cast):
    client, address = browser(town.manager), reverse("evidence:standard")
    asked = {"month": f"{last_month():%Y-%m}"}
    assert "自分の担当で計画を作る方はいません" in text(client.get(address, asked | {"whose": "own"}))
    assert len(rows(text(client.get(address, asked | {"whose": "all"})))) == 3


def test_a_month_that_cannot_be_is_this_one(town: Cast):
    client, address = browser(town.manager), reverse("evidence:standard")
    pages = {
        re.search(r"<h1>([^<]+)", text(client.get(address, {"month": month})))[1]
        for month in ("", "x", "2999-01", "2000-01", "2026-13", "9" * 400)
    }
    assert len(pages) == 1


def test_no_page_ever_says_that_something_is_reduced(town: Cast):
    client = browser(town.manager)
    for address in (reverse("evidence:standard"), of_person(town, last_month())):
        page = text(client.get(address))
        assert "減算対象" not in page
        assert "減算になるかどうかは、ここでは決めません" in page


def test_a_person_sees_what_proves_and_what_is_lacking(town: Cast):
    day = last_month().replace(day=15)
    assert record_monitoring(town.manager, town.person, day, written_on=None) == "ok"
    page = text(browser(town.manager).get(of_person(town, last_month())))
    assert "結果を記録した日が入っていません" in page
    assert page.count("モニタリングを入力する") == 2  # above, and beside what is lacking
    assert "この月に効いている計画書が登録されていません" in page
    assert "二次資料による" in page
    assert "公的な文書で確かめた" in page


def test_a_visit_is_entered_and_proves_the_month(town: Cast):
    client, day = browser(town.manager), days(0)
    sent = {**typed("on", day), **typed("written_on", day), "way": "visit", "ticks": ["user_met"]}
    answer = client.post(to_record(town), sent)
    assert answer["Location"] == of_person(town, day)
    page = text(client.get(answer["Location"]))
    assert "「モニタリング」を入力しました。" in page
    assert "モニタリング(自宅を訪問した)" in page
    assert "証明できる" in page
    client.post(to_record(town), sent)
    assert "同じ内容でもう入力されています" in text(client.get(of_person(town)))


def test_a_form_with_faults_comes_back_with_what_was_typed(town: Cast):
    client = browser(town.manager)
    sent = {**typed("on", days(0)), **typed("written_on", days(-1)), "way": "visit"}
    answer = client.post(to_record(town), sent)
    assert answer.status_code == 422
    assert "モニタリングをした日より前の日になっています" in text(answer)
    assert client.post(to_record(town), typed("on", days(1)) | {"way": "visit"}).status_code == 422
    assert client.post(to_record(town), {}).status_code == 422
    assert client.get(to_record(town, "nothing")).status_code == 404


def test_every_kind_is_entered(town: Cast):
    client = browser(town.manager)
    ways = {"assessment": "visit", "meeting": "letter", "agreement": "writing", "delivery": "handed",
            "occasion": "renewal", "video_consent": "writing", "video_end": "spoken"}  # fmt: skip
    for entry, way in ways.items():
        assert client.get(to_record(town, entry)).status_code == 200
        answer = client.post(to_record(town, entry), typed("on", days(0)) | {"way": way})
        assert answer.status_code == 302, entry
    kept = town.world.one("SELECT count(*) FROM care.standard_fact WHERE insured_key = %s", town.person.key)
    assert kept == len(ways)


def test_a_mistake_is_taken_back_with_its_reason(town: Cast):
    client, day = browser(town.manager), last_month().replace(day=15)
    assert record_monitoring(town.manager, town.person, day) == "ok"
    number = town.world.one("SELECT max(id) FROM care.standard_fact WHERE insured_key = %s", town.person.key)
    address = reverse("evidence:standard-mistake", args=[town.person.key, number])
    assert "モニタリング(自宅を訪問した)" in text(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "別の方の訪問でした"})
    page = text(client.get(answer["Location"]))
    assert "登録のまちがいとして取り消しました" in page
    assert "別の方の訪問でした" in page
    assert client.get(address).status_code == 404
