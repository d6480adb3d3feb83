"""場面: who looks, in which scene, where, at which terminal."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils import timezone

from kiban.registry.models import JobType, Organisation
from kiban.terminals.models import Scene, Terminal

# What an office usually needs, to begin with; each is changed or ended as the office works.
USUAL = (
    "朝の申し送り・記録の確認",
    "居宅サービス計画の作成",
    "サービス担当者会議",
    "自宅への訪問",
    "急な連絡",
)


def in_use(organisation: Organisation) -> list[Scene]:
    """The organisation's scenes, in their order."""
    return list(organisation.scenes.filter(ended_at=None).select_related("terminal"))


def save(
    organisation: Organisation,
    scene: Scene | None,
    *,
    name: str,
    place: str,
    job_types: Sequence[str],
    terminal: Terminal | None,
) -> Scene:
    """Enter a scene, or change one.

    Args:
        job_types: codes of those who look.
        terminal: one of the organisation's, or ``None`` while it is not decided.
    """
    if terminal is not None and terminal.organisation_id != organisation.pk:
        raise ValueError("a terminal of another organisation")
    if scene is None:
        last = organisation.scenes.aggregate(last=Max("position"))["last"]
        scene = Scene(organisation=organisation, position=0 if last is None else last + 1)
    scene.name, scene.place, scene.job_types, scene.terminal = name, place, list(job_types), terminal
    scene.save()
    return scene


def end(scene: Scene) -> None:
    """The scene does not happen any more; what it was stays."""
    Scene.objects.filter(pk=scene.pk, ended_at=None).update(ended_at=timezone.now())


def job_names() -> dict[str, str]:
    """職種 by code, in their order."""
    return dict(JobType.objects.order_by("position").values_list("code", "name"))
