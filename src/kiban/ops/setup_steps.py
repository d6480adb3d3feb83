"""Steps of ``kiban setup`` that rooms contribute: each room names them in its ``AppConfig``, none is imported here.

A room's ``AppConfig`` may have ``reference_data()``: it loads code lists the product ships, idempotently.
"""

from __future__ import annotations

from django.apps import apps


def load_reference_data() -> None:
    """Run every room's ``reference_data`` in the order of the rooms."""
    for config in apps.get_app_configs():
        step = getattr(config, "reference_data", None)
        if step is not None:
            step()
