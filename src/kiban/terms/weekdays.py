"""Days of the week, counted as ``datetime.date.weekday`` counts them."""

WEEKDAYS = "月火水木金土日"
SUNDAY = 6
