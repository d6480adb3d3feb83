"""Which kinds of service (サービス種類コード) make the person's plan."""

from __future__ import annotations

# 居宅介護支援, 介護予防支援, 介護予防ケアマネジメント; the usual one first. ``gate.plan_services()`` says the same in SQL.
MAKES_PLAN = ("43", "46", "AF")
