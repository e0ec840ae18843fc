"""What a worker of the site must know; handed from `misi serve` to its workers through one environment variable."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from misi.errors import DatasetError

Browse = Literal["auto", "open", "admin"]
BROWSE: tuple[Browse, ...] = get_args(Browse)

#: Holds `Settings.as_text` for worker processes.
VARIABLE = "MISI_WEB_SETTINGS"
#: The admin token that an operator chooses; without it one is made and printed.
ADMIN_VARIABLE = "MISI_ADMIN_TOKEN"
#: Characters; a shorter token could be guessed through the login form in spite of its rate limit.
LEAST_ADMIN_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """Settings of one site.

    Attributes
    ----------
    dataset : Path
        Folder of a finished dataset.
    db : str
        Database URL as SQLAlchemy reads it.
    admin_digest : str
        `digest_of` the admin token; the token itself is kept nowhere.
    browse : str
        Who may look at items with their truth: ``open`` everybody; ``admin`` the admin alone; ``auto`` everybody
        until the first study is made.
    hosts : tuple of str
        Host names that requests may carry; empty for any.
    max_upload : int
        Bytes of an uploaded file of replies.
    max_body : int
        Bytes of any other request.
    """

    dataset: Path
    db: str
    admin_digest: str
    browse: Browse = "auto"
    hosts: tuple[str, ...] = ()
    max_upload: int = 64 * 2**20
    max_body: int = 64 * 2**10

    def as_text(self) -> str:
        return json.dumps({**asdict(self), "dataset": str(self.dataset)})

    @classmethod
    def from_text(cls, text: str) -> "Settings":
        """Inverse of `as_text`."""
        data: dict[str, Any] = json.loads(text)
        return cls(**{**data, "dataset": Path(data["dataset"]), "hosts": tuple(data["hosts"])})

    @classmethod
    def from_environment(cls) -> "Settings":
        """What `misi serve` left for its workers.

        Raises
        ------
        DatasetError
            The variable is not set: a worker was started by hand.
        """
        text = os.environ.get(VARIABLE)
        if not text:
            raise DatasetError(f"{VARIABLE} is not set; start the site with `misi serve DIR`")
        return cls.from_text(text)


def digest_of(token: str) -> str:
    """SHA-256 of a token, hexadecimal. Tokens are random and long, so no slow hash is needed to protect them."""
    return hashlib.sha256(token.encode()).hexdigest()


def default_database(dataset: Path) -> str:
    """An SQLite file beside the dataset: inside, it would be a file that `misi verify` does not know."""
    folder = dataset.resolve()
    return f"sqlite:///{folder.parent / (folder.name + '.web.sqlite')}"
