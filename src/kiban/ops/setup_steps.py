"""Steps of ``kiban setup`` that rooms contribute: each room names them in its ``AppConfig``, none is imported here.

A room's ``AppConfig`` may have ``reference_data()``, which loads code lists the product ships, and ``prepare()``, which
makes files the room needs in the data folder. Both may be repeated.
"""

from __future__ import annotations

from django.apps import apps


def load_reference_data() -> None:
    """Run every room's ``reference_data`` in the order of the rooms."""
    for config in apps.get_app_configs():
        step = getattr(config, "reference_data", None)
        if step is not None:
            step()


def prepare() -> list[str]:
    """Run every room's ``prepare`` (files in the data folder: an authority, keys). Returns what was made, in words."""
    return [words for config in apps.get_app_configs() for words in getattr(config, "prepare", list)()]
