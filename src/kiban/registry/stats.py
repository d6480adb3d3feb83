"""How much of each master is loaded. What has been withdrawn is not counted."""

from __future__ import annotations

from django.db.models import Sum

from kiban.registry.models import (
    Insurer,
    JobType,
    MedicalInstitution,
    Municipality,
    Office,
    OfficeService,
    Prefecture,
    ServiceKind,
)

TITLES = {
    "insurers": "保険者",
    "municipalities": "市区町村(政令市の区を含む)",
    "prefectures": "都道府県",
    "offices": "介護サービス事業所",
    "office_services": "事業所のサービス",
    "medical_institutions": "医療機関(一覧の行)",
    "medical_institution_codes": "医療機関(番号)",
    "service_kinds": "サービス種類",
    "job_types": "職種",
}


def counts() -> dict[str, int]:
    """Number of rows of each master.

    The list of medical institutions repeats some rows word for word: ``medical_institutions`` counts the rows of the
    list, ``medical_institution_codes`` the different codes.
    """
    medical = MedicalInstitution.objects.filter(withdrawn_on=None)
    return {
        "insurers": Insurer.objects.filter(withdrawn_on=None).count(),
        "municipalities": Municipality.objects.filter(withdrawn_on=None).count(),
        "prefectures": Prefecture.objects.count(),
        "offices": Office.objects.filter(withdrawn_on=None).count(),
        "office_services": OfficeService.objects.filter(withdrawn_on=None).count(),
        "medical_institutions": medical.aggregate(rows=Sum("listed"))["rows"] or 0,
        "medical_institution_codes": medical.count(),
        "service_kinds": ServiceKind.objects.count(),
        "job_types": JobType.objects.count(),
    }
