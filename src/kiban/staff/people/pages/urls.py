"""Addresses of the staff of an organisation: employments, invitations, 法人, 代行, staff lists, changes."""

from django.urls import path

from kiban.staff.people.pages import changes, corporation, corrections, delegations, invitations, people, staff_lists

urlpatterns = [
    path("invitation/", invitations.enter_key, name="invitation-key"),
    path("invitation/<str:key>/", invitations.accept, name="invitation"),
    path("staff/invitations/", invitations.invitation_list, name="invitations"),
    path("staff/invitations/add/", invitations.invite, name="invite"),
    path("staff/invitations/letter/", invitations.letter, name="invitation-letter"),
    path("staff/invitations/<int:pk>/again/", invitations.issue_again, name="issue-again"),
    path("staff/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw-invitation"),
    path("staff/corporation/", corporation.corporation, name="corporation"),
    path("staff/corporation/<int:pk>/add/", corporation.take_over, name="take-over"),
    path("staff/file/", people.person_file, name="people-file"),
    path("staff/delegations/", delegations.delegation_list, name="delegations"),
    path("staff/delegations/add/", delegations.grant, name="delegate"),
    path("staff/delegations/<int:pk>/sheet/", delegations.sheet, name="delegation-sheet"),
    path("staff/delegations/<int:pk>/revoke/", delegations.revoke, name="revoke-delegation"),
    path("acting/", delegations.acting, name="acting"),
    path("acting/<int:pk>/begin/", delegations.begin_acting, name="begin-acting"),
    path("acting/stop/", delegations.stop_acting, name="stop-acting"),
    path("staff/lists/", staff_lists.staff_lists, name="staff-lists"),
    path("staff/lists/sample/", staff_lists.sample, name="staff-list-sample"),
    path("staff/lists/<int:pk>/", staff_lists.staff_list_result, name="staff-list"),
    path("staff/lists/<int:pk>/<int:number>/", staff_lists.settle, name="settle-finding"),
    path("staff/changes/", changes.change_list, name="changes"),
    path("staff/", people.person_list, name="people"),
    path("staff/add/", people.add, name="add"),
    path("staff/first-password/", people.first_password, name="first-password"),
    path("staff/<int:pk>/", people.person, name="person"),
    path("staff/<int:pk>/name/", corrections.name, name="name"),
    path("staff/<int:pk>/restore/", corrections.restore, name="restore"),
    path("staff/<int:pk>/last-day/", people.last_day, name="last-day"),
    path("staff/<int:pk>/end-now/", people.end_now, name="end-now"),
    path("staff/<int:pk>/job/", people.job, name="job"),
    path("staff/<int:pk>/reset-code/", people.reset_code, name="reset-code"),
    path("staff/<int:pk>/reset-password/", people.reset_password, name="reset-password"),
]
