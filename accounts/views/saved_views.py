"""The views a person keeps of lists, filters and order under a name: their own alone."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.lists import LISTS
from agencies.sending import posted, saved

from ..models import SavedView
from ..saved_views import ViewForm, ViewNameForm


def _own(user):
    return SavedView.objects.visible_to(user).filter(user=user)


def _opened(view):
    return f"{reverse(view.page)}?{view.query}"


@require_safe
def view_list(request):
    own = list(_own(request.user))
    lists = [(label, [(view, _opened(view)) for view in own if view.page == page]) for page, label in LISTS.items()]
    return render(request, "accounts/view_list.html", {"lists": [(label, views) for label, views in lists if views]})


@require_POST
def view_save(request):
    form = ViewForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/view_form.html", {"form": form, "action": request.path})
    view, is_new = form.keep(request.user)
    kept = _("“%(name)s” is kept.") if is_new else _("“%(name)s” now means what you see here.")
    messages.success(request, kept % {"name": view.name})
    return redirect(_opened(view))


@require_http_methods(["GET", "POST"])
def view_rename(request, pk):
    view = get_object_or_404(_own(request.user), pk=pk)
    form = ViewNameForm(posted(request), instance=view)
    if form.is_valid() and saved(form):
        messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
        return redirect("accounts:views")
    return render(request, "accounts/view_form.html", {"form": form, "action": request.path})


@require_POST
def view_delete(request, pk):
    view = get_object_or_404(_own(request.user), pk=pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted; the rows it showed stay.") % {"name": view.name})
    return redirect("accounts:views")
