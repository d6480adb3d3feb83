"""要介護状態区分: the code as in the care-plan CSV, the word staff use, and the limit in units a month."""

CARE_LEVELS = {
    "01": "非該当",
    "06": "事業対象者",
    "12": "要支援1",
    "13": "要支援2",
    "21": "要介護1",
    "22": "要介護2",
    "23": "要介護3",
    "24": "要介護4",
    "25": "要介護5",
}
# 区分支給限度基準額 in units a month since October 2019 (告示 平成12年 第33号 as amended). A municipality may set more
# by its own 条例, so what is written in a file counts before it.
LIMIT_UNITS = {"12": 5032, "13": 10531, "21": 16765, "22": 19705, "23": 27048, "24": 30938, "25": 36217}
