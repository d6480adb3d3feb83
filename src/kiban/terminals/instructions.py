"""How a certificate gets into a browser, and the other steps, in words, per system and browser.

Written from the makers' documentation; the dialogs of Windows and macOS were not tried by us (docs/terminals.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices

from kiban.terminals.pages.drawings import Drawing, Kind, Line, Look
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
    """One thing to do, and what goes with it: a drawn dialog, or a picture (templates/terminals/pictures.html)."""

    words: str
    picture: str = ""
    drawing: Drawing | None = None


def _shown(words: str, title: str, *lines: str, button: str = "", look: Look = Look.WINDOWS) -> Instruction:
    """With a drawn dialog. A line is its kind and its words: ``chosen 現在のユーザー``; ``dots`` has none."""
    drawn = tuple(Line(Kind(kind), rest) for kind, _, rest in (line.partition(" ") for line in lines))
    return Instruction(words, drawing=Drawing(title, drawn, button, look))


WIZARD = "証明書のインポート ウィザード"
WINDOWS_STORE = (
    Instruction(f"受け取ったファイル(.p12)をダブルクリックします。「{WIZARD}」が開きます。", "file"),
    _shown(
        "保存場所は「現在のユーザー」のまま「次へ」を押し、ファイルの名前もそのまま「次へ」を押します。",
        WIZARD,
        "words 保存場所",
        "chosen 現在のユーザー",
        "choice ローカル コンピューター",
        button="次へ",
    ),
    _shown(
        "パスワードを入れます。「このキーをエクスポート可能にする」には印を付けません(鍵を持ち出せなくするためです)。",
        WIZARD,
        "words パスワード",
        "dots",
        "box 秘密キーの保護を強力にする",
        "box このキーをエクスポート可能にする",
        "ticked すべての拡張プロパティを含める",
        button="次へ",
    ),
    _shown(
        "「証明書の種類に基づいて、自動的に証明書ストアを選択する」のまま「次へ」、続けて「完了」を押します。",
        WIZARD,
        "words 証明書ストア",
        "chosen 証明書の種類に基づいて、自動的に",
        "words 　　証明書ストアを選択する",
        "choice すべて次のストアに配置する",
        button="次へ",
    ),
    _shown(
        "「セキュリティ警告」が出たら、発行者が Kaigo Kiban であることを確かめて「はい」を押します。",
        "セキュリティ警告",
        "words 発行者: Kaigo Kiban server-ca",
        "words この証明書をインストールしますか?",
        button="はい",
    ),
)
MAC_KEYCHAIN = (
    Instruction("受け取ったファイル(.p12)をダブルクリックします。「キーチェーンアクセス」が開きます。", "file"),
    _shown(
        "追加先に「ログイン」を選び、「追加」を押します。",
        "証明書を追加",
        "words キーチェーン",
        "picked ログイン",
        button="追加",
        look=Look.MAC,
    ),
    _shown(
        "証明書のパスワードを入れて「OK」を押します。",
        "キーチェーンアクセス",
        "words パスワードを入力",
        "dots",
        button="OK",
        look=Look.MAC,
    ),
    _shown(
        "「Kaigo Kiban server-ca」という証明書をダブルクリックして「信頼」を開き、「常に信頼」を選びます。"
        "Macのパスワードを聞かれたら入れます。",
        "Kaigo Kiban server-ca",
        "words この証明書を使用するとき",
        "picked 常に信頼",
        look=Look.MAC,
    ),
)
FIREFOX_STORE = (
    _shown(
        "Firefoxの「設定」から「プライバシーとセキュリティ」を開き、下のほうの「証明書を表示」を押します。",
        "設定 - プライバシーとセキュリティ",
        "words 証明書",
        "press 証明書を表示…",
        look=Look.PAGE,
    ),
    _shown(
        "「あなたの証明書」の「インポート」を押し、受け取ったファイル(.p12)を選びます。",
        "証明書マネージャー",
        "tab あなたの証明書",
        "press インポート…",
        look=Look.PAGE,
    ),
    _shown("パスワードを入れて「OK」を押します。", "パスワードが必要です", "dots", button="OK", look=Look.PAGE),
    _shown(
        "「認証局証明書」で「Kaigo Kiban server-ca」を選び、"
        "「信頼性を設定」から「この証明書をウェブサイトの識別に使用する」に印を付けます。",
        "証明書マネージャー",
        "tab 認証局証明書",
        "picked Kaigo Kiban server-ca",
        "ticked ウェブサイトの識別に使用する",
        button="OK",
        look=Look.PAGE,
    ),
)
CHOOSING = {
    Browser.EDGE: "認証用の証明書の選択",
    Browser.CHROME: "証明書の選択",
    Browser.FIREFOX: "個人証明書の要求",
}
CLEAN = Instruction("受け取ったファイルとパスワードのメモを消します。ごみ箱も空にします。", "clean")


def certificate(system: str, browser: str) -> list[Instruction]:
    """Putting the certificate in."""
    store = FIREFOX_STORE if browser == Browser.FIREFOX else MAC_KEYCHAIN if system == System.MAC else WINDOWS_STORE
    title = CHOOSING[Browser(browser)]
    choose = _shown(
        f"ブラウザーを全部閉じて開き直し、介護情報基盤を開きます。「{title}」が出たら、入れた証明書を選んで「OK」を押します。",
        title,
        "picked terminal-00(Kaigo Kiban)",
        button="OK",
        look=Look.PAGE,
    )
    return [*store, choose, CLEAN]


PASSWORDS = {  # where a browser is told not to keep passwords: the words, the page, its switch
    Browser.EDGE: (
        "Edgeの「設定」で「パスワード」をさがし、パスワードの保存を勧める設定をオフにします。",
        "設定 - パスワード",
        "off パスワードの保存を提案する",
    ),
    Browser.CHROME: (
        "Chromeの「設定」→「自動入力とパスワード」で、パスワードの保存を勧める設定をオフにします。",
        "設定 - 自動入力とパスワード",
        "off パスワードの保存を提案する",
    ),
    Browser.FIREFOX: (
        "Firefoxの「設定」→「プライバシーとセキュリティ」で、パスワードを保存する設定の印を外します。",
        "設定 - プライバシーとセキュリティ",
        "box パスワードを保存するか確認する",
    ),
}


WINDOWS_SETTINGS = (
    _shown(
        "時計を合わせます。「設定」の「時刻と言語」→「日付と時刻」で、「時刻を自動的に設定する」をオンにします。",
        "設定 - 日付と時刻",
        "switch 時刻を自動的に設定する",
        "switch タイム ゾーンを自動的に設定する",
    ),
    _shown(
        "画面のロックを決めます。「設定」の「システム」→「電源」で、使わないとき5分で画面が消えるようにし、"
        "「アカウント」→「サインイン オプション」で、戻るときにサインインを求めるようにします。",
        "設定 - 電源",
        "words 画面の電源を切るまでの時間",
        "picked 5分",
    ),
    _shown(
        "「デバイスの暗号化」か BitLockerで、ディスクを暗号化します。なくしたときに中身を読まれないためです。",
        "設定 - プライバシーとセキュリティ",
        "switch デバイスの暗号化",
    ),
)
MAC_SETTINGS = (
    _shown(
        "時計を合わせます。「システム設定」の「一般」→「日付と時刻」で、「時刻と日付を自動的に設定」を入にします。",
        "日付と時刻",
        "switch 時刻と日付を自動的に設定",
        look=Look.MAC,
    ),
    _shown(
        "画面のロックを決めます。「システム設定」の「ロック画面」で、使わないとき5分で画面が消え、"
        "すぐにパスワードを求めるようにします。",
        "ロック画面",
        "words 使用していない場合は画面を切る",
        "picked 5分",
        "words そのあとパスワードを要求",
        "picked すぐに",
        look=Look.MAC,
    ),
    _shown(
        "FileVaultで、ディスクを暗号化します。なくしたときに中身を読まれないためです。",
        "プライバシーとセキュリティ",
        "switch FileVault",
        look=Look.MAC,
    ),
)


def settings(system: str, browser: str) -> list[Instruction]:
    """初期設定: what makes a machine fit to look at care information."""
    words, page, switch = PASSWORDS[Browser(browser)]
    return [
        *(MAC_SETTINGS if system == System.MAC else WINDOWS_SETTINGS),
        _shown(f"ブラウザーに職員のパスワードを覚えさせないようにします。{words}", page, switch, look=Look.PAGE),
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
        _shown(
            "ブラウザーが、この端末のアプリへのアクセスの許可を求めたら「許可」を押します。",
            "介護情報基盤が許可を求めています",
            "words この端末のアプリへのアクセス",
            button="許可",
            look=Look.PAGE,
        ),
        _shown(
            "「この端末を点検する」を開き、カードリーダーの項目がよいことを確かめます。",
            "この端末を点検する",
            "picked カードリーダー: よい",
            look=Look.PAGE,
        ),
    ]


def of(step: Step, system: str, browser: str) -> list[Instruction]:
    """What to do for a step, in order."""
    write = {Step.CERTIFICATE: certificate, Step.SETTINGS: settings, Step.READER: reader}
    return write[step](system, browser)


def likely(os: str, browser: str) -> tuple[System, Browser]:
    """System and browser to begin with, from what the ledger says of the terminal."""
    system = System.MAC if os.startswith("mac") else System.WINDOWS
    known_browser = next((candidate for candidate in Browser if candidate.label == browser), None)
    return system, known_browser or (Browser.CHROME if system is System.MAC else Browser.EDGE)
