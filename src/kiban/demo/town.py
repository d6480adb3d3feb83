"""The demo's town: three real insurers, a handful of made-up organisations and staff, brought in by the real ways.

Persons and records are written as CSV files and loaded by the code of ``kiban load``; organisations, staff and
terminals go through the services the pages use; then every room adds its part (``Room.demo``). What was made is noted
in ``demo.json``, which also marks a data folder as one of a demo: known passwords exist nowhere else.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from kiban.demo import people, story
from kiban.demo.people import SUPPORT, Fake
from kiban.gate import matrix
from kiban.intake import layouts
from kiban.intake.load import load_file
from kiban.ops import provision, setup_steps
from kiban.ops.paths import data_folder
from kiban.ops.room import DemoPerson, DemoTown, rooms
from kiban.registry import services as registry
from kiban.registry.masters.loading import load_shipped
from kiban.registry.models import Insurer, JobType, Office, Organisation
from kiban.registry.numbers import split21
from kiban.staff import accounts
from kiban.staff.models import Employment
from kiban.staff.people import employments, invitations
from kiban.staff.people.employments import Post
from kiban.terminals import services as terminals
from kiban.terminals.pages.forms import VISIT
from kiban.terms.months import month_after

PASSWORD = "mihon-2026-demo"  # noqa: S105 - a demo's, printed on the screen
SIZES = {"131136": 600, "092023": 300, "435073": 120}
SMALL = {"131136": 120, "092023": 60, "435073": 30}
LIVE, PARTLY, WAITING = "131136", "092023", "435073"
IN_CHARGE = {LIVE: 34, PARTLY: 12, WAITING: 6}
DECIDED = (
    "certification.progress",
    "housing.home_modification",
    "housing.equipment",
    "insurance_card.reduction",
    "life.feedback",
)
Say = Callable[[str], None]


@dataclass
class Account:
    """Somebody who can sign in, with what the demo tells about it."""

    login_id: str
    name: str
    job: str
    organisation: str
    terminal: str
    secret: str  # hexadecimal TOTP key
    certificate: str  # path of the PKCS#12 file
    certificate_password: str
    certificate_id: int


@dataclass
class Town:
    """What was made."""

    made_on: str
    password: str = PASSWORD
    accounts: dict[str, Account] = field(default_factory=dict)
    # For the headless check: the persons whose story shows a thing, as [insurer number, insured number].
    shown: list[str] = field(default_factory=list)
    without_consent: list[str] = field(default_factory=list)
    not_started: list[str] = field(default_factory=list)
    stranger: list[str] = field(default_factory=list)
    invitation: str = ""  # the key of a letter nobody has taken up yet


STAFF = (
    # login, name, kana, job type, level, organisation, terminal
    ("caremane", "試験 ケアマネ", "シケン ケアマネ", "care_manager", "general", "office", "相談室PC"),
    ("kanri", "試験 管理者", "シケン カンリシャ", "manager", "office", "office", "事務室PC"),
    ("soudan", "試験 相談員", "シケン ソウダンイン", "life_counselor", "general", "day", "相談カウンターPC"),
    ("deikanri", "試験 デイ管理者", "シケン デイカンリシャ", "manager", "administrator", "day", "事務室PC"),
    ("yoso", "試験 よそケアマネ", "シケン ヨソケアマネ", "care_manager", "administrator", "other", "事務所PC"),
    ("shiyakusho", "試験 市職員", "シケン シショクイン", "municipal_officer", "administrator", "city", "窓口PC"),
    ("ishi", "試験 医師", "シケン イシ", "physician", "administrator", "clinic", "診察室PC"),
)


def mark() -> Path:
    """The file that says: this data folder is a demo's."""
    return data_folder() / "demo.json"


def load() -> Town | None:
    """The town made before in this data folder, or ``None``."""
    if not mark().exists():
        return None
    kept = json.loads(mark().read_text(encoding="utf-8"))
    kept["accounts"] = {login: Account(**values) for login, values in kept["accounts"].items()}
    return Town(**kept)


def code_of(account: Account) -> str:
    """The six digits an authenticator app would show now."""
    return f"{TOTP(bytes.fromhex(account.secret)).token():06d}"


def build(say: Say, *, small: bool = False) -> Town:
    """Make the whole town in an empty data folder. ``say`` hears of each step."""
    today = timezone.localdate()
    town = Town(made_on=today.isoformat())
    say("データベースと権限を用意しています")
    provision.provision()
    setup_steps.load_reference_data()
    setup_steps.prepare()
    say("台帳(保険者・市区町村・事業所・医療機関)を読み込んでいます")
    for _reports in load_shipped():
        pass
    say("市町村と事業所を登録しています")
    _start_insurers(today)
    organisations = _organisations(today)
    say("架空の利用者をつくり、ファイルから取り込んでいます")
    population = _population(small, today)
    for path in _files(population, organisations, town, today):
        report = load_file(path)
        if report.exit_code:
            faults = ", ".join(f"{fault.line}行目 {fault.reason}" for fault in report.faults[:3])
            raise RuntimeError(f"{path.name}: {report.refused or report.stopped or faults}")
        say(f"  {path.name}: {report.added}件")
    say("職員と端末を登録しています")
    _staff(town, organisations, today)
    common = _mine(population[LIVE], LIVE)[::3]
    asked = DemoTown(today, organisations, [_told(person) for person in common])
    for room in rooms():
        for words in room.demo(asked):
            say(words)
    mark().write_text(json.dumps(asdict(town), ensure_ascii=False, indent=1), encoding="utf-8")
    mark().chmod(0o600)
    return town


