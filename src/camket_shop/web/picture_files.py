"""The picture of a product form: the file that was sent becomes the picture that is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from camket_shop.catalogue import NewPicture
from camket_shop.errors import DeniedError
from camket_shop.photos.renditions import packed

if TYPE_CHECKING:
    from camket_shop.catalogue import PictureChange
    from camket_shop.web.requests import Visit

PICTURE_FORM_BYTES: Final = 48 * 2**20
"""More than any photo that is taken, so that one that is too large is refused beside its field, and nothing is lost."""


def read_picture_change(visit: Visit) -> PictureChange:
    """Return what a product form says of the picture.

    The form's fields are `picture` (a file), `whiten` (`1`: make the background white), `picture_source` (`camera` or
    `file`) and `picture_remove` (`1`: take the picture away, where no new one was sent).

    Raises:
        InvalidError: the file is no picture, and its code says what it is instead.
        TooLargeError: the file, or the picture in it, is larger than any photo.
        BusyError: too many pictures are being made just now.

    Effects:
        None on the books: the picture is kept with its product. That the camera was used is put on record.
    """
    photo = visit.files.get("picture")
    if photo is None:
        return "remove" if visit.typed("picture_remove") == "1" else "keep"
    picture = visit.shop.darkroom.develop(photo, whiten=visit.typed("whiten") == "1")
    if visit.typed("picture_source") == "camera":
        with suppress(DeniedError):  # who does not want that on record takes pictures all the same
            visit.shop.platform.camera_used(visit.owner)
    return NewPicture(digest=picture.address, archive=packed(picture))
