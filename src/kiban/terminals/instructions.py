"""How a certificate gets into a browser, and the other steps, in words, per system and browser.

Written from the makers' documentation; the dialogs of Windows and macOS were not tried by us (docs/terminals.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from kiban.terminals.steps import Step


class System(TextChoices):
    WINDOWS = "windows", "Windows"
    MAC = "mac", "macOS"


class Browser(TextChoices):
    EDGE = "edge", "Microsoft Edge"
    CHROME = "chrome", "Google Chrome"
    FIREFOX = "firefox", "Firefox"


@dataclass(frozen=True)
class Instruction:
    """One thing to do, and the picture that goes with it (templates/terminals/pictures.html)."""

    words: str
    picture: str = ""


WINDOWS_STORE = (
    Instruction(
        "受け取ったファイル(.p12)をダブルクリックします。「証明書のインポート ウィザード」が開きます。", "file"
    ),
    Instruction(
        "保存場所は「現在のユーザー」のまま「次へ」を押し、ファイルの名前もそのまま「次へ」を押します。", "wizard"
    ),
    Instruction(
        "パスワードを入れます。「このキーをエクスポート可能にする」には印を付けません(鍵を持ち出せなくするためです)。",
        "password",
    ),
    Instruction(
        "「証明書の種類に基づいて、自動的に証明書ストアを選択する」のまま進めて「完了」を押します。"
        "「セキュリティ警告」が出たら、発行者が Kaigo Kiban であることを確かめて「はい」を押します。",
        "wizard",
    ),
)
MAC_KEYCHAIN = (
    Instruction("受け取ったファイル(.p12)をダブルクリックします。「キーチェーンアクセス」が開きます。", "file"),
    Instruction("追加先に「ログイン」を選び、証明書のパスワードを入れます。", "password"),
    Instruction(
        "「server-ca」という証明書をダブルクリックして「信頼」を開き、「常に信頼」を選びます。"
        "Macのパスワードを聞かれたら入れます。",
        "wizard",
    ),
)
FIREFOX_STORE = (
    Instruction("Firefoxの「設定」から「プライバシーとセキュリティ」を開き、「証明書を表示」を押します。", "firefox"),
    Instruction("「あなたの証明書」の「インポート」を押し、受け取ったファイル(.p12)を選びます。", "file"),
    Instruction("パスワードを入れて「OK」を押します。", "password"),
    Instruction(
        "「認証局証明書」で「server-ca」を選び、「信頼性を設定」から「この証明書をウェブサイトの識別に使用する」に印を付けます。",
        "wizard",
    ),
)
CHOOSE = Instruction(
    "ブラウザーを全部閉じて開き直し、介護情報基盤を開きます。証明書を選ぶ画面が出たら、入れた証明書を選んで「OK」を押します。",
    "choose",
)
CLEAN = Instruction("受け取ったファイルとパスワードのメモを消します。ごみ箱も空にします。", "clean")


def certificate(system: str, browser: str) -> list[Instruction]:
    """Putting the certificate in."""
    if browser == Browser.FIREFOX:
        return [*FIREFOX_STORE, CHOOSE, CLEAN]
    return [*(MAC_KEYCHAIN if system == System.MAC else WINDOWS_STORE), CHOOSE, CLEAN]


def settings(system: str, browser: str) -> list[Instruction]:
    """初期設定: what makes a machine fit to look at care information."""
    clock = (
        "「システム設定」の「一般」→「日付と時刻」で、「時刻と日付を自動的に設定」を入にします。"
        if system == System.MAC
        else "「設定」の「時刻と言語」→「日付と時刻」で、「時刻を自動的に設定する」をオンにします。"
    )
    lock = (
        "「システム設定」の「ロック画面」で、使わないとき5分で画面が消え、すぐにパスワードを求めるようにします。"
        if system == System.MAC
        else "「設定」の「アカウント」→「サインイン オプション」と「電源」で、使わないとき5分でロックするようにします。"
    )
    disk = "FileVault" if system == System.MAC else "「デバイスの暗号化」か BitLocker"
    ask = {
        Browser.FIREFOX: "Firefoxの「設定」→「プライバシーとセキュリティ」で、「パスワードを保存する」の印を外します。",
    }.get(Browser(browser), "ブラウザーの「設定」→「パスワード」で、「パスワードを保存する」をオフにします。")
    return [
        Instruction(f"時計を合わせます。{clock}", "clock"),
        Instruction(f"画面のロックを決めます。{lock}", "lock"),
        Instruction(f"{disk}で、ディスクを暗号化します。なくしたときに中身を読まれないためです。", "lock"),
        Instruction(f"ブラウザーに職員のパスワードを覚えさせないようにします。{ask}", "password"),
        Instruction("OSとブラウザーの更新を自動にします。介護情報基盤をお気に入りに入れます。", "choose"),
    ]


def reader(system: str, browser: str) -> list[Instruction]:
    """カードリーダー: only where identity is confirmed by My Number card."""
    connect = (
        "カードリーダーをUSBにつなぎます。必要なら、メーカーのページからmacOS用のドライバーを入れます。"
        if system == System.MAC
        else "カードリーダーをUSBにつなぎます。Windowsがドライバーを入れ終わるまで待ちます。"
    )
    return [
        Instruction(connect, "reader"),
        Instruction(
            "カードを読むためのソフト(OpenSC と kiban-card)を入れます。運営の案内に入れ方があります。", "wizard"
        ),
        Instruction(
            "ブラウザーが、この端末のアプリへのアクセスの許可を求めたら「許可」を押します。",
            "choose",
        ),
        Instruction("「この端末を点検する」を開き、カードリーダーの項目がよいことを確かめます。", "reader"),
    ]


def of(step: Step, system: str, browser: str) -> list[Instruction]:
    """What to do for a step, in order."""
    write = {Step.CERTIFICATE: certificate, Step.SETTINGS: settings, Step.READER: reader}
    return write[step](system, browser)


def likely(os: str, browser: str) -> tuple[System, Browser]:
    """System and browser to begin with, from what the ledger says of the terminal."""
    system = System.MAC if os.startswith("mac") else System.WINDOWS
    found = next((one for one in Browser if one.label == browser), None)
    return system, found or (Browser.CHROME if system is System.MAC else Browser.EDGE)