def _told(person: Fake) -> DemoPerson:
    return DemoPerson(person.insurer_no, person.insured_no, person.name, person.kana, person.birth, person.sex)


def _start_insurers(today: dt.date) -> None:
    registry.set_insurer_start(LIVE, today - dt.timedelta(days=20), ["*"])
    registry.set_insurer_start(PARTLY, today - dt.timedelta(days=10), ["*"])
    year = today.year + (1 if (today.month, today.day) >= (4, 1) else 0)
    registry.set_insurer_start(WAITING, dt.date(year, 4, 1), [])
    for number in (LIVE, PARTLY):
        insurer = Insurer.objects.get(number=number)
        matrix.decide(
            insurer=insurer,
            party="care_management",
            items=DECIDED,
            job_types=["care_manager", "chief_care_manager"],
            is_open=True,
            needs_consent=True,
            document_name=f"{insurer.name}介護情報閲覧要領(デモ用の架空の文書)",
            document_number="試第1号",
            decided_on=today - dt.timedelta(days=30),
            starts_on=today - dt.timedelta(days=20),
            recorded_by="デモ",
        )


def _office_number(serial: int) -> str:
    """A made-up office number of Tokyo with a right check digit that no published office has."""
    while True:
        body = f"13790{serial:04d}"
        number = body + str(split21(body))
        if not Office.objects.filter(number=number).exists():
            return number
        serial += 1


def _organisations(today: dt.date) -> dict[str, Organisation]:
    on = today - dt.timedelta(days=60)
    clinic = "131999901"
    city = Insurer.objects.get(number=LIVE).name
    wanted: dict[str, tuple[str, str, str, list[str], str]] = {
        "office": ("office", _office_number(9901), "試験居宅介護支援事業所 みほん", ["43"], "社会福祉法人試験会"),
        "other": ("office", _office_number(9911), "試験居宅介護支援事業所 よそ", ["43"], "株式会社架空ケア"),
        "day": ("office", _office_number(9921), "試験デイサービス みほん", ["15"], "社会福祉法人試験会"),
        "city": ("municipality", LIVE, city, [], ""),
        "clinic": ("medical", clinic + str(split21(clinic[3:])), "試験クリニック みほん", [], "医療法人見本会"),
    }
    return {
        name: registry.enrol_organisation(
            Organisation.Kind(kind),
            number,
            title,
            codes,
            on,
            corporation_name=corporation,
            telephone="00-0000-0000",
        )
        for name, (kind, number, title, codes, corporation) in wanted.items()
    }


def _population(small: bool, today: dt.date) -> dict[str, list[Fake]]:
    return {
        number: people.population(number, Insurer.objects.get(number=number).counts, size, today)
        for number, size in (SMALL if small else SIZES).items()
    }


def _files(
    population: dict[str, list[Fake]], organisations: dict[str, Organisation], town: Town, today: dt.date
) -> Iterable[Path]:
    """Write every file of the town: half of them in CP932, as municipal systems do."""
    folder = data_folder() / "demo-files"
    folder.mkdir(parents=True, exist_ok=True)
    office = organisations["office"]
    assignments: list[list[str]] = []
    identities: list[list[str]] = []
    for insurer_no, persons in population.items():
        certified = [person for person in persons if person.level]
        mine = _mine(persons, insurer_no)
        _cast(town, insurer_no, persons, mine)
        encoding = "cp932" if insurer_no != LIVE else "utf-8-sig"
        heads = (_person_row(person, encoding) for person in persons)
        yield _write(folder, f"{insurer_no}-hihokensha.csv", encoding, "persons", heads)
        by_item: dict[str, list[list[str]]] = {}
        for person in certified:
            for version in story.versions(person, office.number, office.name, today):
                layout = layouts.layout(version.item.key)
                by_item.setdefault(version.item.key, []).append(_record_row(layout, version))
        for key, rows in by_item.items():
            yield _write(folder, f"{insurer_no}-{key.replace('.', '-')}.csv", encoding, key, rows)
        chance = random.Random(insurer_no)
        consents: list[list[str]] = []
        for number, person in enumerate(persons):
            lacks = insurer_no == PARTLY and (
                number % 3 == 0 or [insurer_no, person.insured_no] == town.without_consent
            )
            if not lacks:
                day = today - dt.timedelta(days=chance.randint(5, 120))
                consents.append([insurer_no, person.insured_no, "give", day.isoformat(), "2026-11", "self", ""])
        yield _write(folder, f"{insurer_no}-doui.csv", "utf-8", "consents", consents)
        since = today - dt.timedelta(days=50)
        next_month = month_after(today)
        for number, person in enumerate(mine):
            pair = [insurer_no, person.insured_no]
            until = (next_month if number % 8 == 5 else today + dt.timedelta(days=130)).isoformat()
            identities.append([*pair, office.number, since.isoformat(), "four_items"])
            assignments.append([*pair, office.number, "plan", since.isoformat(), until])
            if number % 3 == 0:
                identities.append([*pair, organisations["day"].number, since.isoformat(), "visual"])
                assignments.append([*pair, organisations["day"].number, "service", since.isoformat(), until])
            if number % 4 == 0:
                assignments.append([*pair, organisations["clinic"].number, "opinion", since.isoformat(), until])
    yield _write(folder, "honnin-kakunin.csv", "utf-8", "identity", identities)
    yield _write(folder, "tantou.csv", "cp932", "assignments", assignments)


