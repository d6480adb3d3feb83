"""Addresses of what administrators look through: suspicions, and everybody's rights."""

from django.urls import path

from kiban.staff.review.pages import rights_review, suspicions

urlpatterns = [
    path("staff/findings/", suspicions.suspicion_list, name="findings"),
    path("staff/findings/<int:pk>/", suspicions.clear, name="finding"),
    path("staff/rights/", rights_review.review, name="rights-review"),
    path("staff/rights/<int:pk>/", rights_review.past, name="past-rights-review"),
]
