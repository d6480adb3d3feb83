from django.urls import path

from kiban.api import views, witness

app_name = "api"
urlpatterns = [
    path("v1/witness/add-checkpoint", witness.add_checkpoint, name="witness"),
    path("v1/people", views.people, name="people"),
    path("v1/people/<person:key>/records", views.records, name="records"),
]
