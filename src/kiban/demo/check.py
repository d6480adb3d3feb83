"""The main job, done headless against the running server: real HTTPS, a real client certificate, no browser.

Every step says what it expects before it looks, so that a step that goes another way fails the whole.
"""

from __future__ import annotations

import http.client
import re
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from kiban.demo.town import PASSWORD, Account, Town, code_of
from kiban.ops import database, dependent
from kiban.ops.database import Role
from kiban.records import kinds
from kiban.registry.numbers import insured_key
from kiban.terminals import authority, services
from kiban.terminals.models import Certificate
from kiban.web import opaque

PROOFS = {  # what only a shown record of the kind contains
    "insurance_card": "区分支給限度基準額",
    "certification": "認定調査票",
    "opinion": "試験クリニック みほん",
    "housing": "支給限度基準額の残額",
    "careplan": "総合的な援助の方針",
    "life": "ADL",
}
PERSON = re.compile(r'href="(/people/[\w-]{22}/)')


class StepFailedError(Exception):
    """A step did not go as it should; the text says what was expected."""


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    body: str
    location: str


class Browser:
    """A browser with a cookie jar on one kept-alive connection, with or without a terminal's certificate."""

    def __init__(self, port: int, account: Account | None) -> None:
        context = ssl.create_default_context(cafile=str(authority.server_root_path()))
        if account is not None:
            _load_certificate(context, account)
        self.connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, on: str = "", **fields: str) -> Answer:
        """Send a form, with the token of the page it stands on: ``on``, or the one that takes it."""
        page = self.get(on or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
        if token is None:
            raise StepFailedError(f"{on or path} に入力の画面がない({page.status})")
        return self._send("POST", path, urlencode({"csrfmiddlewaretoken": token[1], **fields}))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            origin = f"https://localhost:{self.connection.port}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{origin}{path}"}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, text, response.headers.get("Location") or "")


