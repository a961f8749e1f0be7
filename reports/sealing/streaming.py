"""A file that is only asked about: its SHA-256 is taken as it comes in, and no byte of it is kept."""

import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MOST = 50 * 1024 * 1024  # bytes: the largest report is a fifth of it


class TooLarge(Exception):
    """The file is larger than any that is issued."""


class HashingHandler(FileUploadHandler):
    """Takes the SHA-256 of each file of a form and lets its bytes go."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.digest, self.size = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data, start):
        self.size += len(raw_data)
        if self.size > MOST:
            self.request.is_too_large = True
            raise StopUpload(connection_reset=True)
        self.digest.update(raw_data)

    def file_complete(self, file_size):
        kept = UploadedFile(name=self.file_name, size=file_size)
        kept.sha256 = self.digest.hexdigest() if file_size else ""
        return kept


def hash_of(request):
    """(SHA-256, name) of the file in the form of `request`, whose handler is HashingHandler; ("", "") without one.

    Raises:
        TooLarge: it was not read to its end.
    """
    file = request.FILES.get("file")
    if getattr(request, "is_too_large", False):
        raise TooLarge
    return (file.sha256, file.name) if file else ("", "")
