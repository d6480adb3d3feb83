"""閲覧規程: from the settings as they are, adopted in versions, the earlier ones readable as they were."""

from __future__ import annotations

import re

from kiban.evidence import viewing_rules
from kiban.evidence.models import ViewingRules
from kiban.registry.models import Organisation
from kiban.terminals.models import Scene, Terminal
from tests.cast import Cast, browser
from tests.pages import text


def adopt(client):
    page = text(client.get("/rules/"))
    lacking = re.search(r'name="although" value="(\d+)"', page)
    read = {"digest": re.search(r'name="digest" value="([0-9a-f]+)"', page)[1]}
    return client.post("/rules/adopt/", read | ({"although": lacking[1]} if lacking else {}))


def test_the_sheet_says_what_is_set(town: Cast):
    Scene.objects.create(
        organisation_id=town.office.id, name="夜勤の申し送り", job_types=["nurse"], terminal_id=town.manager.terminal_id
    )
    page = text(browser(town.administrator).get("/rules/"))
    for words in (
        town.office.name,
        "夜勤の申し送り",
        "看護師",
        Terminal.objects.get(pk=town.manager.terminal_id).name,
        "介護支援専門員(一般)",
        town.manager.name,
        "15分使わないと",
        "緊急のときの閲覧は、使いません",
        "案(まだ定めていません)",
    ):
        assert words in page


def test_whoever_has_left_is_not_on_it(town: Cast):
    town.world.run("UPDATE staff_account SET name = '試験 退職者' WHERE id = %s", town.leaver.account_id)
    assert "試験 退職者" not in text(browser(town.administrator).get("/rules/"))


def test_a_version_only_when_something_changed(town: Cast):
    client = browser(town.administrator)
    adopt(client)
    adopt(client)
    kept = ViewingRules.objects.filter(organisation_id=town.office.id)
    assert [(one.version, one.made_by_id) for one in kept] == [(1, town.administrator.account_id)]
    assert "第1版" in text(client.get("/rules/"))
    Terminal.objects.filter(pk=town.manager.terminal_id).update(place="玄関の横")
    assert "設定が変わっています" in text(client.get("/rules/"))
    adopt(client)
    first, second = ViewingRules.objects.filter(organisation_id=town.office.id).order_by("version")
    assert "玄関の横" in text(client.get(f"/rules/{second.pk}/"))
    assert "玄関の横" not in text(client.get(f"/rules/{first.pk}/"))
    assert browser(town.officer).get(f"/rules/{first.pk}/").status_code == 404


def test_what_changed_while_reading_is_not_adopted(town: Cast):
    client = browser(town.administrator)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', text(client.get("/rules/")))[1]
    Terminal.objects.filter(pk=town.manager.terminal_id).update(place="玄関の横")
    client.post("/rules/adopt/", {"digest": digest})
    assert not ViewingRules.objects.filter(organisation_id=town.office.id).exists()
    assert "もう一度読んでから" in text(client.get("/rules/"))


def test_what_is_lacking_is_said_before_it_is_adopted(town: Cast):
    page = text(browser(town.administrator).get("/rules/"))
    assert "だれが、どの場面で、どの端末で見るかが決まっていません" in page
    assert "二要素認証をまだ設定していない職員" in page
    assert int(re.search(r"足りないものがあります\((\d+)件\)", page)[1]) == page.count('class="kb-due__what"')


def test_with_things_lacking_it_is_not_adopted_without_the_tick(town: Cast):
    client = browser(town.administrator)
    page = text(client.get("/rules/"))
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page)[1]
    lacking = int(re.search(r'type="checkbox" name="although" value="(\d+)" required', page)[1])
    for ticked in ({}, {"although": str(lacking - 1)}, {"although": "yes"}):  # nothing, or of what was read before
        client.post("/rules/adopt/", {"digest": digest, **ticked})
        assert "「このまま定めます」に印を付けて" in text(client.get("/rules/"))
        assert not ViewingRules.objects.filter(organisation_id=town.office.id).exists()
    client.post("/rules/adopt/", {"digest": digest, "although": str(lacking)})
    assert ViewingRules.objects.filter(organisation_id=town.office.id).count() == 1


def test_the_same_settings_give_the_same_content(town: Cast):
    office = Organisation.objects.get(pk=town.office.id)
    assert viewing_rules.content(office) == viewing_rules.content(office)
