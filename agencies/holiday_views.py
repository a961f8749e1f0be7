"""The administrator's page of public holidays: year by year, days off and Saturdays worked instead."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from .access import require
from .forms import HolidayForm
from .holidays import FIRST_YEAR, LAST_YEAR, fill
from .models import Holiday
from .permissions import can_manage_agencies
from .sending import posted, saved

ONLY_ADMINISTRATORS = gettext_lazy("Public holidays are kept by the administrator of the locality.")


@require_http_methods(["GET", "POST"])
def holiday_list(request):
    """The days of a year (`?year=`), and a form to add one."""
    year, can_manage = _year(request), can_manage_agencies(request.user)
    require(can_manage or request.method != "POST", ONLY_ADMINISTRATORS)
    form = HolidayForm(posted(request), locality=request.user.agency.locality) if can_manage else None
    if form and form.is_valid() and saved(form):
        messages.success(request, _("Day added: %(day)s.") % {"day": form.instance})
        return redirect(_page_of(form.instance.day.year))
    context = {
        "year": year,
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < LAST_YEAR else None,
        "rows": list(Holiday.objects.visible_to(request.user).filter(day__year=year)),
        "form": form,
        "can_manage": can_manage,
    }
    return render(request, "agencies/holiday_list.html", context)


def _year(request):
    """The year asked for, where the list can have one; else this year."""
    asked = (request.POST if request.method == "POST" else request.GET).get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else request.today.year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _page_of(year):
    return f"{reverse('agencies:holidays')}?year={year}"


@require_POST
def holiday_fill(request):
    """Take over the public holidays of a year that the list lacks."""
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    year = _year(request)
    n = fill(request.user.agency.locality, year)
    facts = {"n": n, "year": year}
    said = ngettext("%(n)s day of %(year)s taken over.", "%(n)s days of %(year)s taken over.", n) % facts
    messages.success(request, said if n else _("The list has all public holidays of %(year)s already.") % facts)
    return redirect(_page_of(year))


@require_POST
def holiday_remove(request, pk):
    holiday = get_object_or_404(Holiday.objects.visible_to(request.user), pk=pk)
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    holiday.delete()
    messages.success(request, _("Day taken out: %(day)s.") % {"day": holiday})
    return redirect(_page_of(holiday.day.year))
