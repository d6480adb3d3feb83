"""ケアプランデータ連携標準仕様: layouts, checks, 突合, and what would likely come back before a claim."""
