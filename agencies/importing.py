"""A list from Excel into rows: upload, preview, then all of it or nothing.

One conversation for every list (`converse`), one class per list (`Importer`), which says what its columns are, what a
row of the workbook would do, and how rows are written. Nothing is written as long as one row is faulty; what a workbook
leaves out stays as it is. The address answers:

    GET                        the form, with a workbook to fill in
    GET  ?template             that workbook, with the rows there are
    POST file                  keep the upload, go to its preview
    GET  ?upload=T             the preview; ?show=faulty only these
    GET  ?upload=T&marked      the person's own workbook, its faulty cells marked
    POST upload=T&seen=D       write it all, if it still is what was seen
"""

import enum
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from .uploads import keep, kept, rounds
from .workbook import XLSX, mark, read_table

MOST_ROWS = 1000
MOST_BYTES = 5_000_000


class Outcome(enum.StrEnum):
    """What a row of the workbook would do, worst first."""

    FAULTY = "faulty"
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"

    @property
    def label(self):
        return LABELS[self]

    @property
    def icon(self):
        return ICONS[self]


LABELS = {
    Outcome.FAULTY: pgettext_lazy("import", "Faulty"),
    Outcome.ADDED: pgettext_lazy("import", "Added"),
    Outcome.CHANGED: pgettext_lazy("import", "Changed"),
    Outcome.UNCHANGED: pgettext_lazy("import", "Unchanged"),
}
ICONS = {Outcome.FAULTY: "warn", Outcome.ADDED: "plus", Outcome.CHANGED: "edit", Outcome.UNCHANGED: "ok"}


@dataclass(frozen=True)
class Cell:
    """One cell of the preview. `pieces`: what changed in it, as (same | del | ins, text); empty where nothing did."""

    key: str
    heading: str
    text: str
    fault: str = ""
    pieces: tuple = ()


@dataclass(frozen=True)
class ImportRow:
    """One row of the workbook, as its importer reads it.

    Args:
        number: the workbook's own number of the row.
        label: what a person knows the row by.
        words: column key to what the workbook says, as words.
        before: column key to what the portal has, as words; empty for a row that is new.
        faults: column key to a sentence; the key "" is the whole row.
        values: what `Importer.write` needs to write it.
    """

    number: int
    label: str
    words: Mapping
    before: Mapping = field(default_factory=dict)
    faults: Mapping = field(default_factory=dict)
    values: object = None
    is_new: bool = True

    @property
    def outcome(self):
        if self.faults:
            return Outcome.FAULTY
        if self.is_new:
            return Outcome.ADDED
        return Outcome.CHANGED if self.changed else Outcome.UNCHANGED

    @property
    def changed(self):
        """The columns whose words differ from what the portal has; one the workbook lacks changes nothing."""
        return [key for key in self.words if not self.is_new and self.words[key] != self.before.get(key, "")]


def replaced(before, after):
    """The whole of a cell was changed."""
    return tuple((op, text) for op, text in (("del", before), ("ins", after)) if text)


