"""No page takes files: an upload is refused before anything of it is kept (settings.py)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousMultipartForm
from django.core.files.uploadhandler import FileUploadHandler


class NoFileTaken(SuspiciousMultipartForm):
    """A file came with a form that has no place for one."""


class NoFiles(FileUploadHandler):
    """Lets the fields of a multipart form pass, up to the size that other forms may have."""

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, Any],
        content_length: int,
        boundary: object,
        encoding: object = None,
    ) -> None:
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The request is too large.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise NoFileTaken("This page takes no files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
