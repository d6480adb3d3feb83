"""A list of addresses with nothing in it."""

urlpatterns: list[object] = []