@dataclass
class Preview:
    """What an uploaded workbook would do. `left`: what the portal has and the workbook does not name; it stays."""

    columns: tuple
    shown: tuple  # keys of the columns that the page shows
    table: object
    rows: list
    left: list = field(default_factory=list)
    diff: Callable = replaced

    @cached_property
    def counts(self):
        return Counter(row.outcome for row in self.rows)

    @property
    def faulty(self):
        return self.counts[Outcome.FAULTY]

    @property
    def changes(self):
        return self.counts[Outcome.ADDED] + self.counts[Outcome.CHANGED]

    @property
    def can_write(self):
        return not self.faulty and bool(self.changes)

    def faults(self):
        """(row number, column key) to the sentence, for `workbook.mark`."""
        return {(row.number, key): said for row in self.rows for key, said in row.faults.items()}

    def groups(self, only=""):
        """(outcome, [(row, cells)], number of cells concerned), worst first; unchanged rows are not among them."""
        for outcome in (Outcome.FAULTY, Outcome.ADDED, Outcome.CHANGED):
            rows = [row for row in self.rows if row.outcome == outcome]
            if rows and only in ("", outcome):
                concerned = sum(len(row.faults or row.changed) for row in rows)
                yield outcome, [(row, self.cells(row)) for row in rows], concerned

    def cells(self, row):
        headings = {column.key: str(column.heading) for column in self.columns}
        fault_of_row = row.faults.get("", "")
        for key in self.shown:
            before = row.before.get(key, "")
            after = row.words.get(key, before)  # what the workbook does not say stays as the portal has it
            pieces = tuple(self.diff(before, after)) if key in row.changed else ()
            fault = " ".join(filter(None, [fault_of_row, row.faults.get(key, "")]))
            yield Cell(key, headings[key], after, fault, pieces)
            fault_of_row = ""

    @property
    def headings(self):
        headings = {column.key: column.heading for column in self.columns}
        return [headings[key] for key in self.shown]

    @property
    def unchanged(self):
        return [row.label for row in self.rows if row.outcome == Outcome.UNCHANGED]

    @property
    def digest(self):
        """Changes when the workbook or the portal's rows do."""
        said = [(row.number, row.outcome, *sorted(row.words.items()), *sorted(row.before.items())) for row in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


class Importer:
    """What one list brings to the conversation. A subclass sets the names and writes `read`, `write`, `workbook`."""

    kind = ""  # of its uploads: unlike any other list's
    columns = ()
    shown = ()  # keys of the columns that the preview shows; all of them where empty
    title = ""
    file_name = ""  # of the workbook to fill in, without ending
    template = "import.html"
    most_rows = MOST_ROWS
    done_url = ""
    diff = staticmethod(replaced)

    def lock(self):
        """Lock, before writing, what the rows were read against: two who import at once come one after the other."""

    def read(self, table):
        """(rows, left): the table's rows as `ImportRow`s, and the names of what it does not mention."""
        raise NotImplementedError

    def write(self, rows, *, by, at):
        """Write the added and changed rows; in a transaction already. Returns a sentence that says what was done."""
        raise NotImplementedError

    def workbook(self):
        """The workbook to fill in, as bytes."""
        raise NotImplementedError

    def context(self):
        """What the importer's own template needs besides."""
        return {}

    def preview(self, file):
        """What the workbook would do.

        Raises:
            ValidationError: it cannot be read at all.
        """
        table = read_table(file, self.columns, most_rows=self.most_rows, most_bytes=MOST_BYTES)
        rows, left = self.read(table)
        return Preview(self.columns, self._shown_for(rows), table, rows, left, self.diff)

    def _shown_for(self, rows):
        """The columns that the page always shows, and those in which something is wrong or would change."""
        concerned = {key for row in rows for key in (*row.faults, *row.changed)}
        return tuple(column.key for column in self.columns if not self.shown or column.key in {*self.shown, *concerned})


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Excel workbook"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the workbook."),
            "empty": gettext_lazy("The workbook is empty."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise ValidationError(_("The workbook is larger than %(most)s MB.") % {"most": most})
        return file


def converse(request, importer):
    """Answer a request of `importer`'s page. The view has asked before whether the person may."""
    if request.method == "POST":
        return _write(request, importer) if "upload" in request.POST else _upload(request, importer)
    if "template" in request.GET:
        return download(importer.workbook(), f"{importer.file_name}.xlsx")
    if "upload" not in request.GET:
        return _page(request, importer, form=UploadForm())
    upload = _kept_or_404(request, importer, request.GET["upload"])
    with upload.open() as file:
        preview = importer.preview(file)
        if "marked" in request.GET:
            return download(mark(file, preview.table, preview.faults(), most_bytes=MOST_BYTES), upload.name)
    return _page(request, importer, upload=upload, preview=preview, form=UploadForm())


def download(content, name, content_type=XLSX):
    """`content` (bytes) as a file that the browser keeps."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
        },
    )


def _kept_or_404(request, importer, token):
    upload = kept(token, user=request.user, kind=importer.kind, at=request.now)
    if upload is None:
        raise Http404
    return upload


def _upload(request, importer):
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            preview = importer.preview(form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
    if not form.is_valid():
        return _page(request, importer, form=form, status=422)
    file = form.cleaned_data["file"]
    file.seek(0)
    upload = keep(file, user=request.user, kind=importer.kind, at=request.now)
    upload.noted(rows=len(preview.rows), faulty=preview.faulty)
    return redirect(f"{request.path}?upload={upload.token}")


def _write(request, importer):
    """All or nothing; where something has changed since the person looked, they look again."""
    upload = _kept_or_404(request, importer, request.POST["upload"])
    try:
        with transaction.atomic(), upload.open() as file:
            importer.lock()
            preview = importer.preview(file)
            if preview.digest != request.POST.get("seen") or not preview.can_write:
                return _look_again(request, importer, upload, preview)
            rows = [row for row in preview.rows if row.outcome in (Outcome.ADDED, Outcome.CHANGED)]
            done = importer.write(rows, by=request.user, at=request.now)
    except FileNotFoundError:  # the same click, twice: the other one has just taken it over
        raise Http404 from None
    except (IntegrityError, ValidationError):  # somebody was a moment quicker
        with upload.open() as file:
            return _look_again(request, importer, upload, importer.preview(file))
    upload.noted(written=True).forget()
    messages.success(request, done)
    return redirect(importer.done_url or request.path)


def _look_again(request, importer, upload, preview):
    messages.error(
        request, _("Nothing was written: rows have changed since you looked. Read the preview again, then decide.")
    )
    return _page(request, importer, upload=upload, preview=preview, form=UploadForm(), status=422)


def _page(request, importer, *, form, upload=None, preview=None, status=200):
    show = request.GET.get("show", "")
    show = show if preview and show in preview.counts else ""
    context = {
        "importer": importer,
        "form": form,
        "upload": upload,
        "preview": preview,
        "show": show,
        "groups": list(preview.groups(show)) if preview else [],
        "tallies": [(each, preview.counts[each]) for each in Outcome if preview.counts[each]] if preview else [],
        "rounds": rounds(user=request.user, kind=importer.kind, at=request.now),
        **importer.context(),
    }
    return render(request, importer.template, context, status=status)
