"""The field's small words: 和暦, months, 要介護度, 利用目的."""
