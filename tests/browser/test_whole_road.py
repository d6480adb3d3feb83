"""The whole road in one go, in a real browser, with a real certificate and the virtual card.

An office begins; staff come by invitation; a card is read; consent is given; the information is opened; somebody acts
for a colleague; and somebody who left is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import road
from tests.browser.hands import Hands
from tests.browser.road import Member, Office
from tests.card.authorities import auth_authority, rsa_key
from tests.card.emulator import EmulatedCard
from tests.card.reader import VirtualReader, virtual_reader
from tests.card.terminal import card_client, settings_for
from tests.serving import Serving, free_port, serving
from tests.world import Person, World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def card_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, card_port: int) -> Iterator[Serving]:
    """A server that trusts the emulated cards and knows where the client listens."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings_for(tmp_path_factory.mktemp("anchors"), card_port).items():
            environment.setenv(name, value)
        with serving() as started:
            yield started


def the_office_begins(hands: Hands, office: Office) -> tuple[Member, Member, str]:
    """事業所の登録 → 事業所ユーザ → 管理者 → ケアマネジャー2人: the chief, one care manager, the other's letter."""
    tail = office.number[-5:]
    road.take_up(hands, office.invitation, "試験 施設長", f"shisetsu{tail}")
    expect(hands.page.get_by_role("heading", name="はじめの準備")).to_be_visible()
    road.pictures(hands.page, "first-steps")
    letter = road.invite(hands, "試験 管理子", "シケン カンリコ", "管理者", "管理者")
    road.pictures(hands.page, "letter")
    road.sign_out(hands)
    chief = road.take_up(hands, letter, "試験 管理子", f"kanri{tail}")
    first = road.invite(hands, "試験 ケア一", "シケン ケアイチ", "介護支援専門員", "一般")
    second = road.invite(hands, "試験 ケア二", "シケン ケアニ", "介護支援専門員", "一般")
    road.sign_out(hands)
    return chief, road.take_up(hands, first, "試験 ケア一", f"ichi{tail}"), second


def the_first_opening(hands: Hands, reader: VirtualReader, person: Person) -> None:
    """カード → 担当 → 同意 → 最初の閲覧."""
    card = EmulatedCard.make(certificate=auth_authority().issue(rsa_key("card").public_key()))
    with reader.card(card):
        road.read_card(hands)
        road.pictures(hands.page, "card-read")
        road.register(hands, person)
    main = hands.page.locator("main")
    expect(hands.page.get_by_text("担当として登録しました")).to_be_visible()
    expect(main).to_contain_text("同意")
    assert "要介護3" not in main.inner_text()
    road.consent(hands)
    road.open_person(hands)
    expect(main).to_contain_text("要介護3")
    road.pictures(hands.page, "first-opening")
    road.sign_out(hands)


def one_acts_for_another(
    hands: Hands, world: World, person: Person, *, chief: Member, one: Member, two: Member
) -> None:
    """代行: 管理者が許可し、もうひとりのケアマネジャーが代わりに開く."""
    road.sign_in(hands, chief)
    road.permit(hands, two.name, one.name)
    road.sign_out(hands)
    road.sign_in(hands, two)
    road.act_for(hands, one.name)
    hands.follow("利用者", within=".kb-places--side")
    hands.follow(person.name)
    expect(hands.page.locator("body")).to_contain_text("代行")
    expect(hands.page.locator("main")).to_contain_text("要介護3")
    road.pictures(hands.page, "acting")
    rows = world.log(insured_key=person.key, action="record:open")
    assert "+insurance_card.card|" in rows[-1]["decisions"]
    assert rows[-1]["delegation_id"] is not None
    assert world.one("SELECT name FROM staff_account WHERE id = %s", rows[-1]["account_id"]) == two.name
    road.sign_out(hands)


def who_left_is_refused(hands: Hands, world: World, chief: Member, leaver: Member) -> None:
    """退職: 管理者が今すぐ終えると、もうサインインできない."""
    road.sign_in(hands, chief)
    road.end_now(hands, leaver.name)
    road.sign_out(hands)
    road.sign_in(hands, leaver, refused=True)
    expect(hands.page.locator("main")).to_contain_text("サインインできません")
    road.pictures(hands.page, "leaver")
    assert world.one(
        "SELECT count(*) FROM staff_suspicion WHERE kind = 'leaver' AND account_id = "
        "(SELECT id FROM staff_account WHERE login_id = %s)",
        leaver.login_id,
    )


def test_the_whole_road(server, chromium, tmp_path, card_port, world):
    person = road.insured(world)
    office = road.begin(tmp_path)
    with (
        virtual_reader() as reader,
        card_client(server.origin, card_port),
        road.terminal(chromium, server, office.certificate, office.certificate_password) as page,
    ):
        hands = Hands(page)
        chief, one, letter = the_office_begins(hands, office)
        the_first_opening(hands, reader, person)
        two = road.take_up(hands, letter, "試験 ケア二", f"ni{office.number[-5:]}")
        road.sign_out(hands)
        one_acts_for_another(hands, world, person, chief=chief, one=one, two=two)
        who_left_is_refused(hands, world, chief, two)