def _mine(persons: list[Fake], insurer_no: str) -> list[Fake]:
    """Whom the demo's office makes the plan for."""
    return [person for person in persons if person.level and person.level not in SUPPORT][: IN_CHARGE[insurer_no]]


def _cast(town: Town, insurer_no: str, persons: list[Fake], mine: list[Fake]) -> None:
    """Remember whose pages show what."""
    if insurer_no == LIVE:
        town.shown = [insurer_no, mine[0].insured_no]
        town.stranger = [insurer_no, next(p for p in persons if p not in mine).insured_no]
    elif insurer_no == PARTLY:
        town.without_consent = [insurer_no, mine[0].insured_no]
    else:
        town.not_started = [insurer_no, mine[0].insured_no]


def _write(folder: Path, name: str, encoding: str, layout_key: str, rows: Iterable[list[str]]) -> Path:
    path = folder / name
    layout = layouts.layout(layout_key)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([one.label for one in layout.fields])
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
        writer.writerow(["#END", count])
    return path


def _person_row(person: Fake, encoding: str) -> list[str]:
    # A system that works in CP932 has no 𠮷 and writes the common form.
    name = person.name if encoding != "cp932" else person.name.replace("𠮷", "吉")
    return [
        person.insurer_no,
        person.insured_no,
        name,
        person.kana,
        person.birth.isoformat(),
        person.sex,
        f"試験町{person.district}1番1号",
        person.district,
        "",
    ]


def _record_row(layout: layouts.Layout, version: story.Version) -> list[str]:
    fixed = {
        "insurer_no": version.person.insurer_no,
        "insured_no": version.person.insured_no,
        "history_no": str(version.history_no),
        "reason": version.reason,
    }
    row = []
    for one in layout.fields:
        if one.name in fixed and one.name not in version.item.by_name:
            row.append(fixed[one.name])
        else:
            value = version.content.get(one.name)
            row.append("" if value is None else one.write(value))
    return row


def _staff(town: Town, organisations: dict[str, Organisation], today: dt.date) -> None:
    folder = data_folder() / "terminals"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hired = today - dt.timedelta(days=150)  # within the half-year before the first review of rights
    for login_id, name, kana, job, level, where, terminal_name in STAFF:
        account, _ = accounts.create_account(login_id, name, kana, by=None)
        account.set_password(PASSWORD)
        account.must_change_password = False
        account.email = f"{login_id}@example.jp"
        account.save()
        post = Post(JobType.objects.get(code=job), Employment.Level(level), hired)
        employment = employments.employ(account, organisations[where], post, by=None)
        device = TOTPDevice.objects.create(user=account, name="アプリ", key=default_key(), confirmed=True)
        terminal = terminals.register_terminal(
            organisations[where],
            terminal_name,
            place=terminal_name.removesuffix("PC"),
            purpose=VISIT if login_id == "caremane" else "事務所での閲覧",
            custodian=name,
        )
        made = terminals.issue_certificate(terminal, by="デモ")
        path = folder / f"{login_id}.p12"
        path.write_bytes(made.pkcs12)
        path.chmod(0o600)
        town.accounts[login_id] = Account(
            login_id,
            name,
            employment.job_type.name,
            organisations[where].name,
            terminal_name,
            device.key,
            str(path),
            made.password,
            made.certificate.pk,
        )
    care_manager, general = JobType.objects.get(code="care_manager"), Employment.Level.GENERAL
    newcomer = invitations.Invitee("試験 新人", "シケン シンジン", email="", post=Post(care_manager, general, today))
    _, town.invitation = invitations.invite_first(organisations["office"], newcomer)
    leaver, _ = accounts.create_account("taishoku", "試験 退職者", "シケン タイショクシャ", by=None)
    left = employments.employ(leaver, organisations["office"], Post(care_manager, general, hired), by=None)
    employments.end_employment(left, today - dt.timedelta(days=5), by=None)
