from django.urls import path

from kiban.log.pages import views

app_name = "log"
urlpatterns = [path("people/<person:key>/log/", views.person_log, name="person")]
