"""場面と端末: the table the administrator fills first, and what the board says is lacking."""

from __future__ import annotations

import pytest

from kiban.registry.models import Organisation
from kiban.terminals.lacks import TerminalFacts, lacks
from kiban.terminals.models import Scene, Terminal
from kiban.terminals.steps import Cell, Step
from tests.cast import Cast, browser
from tests.pages import text


def test_a_scene_is_entered_changed_and_ended(town: Cast):
    client = browser(town.administrator)
    assert client.post("/terminals/scenes/add/", {"name": ""}).status_code == 422
    client.post("/terminals/scenes/add/", {"name": "自宅への訪問", "job_types": ["care_manager", "nurse"]})
    scene = Scene.objects.get(organisation_id=town.office.id)
    assert (scene.job_types, scene.terminal) == (["care_manager", "nurse"], None)
    for page in ("/terminals/", "/terminals/scenes/"):
        assert "端末の決まっていない場面があります" in text(client.get(page))
    page = f"/terminals/scenes/{scene.pk}/"
    entry = {"name": "訪問", "place": "利用者の自宅", "job_types": ["care_manager"]}
    assert client.post(page, {**entry, "terminal": town.elsewhere.terminal_id}).status_code == 422
    assert client.post(page, {**entry, "job_types": ["magician"]}).status_code == 422
    client.post(page, {**entry, "terminal": town.manager.terminal_id})
    shown = text(client.get("/terminals/scenes/"))
    assert "介護支援専門員" in shown
    assert Terminal.objects.get(pk=town.manager.terminal_id).name in shown
    assert "端末の決まっていない場面があります" not in shown
    client.post(f"{page}end/")
    assert client.get(page).status_code == 404
    assert Scene.objects.get(pk=scene.pk).ended_at is not None
    assert "場面はまだ決まっていません" in text(client.get("/terminals/scenes/"))


def test_a_usual_scene_is_begun_with_its_name(town: Cast):
    client = browser(town.administrator)
    assert "自宅への訪問" in text(client.get("/terminals/scenes/"))
    assert 'value="自宅への訪問"' in text(client.get("/terminals/scenes/add/", {"name": "自宅への訪問"}))
    assert "ほかの言葉" not in text(client.get("/terminals/scenes/add/", {"name": "ほかの言葉"}))


def test_a_scene_of_another_office_does_not_exist(town: Cast):
    scene = Scene.objects.create(organisation_id=town.other_office.id, name="訪問")
    assert browser(town.administrator).get(f"/terminals/scenes/{scene.pk}/").status_code == 404
    assert browser(town.administrator).post(f"/terminals/scenes/{scene.pk}/end/").status_code == 404


def known(certificate: tuple[str, str] = ("済", "good"), *, settings: str = "済", **more: str) -> TerminalFacts:
    """A terminal that lacks nothing but what is said here."""
    words, state = certificate
    cells = [
        Cell(Step.CERTIFICATE, words, state),
        Cell(Step.SETTINGS, settings, "good" if settings == "済" else "off"),
        Cell(Step.READER, "済", "good"),
    ]
    values = {"name": "PC", "purpose": "訪問先での閲覧", "custodian": "試験 花子０１", **more}
    return TerminalFacts(pk=7, cells=cells, **values)


FULL = Scene(pk=3, name="訪問", job_types=["nurse"], terminal_id=7)


@pytest.mark.parametrize(
    ("terminal", "scene", "found"),
    [
        (known(), FULL, []),
        (known(("失効", "bad")), FULL, ["証明書が切れた、または失効した端末", "訪問先での閲覧に使える端末"]),
        (known(("未", "off")), FULL, ["証明書のない端末", "訪問先での閲覧に使える端末"]),
        (known(("発行済・未確認", "soon")), FULL, ["証明書を入れたことをまだ確かめていない端末"]),
        (known(("あと20日で期限", "soon")), FULL, ["証明書がもうすぐ切れる端末"]),
        (known(purpose=""), FULL, ["訪問先での閲覧に使える端末"]),
        (known(custodian=""), FULL, ["管理する人が決まっていない端末"]),
        (known(settings="未"), FULL, ["初期設定が済んでいない端末"]),
        (known(), None, ["だれが、どの場面で、どの端末で見るか"]),
        (known(), Scene(pk=3, name="訪問", job_types=["nurse"]), ["端末の決まっていない場面"]),
        (known(), Scene(pk=3, name="訪問", job_types=[], terminal_id=7), ["見る職種の決まっていない場面"]),
    ],
)
def test_what_is_lacking(terminal, scene, found):
    said = list(lacks(Organisation.Kind.OFFICE, [terminal], [scene] if scene else []))
    assert len(said) == len(found)
    assert all(one.words.startswith(words) for one, words in zip(said, found, strict=True))
    assert all(one.pk in (None, 7, 3) and one.action for one in said)