def _load_certificate(context: ssl.SSLContext, account: Account) -> None:
    """Put the terminal's certificate into the context, by way of files that are gone at once."""
    opened = pkcs12.load_pkcs12(Path(account.certificate).read_bytes(), account.certificate_password.encode())
    if opened.cert is None or opened.key is None:
        raise StepFailedError("証明書のファイルに証明書と鍵が入っている")
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder) / "chain.pem", Path(folder) / "key.pem"
        key.touch(mode=0o600)
        chain.write_bytes(opened.cert.certificate.public_bytes(serialization.Encoding.PEM))
        key.write_bytes(
            opened.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context.load_cert_chain(chain, key)


@dataclass
class Check:
    """The steps, one after the other; the first that fails ends the check."""

    town: Town
    port: int
    say: Callable[[str], None]
    first_row: int = field(default=0)

    def run(self) -> bool:
        """Do everything; returns whether all was as it should be. Says each step and then the log rows."""
        self.first_row = _last_row()
        try:
            self._steps()
        except StepFailedError as failure:
            self.say(f"✗ {failure}")
            return False
        finally:
            self._say_log()
        return True

    def _steps(self) -> None:
        care, administrator = self.town.accounts["caremane"], self.town.accounts["kanri"]
        outside = Browser(self.port, None)
        page = outside.get("/")
        self._expect("証明書のない端末では開けない", page.status == 403 and "この端末は登録されていません" in page.body)

        browser = Browser(self.port, care)
        self._expect("登録された端末では、サインインの画面になる", browser.get("/").location.startswith("/sign-in/"))
        wrong = browser.post("/sign-in/", login_id=care.login_id, password="chigau-password")  # noqa: S106
        self._expect("パスワードが違うと入れない", wrong.status == 422 and "/code/" not in wrong.location)
        self._sign_in(browser, care)
        today = browser.get("/")
        self._expect("「今日」に担当の利用者が並ぶ", today.status == 200 and 'href="/people/' in today.body)

        own, everybody = (self._listed(browser, whose) for whose in ("own", "all"))
        self._expect("「自分の担当」には、担当ケアマネの決まった方だけが並ぶ", 0 < len(own) < len(everybody))
        for kind in kinds.kinds():
            shown = browser.get(self._page(self.town.shown, kind.key))
            label = kind.label
            self._expect(f"情報を開く: {label}", shown.status == 200 and PROOFS[kind.key] in shown.body)
            self._expect(f"  {label}は、隠れた項目なく表示される", "表示できません" not in shown.body)

        for words, who, status, reason in (
            ("同意のない方は、理由が出て見られない", self.town.without_consent, 403, "包括的同意の記録がありません"),
            (
                "市町村が始まっていない方は、理由が出て見られない",
                self.town.not_started,
                403,
                "利用開始日がまだ来ていません",
            ),
            ("担当でない方は、いることもわからない", self.town.stranger, 404, "見つかりません"),
        ):
            refused = browser.get(self._page(who))
            self._expect(words, refused.status == status and reason in refused.body)

        office = Browser(self.port, administrator)
        self._sign_in(office, administrator)
        log = office.get(self._page(self.town.shown) + "log/")
        self._expect("管理者は、だれが見たかを確かめられる", log.status == 200 and "情報を開いた" in log.body)
        self._expect(
            "管理者でない職員は、確かめられない", browser.get(self._page(self.town.shown) + "log/").status == 403
        )

        services.revoke(Certificate.objects.get(pk=care.certificate_id), by="デモ", reason="確認のため")
        revoked = browser.get(self._page(self.town.shown))
        self._expect(
            "端末を失効させると、同じ接続の次の操作から開けない", revoked.status == 403 and "失効" in revoked.body
        )
        # Six kinds shown, three persons refused, and the try at the revoked terminal: refusals leave a trace too.
        self._expect("開いた数と同じだけ、記録が残っている", self._openings() == len(kinds.kinds()) + 4)

    def _sign_in(self, browser: Browser, account: Account) -> None:
        first = browser.post("/sign-in/", login_id=account.login_id, password=PASSWORD)
        self._expect(f"{account.name}: パスワードが合う", first.location.endswith("/sign-in/code/"))
        second = browser.post("/sign-in/code/", code=code_of(account))
        self._expect(f"{account.name}: 確認コードが合い、サインインできる", second.location == "/")

    def _expect(self, words: str, holds: bool) -> None:
        if not holds:
            raise StepFailedError(words)
        self.say(f"✓ {words}")

    def _listed(self, browser: Browser, whose: str) -> set[str]:
        """The persons' pages the list leads to, of the own persons or of all."""
        browser.post("/people/whose/", on="/people/", whose=whose, back="people")
        return set(PERSON.findall(browser.get("/people/").body))

    def _page(self, who: list[str], kind: str = "") -> str:
        page = f"/people/{opaque.encode(insured_key(*who))}/"
        return f"{page}records/{kind}/" if kind else page

    def _openings(self) -> int:
        with database.connect(Role.OWNER) as connection:
            row = connection.execute(
                "SELECT count(*) FROM care.access_line WHERE id > %s AND action = 'record:open'", [self.first_row]
            ).fetchone()
        return int(row[0]) if row else 0

    def _say_log(self) -> None:
        with database.connect(Role.OWNER) as connection:
            rows = connection.execute(
                """SELECT l.id, l.at AT TIME ZONE 'Asia/Tokyo', a.name, l.action, l.outcome,
                          array_to_string(l.standing || ARRAY(SELECT w FROM unnest(l.decisions) AS w
                                                               WHERE w LIKE '-%%' AND l.action <> 'people:list'), ' ')
                     FROM care.access_line AS l LEFT JOIN staff_account AS a ON a.id = l.account_id
                    WHERE l.id > %s ORDER BY l.id""",
                [self.first_row],
            ).fetchall()
        self.say(f"書き残された記録 {len(rows)}行:")
        for number, at, name, action, outcome, reasons in rows:
            self.say(f"  {number:6} {at:%H:%M:%S} {name or '―'} {action} {outcome} {reasons}".rstrip())


def _last_row() -> int:
    with database.connect(Role.OWNER) as connection:
        row = connection.execute("SELECT coalesce(max(id), 0) FROM care.access_log").fetchone()
    return int(row[0]) if row else 0


def run(town: Town, port: int, say: Callable[[str], None]) -> bool:
    """Start the server as a process of its own, do the steps, stop the server. It does not outlive this process."""
    process = dependent.begin(["serve", "--port", str(port), "--workers", "1"], stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(process, port)
        return Check(town, port, say).run()
    finally:
        dependent.end(process, 30)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 60
    while True:
        if process.poll() is not None or time.monotonic() > end:
            raise StepFailedError("サーバが起動する")
        try:
            Browser(port, None).get("/health/")
        except OSError:
            time.sleep(0.1)
        else:
            return
