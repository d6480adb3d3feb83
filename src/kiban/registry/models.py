"""Masters (公開台帳) and the organisations that take part.

Masters come from public data (``kiban registry load``) and hold what the ministry publishes, checked but never
corrected. ``Organisation`` is somebody who takes part in *this* installation: an office, a municipality or a
medical institution with its own terminals and staff. The insured persons (被保険者) are not here: they lie in
schema ``care``, out of reach of the web role (see ``sql/0002_person.sql``).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


def grams_field() -> ArrayField[list[str], list[str]]:
    """Characters and pairs of characters to search by; compared byte by byte, whatever the server's locale."""
    return ArrayField(models.TextField(db_collation="C"), default=list)


class Prefecture(models.Model):
    """都道府県."""

    code = models.CharField("都道府県コード", max_length=2, primary_key=True)
    name = models.CharField("名称", max_length=10)
    kana = models.CharField("カナ", max_length=20)


class Municipality(models.Model):
    """市区町村 and wards of designated cities, by 全国地方公共団体コード (6 digits with check digit)."""

    code = models.CharField("団体コード", max_length=6, primary_key=True)
    prefecture = models.ForeignKey(Prefecture, on_delete=models.PROTECT)
    name = models.CharField("名称", max_length=60)
    kana = models.CharField("カナ", max_length=120)
    is_ward = models.BooleanField("政令市の区", default=False)
    withdrawn_on = models.DateField("一覧から消えた日", null=True, blank=True)


class Insurer(models.Model):
    """保険者: a municipality or a wide-area body, with the real counts of the yearly report (年報)."""

    class NumberStatus(models.TextChoices):
        PUBLISHED = "published", "公表"
        DERIVED = "derived", "計算による(公表データではない)"
        ENTERED = "entered", "運営者が登録"
        UNKNOWN = "unknown", "未確認"

    class Readiness(models.TextChoices):
        DATE = "date", "利用開始日あり"
        ARRANGING = "arranging", "日程調整中"
        UNDECIDED = "undecided", "未定"
        UNCONFIRMED = "unconfirmed", "未確認"

    prefecture = models.ForeignKey(Prefecture, on_delete=models.PROTECT)
    name = models.CharField("名称", max_length=60)
    number = models.CharField("保険者番号", max_length=6, null=True, blank=True, unique=True)
    number_status = models.CharField(max_length=10, choices=NumberStatus, default=NumberStatus.UNKNOWN)
    municipality_code = models.CharField("団体コード", max_length=6, blank=True)
    is_wide_area = models.BooleanField("広域連合・一部事務組合", default=False)
    counts = models.JSONField("第1号被保険者数・認定者数", default=dict)
    readiness = models.CharField(max_length=12, choices=Readiness, default=Readiness.UNCONFIRMED)
    started_on = models.DateField("利用開始日", null=True, blank=True)
    withdrawn_on = models.DateField("年報から消えた日", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefecture", "name"], name="registry_insurer_name"),
        ]


class MigratedItem(models.Model):
    """From which day the information of one item (or, with item ``*``, of all) of an insurer is in the platform."""

    insurer = models.ForeignKey(Insurer, on_delete=models.CASCADE)
    item = models.CharField("情報", max_length=40)
    migrated_on = models.DateField("移行日")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insurer", "item"], name="registry_migrateditem_once")]


class ServiceKind(models.Model):
    """サービス種類コード (2 characters)."""

    code = models.CharField("サービス種類コード", max_length=2, primary_key=True)
    name = models.CharField("名称", max_length=60)
    grade = models.CharField("確からしさ", max_length=4)


class JobType(models.Model):
    """職種 an account can have. The codes are ours: no national list of the WEB service is published."""

    code = models.CharField(max_length=30, primary_key=True)
    name = models.CharField("名称", max_length=40)
    position = models.PositiveSmallIntegerField()


