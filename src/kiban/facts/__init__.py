"""The tables the gate decides by and nothing else: 同意, 不同意, 担当, 本人確認, 緊急, 引き継ぎ."""
