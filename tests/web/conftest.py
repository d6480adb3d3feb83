from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.test import Client

from kiban.ops.room import Place
from kiban.web import navigation

PLACES = [
    Place(20, "利用者", "viewing:people"),
    Place(10, "今日", "home:today"),
    Place(50, "職員", "staff:list", administrators_only=True),
]


@pytest.fixture(autouse=True)
def _database(django_db_blocker: Any) -> Iterator[None]:
    """The web room asks no database, and its tests hold it to that."""
    with django_db_blocker.block():
        yield


@pytest.fixture
def frame_only(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The frame with three places and the gallery's pages, and no room above the web room."""
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.TEMPLATES = deepcopy(django_settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"] = [str(Path(__file__).parent / "templates")]
    settings.MIDDLEWARE = [
        name
        for name in django_settings.MIDDLEWARE
        if not name.startswith(("kiban.terminals", "kiban.staff", "axes", "django.contrib.auth"))
    ]
    settings.ALLOWED_HOSTS = ["*"]
    for config in apps.get_app_configs():
        if hasattr(config, "navigation"):
            monkeypatch.setattr(config, "navigation", [])
    monkeypatch.setattr(apps.get_app_config("web"), "navigation", PLACES, raising=False)
    forget()
    yield
    forget()


def forget() -> None:
    navigation._places.cache_clear()
    navigation._links.cache_clear()


@pytest.fixture
def client(frame_only: None) -> Client:
    return Client(raise_request_exception=False)
