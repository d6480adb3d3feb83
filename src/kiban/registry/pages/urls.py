from django.urls import path

from kiban.registry.pages import views

app_name = "registry"
urlpatterns = [
    path("offices/", views.offices, name="offices"),
    path("medical/", views.medical_institutions, name="medical"),
]
