"""Pictures as they are sent: content checked against the dataset's checksums, scaled down on demand, named by hash."""

import base64
import hashlib
import io
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from misi.dataset.layout import CHECKSUMS, image_path
from misi.dataset.merge import read_checksums
from misi.errors import DatasetError

_KEPT_BYTES = 48 * 2**20  # encoded pictures kept for reuse: front, top and left views serve many questions


@dataclass(frozen=True, slots=True)
class Sent:
    """One picture as it leaves the house.

    Attributes
    ----------
    path : str
        Inside the dataset.
    sha256 : str
        Of the bytes that are sent.
    width, height : int
        Pixels.
    size : int
        Bytes.
    """

    path: str
    sha256: str
    width: int
    height: int
    size: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Pictures:
    """The pictures of a dataset.

    Parameters
    ----------
    dataset : Path
    max_pixels : int, optional
        Pictures with more pixels are scaled down to at most so many, keeping their shape.

    Raises
    ------
    DatasetError
        The dataset has no readable list of checksums.
    """

    def __init__(self, dataset: Path, max_pixels: int | None = None) -> None:
        self._root = dataset
        self._max_pixels = max_pixels
        self._uris: OrderedDict[str, str] = OrderedDict()
        self._kept = 0
        self._sent: dict[str, Sent] = {}
        self.sha256: Mapping[str, str] = {
            name: digest for digest, name in read_checksums(dataset) if name.startswith("images/")
        }
        if not self.sha256:
            raise DatasetError(f"{dataset / CHECKSUMS}: lists no pictures")

    def data_uri(self, path: str) -> str:
        """``data:image/png;base64,...`` of a picture.

        Raises
        ------
        DatasetError
            The file is missing, unreadable, or not the one the dataset was built with.
        """
        if path in self._uris:
            self._uris.move_to_end(path)
            return self._uris[path]
        data = self._read(path)
        uri = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
        self._uris[path] = uri
        self._kept += len(uri)
        while self._kept > _KEPT_BYTES and len(self._uris) > 1:
            self._kept -= len(self._uris.popitem(last=False)[1])
        return uri

    def sent(self, path: str) -> Sent:
        """Name, hash and size of a picture as it is sent."""
        if path not in self._sent:
            self._read(path)
        return self._sent[path]

    def _read(self, path: str) -> bytes:
        file = image_path(self._root, path)
        try:
            data = file.read_bytes()
        except OSError as error:
            raise DatasetError(f"{file}: cannot be read ({error.strerror or error})") from None
        digest = hashlib.sha256(data).hexdigest()
        if self.sha256.get(path) != digest:
            raise DatasetError(f"{file}: is not the picture that the dataset was built with")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                if self._max_pixels and width * height > self._max_pixels:
                    width, height = scaled_size(width, height, self._max_pixels)
                    smaller = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
                    buffer = io.BytesIO()
                    smaller.save(buffer, "PNG")
                    data = buffer.getvalue()
                    digest = hashlib.sha256(data).hexdigest()
        except OSError as error:
            raise DatasetError(f"{file}: is no picture ({error})") from None
        self._sent[path] = Sent(path, digest, width, height, len(data))
        return data


def scaled_size(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """The largest whole size of about the same shape with at most `max_pixels` pixels."""
    if width * height <= max_pixels:
        return width, height
    factor = math.sqrt(max_pixels / (width * height))
    return max(1, math.floor(width * factor)), max(1, math.floor(height * factor))
