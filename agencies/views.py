"""The administrator's pages about agencies and groups. The tree and the page of one agency stand higher up
(`activities.views.agencies`): they show how it stands with its duties."""

from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .access import require
from .agency_import import AgencyImporter
from .days import day_asked
from .forms import AgencyForm, GroupForm, JoinForm, LeaveForm, MembershipForm
from .groups import join, leave, members_on
from .importing import converse
from .models import Agency, AgencyGroup, GroupMembership
from .permissions import can_manage_agencies
from .sending import posted, saved

ONLY_ADMINISTRATORS = gettext_lazy("Agencies and groups are kept by the administrator of the locality.")


@require_http_methods(["GET", "POST"])
def agency_add(request):
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    form = AgencyForm(posted(request), locality=request.user.agency.locality, today=request.today)
    if form.is_valid() and saved(form):
        messages.success(request, _("Agency added: %(name)s.") % {"name": form.instance})
        return redirect("agencies:detail", form.instance.pk)
    return render(request, "agencies/agency_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def agency_edit(request, pk):
    agency = get_object_or_404(Agency.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    name = agency.name
    form = AgencyForm(posted(request), instance=agency, locality=agency.locality, today=request.today)
    if form.is_valid() and saved(form):
        messages.success(request, _("Agency saved: %(name)s.") % {"name": agency})
        return redirect("agencies:detail", pk)
    return render(request, "agencies/agency_form.html", {"form": form, "agency": agency, "name": name})


@require_POST
def agency_remove(request, pk):
    """An agency entered by mistake goes; one that anything hangs on stays."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=pk)
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    if not _removed(agency):
        sentence = _("%(name)s has users, plans, groups or reports and stays. Give it a last day instead.")
        messages.error(request, sentence % {"name": agency})
        return redirect("agencies:edit", pk)
    messages.success(request, _("Agency removed: %(name)s.") % {"name": agency})
    return redirect("agencies:list")


def _removed(row):
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True


@require_http_methods(["GET", "POST"])
def agency_import(request):
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    return converse(request, AgencyImporter(request))


# Groups


@require_safe
def group_list(request):
    day = day_asked(request)
    groups = AgencyGroup.objects.visible_to(request.user).prefetch_related("memberships__agency")
    return render(
        request,
        "agencies/group_list.html",
        {
            "rows": [(group, len(members_on(group.memberships.all(), day.chosen))) for group in groups],
            "day": day,
            "can_manage": can_manage_agencies(request.user),
        },
    )


def _group_or_404(request, pk):
    return get_object_or_404(AgencyGroup.objects.visible_to(request.user).select_related("locality"), pk=pk)


def _group_to_edit(request, pk):
    group = _group_or_404(request, pk)
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    return group


@require_safe
def group_detail(request, pk):
    """Who is a member on a day; below, who was or will be."""
    group, day = _group_or_404(request, pk), day_asked(request)
    memberships = list(group.memberships.select_related("agency").order_by("agency__name_sort", "agency"))
    members = members_on(memberships, day.chosen)
    return render(
        request,
        "agencies/group_detail.html",
        {
            "group": group,
            "members": members,
            "others": [each for each in memberships if each not in members],
            "day": day,
            "can_manage": can_manage_agencies(request.user),
        },
    )


@require_http_methods(["GET", "POST"])
def group_add(request):
    require(can_manage_agencies(request.user), ONLY_ADMINISTRATORS)
    form = GroupForm(posted(request), locality=request.user.agency.locality)
    if form.is_valid() and saved(form):
        messages.success(request, _("Group added. Now its members."))
        return redirect("agencies:members", form.instance.pk)
    return render(request, "agencies/group_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def group_edit(request, pk):
    group = _group_to_edit(request, pk)
    name = group.name
    form = GroupForm(posted(request), instance=group, locality=group.locality)
    if form.is_valid() and saved(form):
        messages.success(request, _("Group saved: %(name)s.") % {"name": group})
        return redirect("agencies:group", pk)
    return render(request, "agencies/group_form.html", {"form": form, "group": group, "name": name})


@require_POST
def group_remove(request, pk):
    group = _group_to_edit(request, pk)
    if not _removed(group):
        messages.error(request, _("Plans name this group: it stays. Take its members out instead."))
        return redirect("agencies:group", pk)
    messages.success(request, _("Group removed: %(name)s.") % {"name": group})
    return redirect("agencies:groups")


@require_http_methods(["GET", "POST"])
def members(request, pk):
    """Many into the group, or many out of it: two forms on a page, told apart by their button."""
    group = _group_to_edit(request, pk)
    asked = posted(request)
    joining = JoinForm(asked if "join" in request.POST else None, group=group, today=request.today)
    leaving = LeaveForm(asked if "leave" in request.POST else None, group=group, today=request.today)
    said = _joined(group, joining) or _left(leaving)
    if said:
        messages.success(request, said)
        return redirect("agencies:members", pk)
    refused = request.method == "POST"
    context = {"group": group, "joining": joining, "leaving": leaving}
    return render(request, "agencies/members.html", context, status=422 if refused else 200)


def _joined(group, form):
    if not form.is_valid():
        return ""
    agencies = form.cleaned_data["joining"]
    join(group, agencies, day=form.cleaned_data["joined_on"])
    n = len(agencies)
    return ngettext("%(n)s agency joined the group.", "%(n)s agencies joined the group.", n) % {"n": n}


def _left(form):
    if not form.is_valid():
        return ""
    memberships = list(form.cleaned_data["leaving"])
    leave(memberships, day=form.cleaned_data["left_on"], by_mistake=form.cleaned_data["by_mistake"])
    n = len(memberships)
    return ngettext("%(n)s agency taken out.", "%(n)s agencies taken out.", n) % {"n": n}


@require_http_methods(["GET", "POST"])
def membership_edit(request, pk, membership_pk):
    """The days of one membership."""
    group = _group_to_edit(request, pk)
    memberships = GroupMembership.objects.visible_to(request.user).filter(group=group).select_related("agency")
    membership = get_object_or_404(memberships, pk=membership_pk)
    form = MembershipForm(posted(request), instance=membership)
    if form.is_valid() and saved(form):
        messages.success(request, _("Membership saved: %(name)s.") % {"name": membership.agency})
        return redirect("agencies:group", pk)
    return render(request, "agencies/membership_form.html", {"form": form, "group": group, "membership": membership})
