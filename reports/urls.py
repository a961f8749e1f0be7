from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/", views.report_list, name="list"),
    path("reports/<int:pk>/", views.report_detail, name="detail"),
    path("reports/<int:pk>.pdf", views.report_pdf, name="pdf"),
    path("periods/<int:pk>/chasing-letter.pdf", views.chasing_letter_pdf, name="chasing_letter_pdf"),
    path("periods/<int:pk>/chasing-letter.docx", views.chasing_letter_word, name="chasing_letter_docx"),
    path("explanations/<int:pk>.pdf", views.explanation_slip_pdf, name="explanation_pdf"),
    path("explanations/<int:pk>.docx", views.explanation_slip_word, name="explanation_docx"),
]

# Joined to the addresses of `plans` (reformcomms/urls.py): the plan leaves from here.
plan_urlpatterns = [
    path("<int:pk>.pdf", views.plan_pdf, name="pdf"),
    path("<int:pk>.docx", views.plan_word, name="docx"),
]
