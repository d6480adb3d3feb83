"""要介護認定情報: 認定結果・経過, 認定調査票 (certification_survey.py), 審査会進捗."""

from __future__ import annotations

from kiban.records.certification_survey import SURVEY
from kiban.records.codes import DEMENTIA_INDEPENDENCE, INDEPENDENCE, LEVELS
from kiban.records.fields import Code, Date, Text
from kiban.records.items import Group, Item, Kind, needs, ordered

APPLICATIONS = {"1": "新規", "2": "更新", "3": "区分変更", "4": "サービスの種類の変更", "5": "職権", "6": "転入"}
STATES = {"1": "申請中", "2": "認定済", "3": "却下", "4": "取下"}
# What a first judgment can say; 要支援2 and 要介護1 are told apart only by the board.
FIRST_LEVELS = {**LEVELS, "14": "要介護1相当"}

RESULT = Item(
    key="certification.result",
    label="認定結果・経過",
    source="要介護認定の申請から結果通知まで(介護保険法第27条ほか)",
    groups=(
        Group(
            "結果",
            (
                Code("care_level", "要介護度", codes=LEVELS, shows_nothing=True),
                Date("decided_on", "認定日"),
                Date("valid_from", "有効期間開始日"),
                Date("valid_until", "有効期間終了日"),
                Text("board_opinion", "審査会意見", max_length=1000, shows_nothing=True),
                Text("service_designation", "サービスの種類の指定", max_length=1000),
                Code("previous_level", "前回の要介護度", codes=LEVELS),
            ),
        ),
        Group(
            "申請",
            (
                Date("applied_on", "申請日", required=True),
                Code("application_kind", "申請区分", codes=APPLICATIONS, required=True),
                Code("state", "認定状況", codes=STATES, required=True),
            ),
        ),
        Group(
            "経過",
            (
                Date("survey_requested_on", "調査依頼日"),
                Date("survey_done_on", "調査実施日"),
                Date("opinion_requested_on", "意見書依頼日"),
                Date("opinion_received_on", "意見書入手日"),
                Date("first_judged_on", "一次判定日"),
                Date("board_on", "審査会開催日"),
                Date("notified_on", "結果通知日"),
            ),
        ),
        Group(
            "日常生活自立度(審査会資料)",
            (
                Code("independence", "障害高齢者の日常生活自立度", codes=INDEPENDENCE),
                Code("dementia_independence", "認知症高齢者の日常生活自立度", codes=DEMENTIA_INDEPENDENCE),
            ),
        ),
    ),
    checks=(
        ordered("valid_from", "valid_until"),
        needs(
            "care_level",
            "valid_from",
            "要介護度があるのに、有効期間開始日がありません。",
            "有効期間を書き加えてください。",
        ),
        needs("care_level", "decided_on", "要介護度があるのに、認定日がありません。", "認定日を書き加えてください。"),
        ordered("applied_on", "decided_on", "認定日が申請日より前です。"),
        ordered("survey_requested_on", "survey_done_on", "調査実施日が調査依頼日より前です。"),
        ordered("opinion_requested_on", "opinion_received_on", "意見書入手日が意見書依頼日より前です。"),
    ),
    valid_from="valid_from",
    valid_until="valid_until",
)

PROGRESS = Item(
    key="certification.progress",
    label="審査会進捗",
    source="新潟市の事業所システムが示す進捗項目。国の項目は未確認",
    groups=(
        Group(
            "審査会までの進み具合",
            (
                Date("applied_on", "申請日", required=True),
                Code("application_kind", "申請区分", codes=APPLICATIONS, required=True),
                Date("visited_on", "訪問調査日", shows_nothing=True),
                Date("opinion_received_on", "主治医意見書提出日", shows_nothing=True),
                Date("first_judged_on", "一次判定日", shows_nothing=True),
                # Here and not with the result: who may see a first judgment is not published, and neither is who may
                # see the progress, so both stay closed until they are.
                Code("first_level", "一次判定結果", codes=FIRST_LEVELS),
                Date("board_planned_on", "審査会予定日"),
                Date("second_judged_on", "二次判定日", shows_nothing=True),
                Code("second_level", "二次判定結果", codes=LEVELS, shows_nothing=True),
                Text("remarks", "備考", max_length=400),
            ),
        ),
    ),
    checks=(
        ordered("first_judged_on", "second_judged_on", "二次判定日が一次判定日より前です。"),
        needs(
            "second_level",
            "second_judged_on",
            "二次判定結果があるのに、二次判定日がありません。",
            "二次判定日を書き加えてください。",
        ),
    ),
)

KIND = Kind("certification", "要介護認定情報", 2, (RESULT, SURVEY, PROGRESS))
