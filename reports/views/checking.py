"""The public check page: is this the issued text? Nobody logs in, nothing that is sent is kept."""

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ..sealing.answers import answer, fault_words, file_words
from ..sealing.codes import Asked, read
from ..sealing.streaming import HashingHandler, TooLarge, hash_of


@csrf_exempt  # it changes nothing, and a form's token would have to be read from the file that is not read
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    """GET ?q= a check code or a SHA-256; POST a file, which is hashed as it comes in and not kept."""
    if request.method == "POST":
        return _page(request, _asked_of_file(request))
    typed = request.GET.get("q", "")
    return _page(request, read(typed) if typed.strip() else None)


@require_safe
def check_code(request, code):
    """Where the QR code of the last page leads."""
    return _page(request, read(code))


def _asked_of_file(request):
    """What the file that is being sent asks for: its SHA-256, or the fault that there is none."""
    request.upload_handlers = [HashingHandler(request)]
    try:
        sha256, name = hash_of(request)
    except TooLarge:
        return Asked("", fault="large")
    return Asked(name, sha256=sha256) if sha256 else Asked("", fault="empty")


def _page(request, asked):
    found = answer(asked) if asked else None
    context = {
        "asked": asked,
        "answer": found,
        "file": file_words(found) if found else "",
        "fault": fault_words(asked) if asked else "",
    }
    return render(request, "reports/check.html", context)
