from django.urls import path

from kiban.plans.pages import phrase_pages, registrations, typing_in, views

app_name = "plans"
urlpatterns = [
    path("plan/phrases/", phrase_pages.phrase_list, name="phrases"),
    path("plan/phrases/change/", phrase_pages.change_phrase, name="change-phrase"),
    path("people/<person:key>/plan/own/", views.plan_list, name="plans"),
    path("people/<person:key>/plan/new/", typing_in.write, name="new"),
    path("people/<person:key>/plan/<int:number>/correct/", typing_in.correct, name="correct"),
    path("people/<person:key>/plan/<int:number>/agree/", registrations.agree, name="agree"),
    path("people/<person:key>/plan/<int:number>/deliver/", registrations.deliver, name="deliver"),
    path("people/<person:key>/plan/<int:number>/withdraw/", registrations.withdraw, name="withdraw"),
    path("people/<person:key>/plan/<int:number>/files/", views.files, name="files"),
    path("people/<person:key>/plan/<int:number>/print/", views.print_plan, name="print"),
]