class Published(models.Model):
    """What the open data say of an office. The same number may stand under several services, each with its own."""

    name = models.CharField("事業所名", max_length=200)
    kana = models.CharField("事業所名カナ", max_length=300)
    municipality_code = models.CharField("団体コード", max_length=6)
    prefecture = models.ForeignKey(Prefecture, on_delete=models.PROTECT)
    place = models.CharField("市区町村名", max_length=60)
    address = models.CharField("住所", max_length=300)
    building = models.CharField("方書", max_length=200, blank=True)
    telephone = models.CharField("電話番号", max_length=40, blank=True)
    fax = models.CharField("FAX番号", max_length=40, blank=True)
    corporation_number = models.CharField("法人番号", max_length=13, blank=True)
    corporation_name = models.CharField("法人の名称", max_length=200, blank=True)
    edition = models.CharField("この内容になった版", max_length=60)
    withdrawn_on = models.DateField("公表から消えた日", null=True, blank=True)

    class Meta:
        abstract = True


class Office(Published):
    """介護サービス事業所: one row per 事業所番号, as its first published service names it (``OfficeService``)."""

    number = models.CharField("事業所番号", max_length=10, primary_key=True)
    number_check = models.CharField("検査数字", max_length=8)
    search_key = models.TextField("検索キー", db_collation="C")
    search_grams = grams_field()

    class Meta:
        indexes = [
            GinIndex(fields=["search_grams"], name="registry_office_grams"),
            models.Index(fields=["municipality_code"], name="registry_office_municipality"),
        ]


class OfficeService(Published):
    """One service of one office, as published (open-data kind, 3 digits, and サービス種類コード)."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="services")
    kind = models.CharField("公表種別", max_length=3)
    service_code = models.CharField("サービス種類コード", max_length=2)
    capacity = models.PositiveIntegerField("定員", null=True, blank=True)
    url = models.CharField("URL", max_length=400, blank=True)
    days = models.CharField("利用可能曜日", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "kind"], name="registry_officeservice_once")]
        indexes = [models.Index(fields=["kind", "prefecture"], name="registry_officeservice_kind")]


class MedicalInstitution(models.Model):
    """保険医療機関 (10-digit code: prefecture 2, 点数表 1, 7)."""

    code = models.CharField("医療機関コード", max_length=10, primary_key=True)
    code_check = models.CharField("検査数字", max_length=8)
    prefecture = models.ForeignKey(Prefecture, on_delete=models.PROTECT)
    name = models.CharField("名称", max_length=200)
    postal_code = models.CharField("郵便番号", max_length=8, blank=True)
    address = models.CharField("住所", max_length=300)
    listed = models.PositiveSmallIntegerField("一覧に載る回数", default=1)
    search_key = models.TextField("検索キー", db_collation="C")
    search_grams = grams_field()
    edition = models.CharField("この内容になった版", max_length=60)
    withdrawn_on = models.DateField("一覧から消えた日", null=True, blank=True)

    class Meta:
        indexes = [GinIndex(fields=["search_grams"], name="registry_medical_grams")]


class MasterLoad(models.Model):
    """A file of a master that was read: which edition stands in the tables, and whether it came with the product."""

    dataset = models.CharField("台帳", max_length=40)
    label = models.CharField("版", max_length=60)
    sha256 = models.CharField("ファイルのSHA-256", max_length=64)
    shipped = models.BooleanField("製品に付属", default=False)
    rows = models.PositiveIntegerField("行数")
    refused = models.PositiveIntegerField("読み込めなかった行", default=0)
    loaded_at = models.DateTimeField("読み込んだ日時")

    class Meta:
        indexes = [models.Index(fields=["dataset", "-id"], name="registry_masterload_last")]


class Organisation(models.Model):
    """An organisation that takes part here: it owns terminals, employs staff and is registered as 担当."""

    class Kind(models.TextChoices):
        OFFICE = "office", "介護事業所"
        MUNICIPALITY = "municipality", "市町村"
        MEDICAL = "medical", "医療機関"

    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField("事業所番号・保険者番号・医療機関コード", max_length=10)
    name = models.CharField("名称", max_length=200)
    corporation_name = models.CharField("法人の名称", max_length=200, blank=True)
    telephone = models.CharField("電話番号", max_length=40, blank=True)
    enrolled_on = models.DateField("利用登録日")
    ended_on = models.DateField("利用終了日", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="registry_organisation_once")]


class OrganisationService(models.Model):
    """A service kind the organisation is designated for (指定), with its dates (half-open)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="services")
    service = models.ForeignKey(ServiceKind, on_delete=models.PROTECT)
    starts_on = models.DateField("指定日")
    ends_on = models.DateField("指定終了日", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "service", "starts_on"], name="registry_orgservice_once"),
        ]
