"""Reading forms: short text fields for everybody, files for the admin alone."""

from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from misi.web.guard import Visitor, check_csrf
from misi.web.site import need_admin

_MOST_FIELDS = 60
_MOST_FILES = 8


async def _fields(request: Request) -> dict[str, str]:
    """The text fields of a form; a field given twice counts once, the last time."""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


async def _admin_form(request: Request) -> FormData:
    """A form of the admin, files and all; nothing is read before it is clear who sends it."""
    visitor: Visitor = await run_in_threadpool(need_admin, request)
    form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
    check_csrf(request, visitor, text_of(form, "csrf"))
    return form


AdminForm = Annotated[FormData, Depends(_admin_form)]


def text_of(form: FormData, name: str) -> str:
    """A text field, blank where it is missing or a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts_of(form: FormData, name: str) -> list[str]:
    """All values of a field of that name."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """Uploaded files of that name; an empty file field is none."""
    return [value for value in form.getlist(name) if isinstance(value, UploadFile) and value.filename]


def number_of(text: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds; what is no number is the default."""
    try:
        return min(max(int(text), low), high)
    except ValueError:
        return default
