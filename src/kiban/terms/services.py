"""Which kinds of service (サービス種類コード) make the person's plan."""

from __future__ import annotations

# 居宅介護支援, 介護予防支援, 介護予防ケアマネジメント; the usual one first. In SQL: ``gate.plan_services()``.
MAKES_PLAN = ("43", "46", "AF")
