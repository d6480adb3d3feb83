from django.urls import path

from kiban.plans.pages import printing, views

app_name = "plans"
urlpatterns = [
    path("people/<person:key>/plan/own/", views.plans_of, name="plans"),
    path("people/<person:key>/plan/new/", views.write, name="new"),
    path("people/<person:key>/plan/<int:number>/correct/", views.correct, name="correct"),
    path("people/<person:key>/plan/<int:number>/agree/", views.agree, name="agree"),
    path("people/<person:key>/plan/<int:number>/deliver/", views.deliver, name="deliver"),
    path("people/<person:key>/plan/<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<person:key>/plan/<int:number>/files/", views.files, name="files"),
    path("people/<person:key>/plan/<int:number>/print/", printing.print_plan, name="print"),
]
