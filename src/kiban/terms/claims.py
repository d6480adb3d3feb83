"""The days of the month after by which 実績 and claims are in (請求: until the 10th, to 国保連)."""

from __future__ import annotations

ACTUALS_BY, CLAIM_BY = 5, 10
