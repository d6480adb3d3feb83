"""Codes with which a claim comes back, as far as an early check is possible (reference: office practice §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClaimCode(StrEnum):
    """A code of 返戻・保留. Looking up a name that is not here raises."""

    P0 = "12P0"
    PA = "12PA"
    P4 = "12P4"
    QJ = "12QJ"
    PD = "12PD"
    P6 = "15P6"
    ASSA = "ASSA"
    ANN = "ANN0"
    ANNM = "ANNM"
    ADD0 = "ADD0"
    ADD1 = "ADD1"
    ADD2 = "ADD2"


@dataclass(frozen=True)
class Meaning:
    """What a code says.

    Attributes:
        names: the codes that are used for it, as 国保連 writes them.
        what: in a Japanese noun phrase.
        ledger: of the four ledgers the one it rests on.
        source: where the code and its meaning were read.
    """

    names: str
    what: str
    ledger: str
    source: str


FAQ = "国保連の公開FAQ"
AICHI = "愛知県国保連の公開資料"
MEANINGS = {
    ClaimCode.P0: Meaning("12P0・PO", "認定情報が登録されていない", "受給者台帳", f"{FAQ}(茨城・宮城ほか)"),
    ClaimCode.PA: Meaning("12PA・PA", "区分変更の申請中", "受給者台帳", f"{FAQ}(茨城・宮城)"),
    ClaimCode.P4: Meaning("12P4・12P5", "居宅サービス計画の届出と違う", "受給者台帳", f"{FAQ}(茨城)"),
    ClaimCode.QJ: Meaning("12QJ・10QF・QT", "要介護度・生年月日・性別が違う", "受給者台帳", f"{FAQ}(宮城ほか)"),
    ClaimCode.PD: Meaning("12PD", "認定有効期間の外のサービス", "受給者台帳", AICHI),
    ClaimCode.P6: Meaning("15P6・12P3", "区分支給限度基準額を超えている", "受給者台帳", AICHI),
    ClaimCode.ASSA: Meaning("ASSA", "給付率が台帳と違う", "受給者台帳", f"{FAQ}(茨城)"),
    ClaimCode.ANN: Meaning("ANN0・ANNJ・ANN9", "給付管理票の新規・修正の区分が違う", "給付管理票", f"{FAQ}(宮城ほか)"),
    ClaimCode.ANNM: Meaning("ANNM", "給付管理票の修正を待って保留になる", "給付管理票", AICHI),
    ClaimCode.ADD0: Meaning("ADD0", "事業所が台帳にない", "事業所台帳", AICHI),
    ClaimCode.ADD1: Meaning("ADD1", "その日に指定のないサービス", "事業所台帳", AICHI),
    ClaimCode.ADD2: Meaning("ADD2", "保険者が台帳にない", "事業所台帳", AICHI),
}
