"""居宅介護支援 運営基準減算: month by month, which record proves each requirement, and which one is lacking."""
