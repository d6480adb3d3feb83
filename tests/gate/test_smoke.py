from django.db import connection


def test_connected_as_the_web_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("kiban_web",)
