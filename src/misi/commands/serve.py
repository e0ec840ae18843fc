"""`misi serve`: the pages."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from misi.commands.console import out
from misi.errors import MisiError


def serve(
    dataset: Annotated[Path, typer.Argument(help="Folder of a finished dataset.")],
    db: Annotated[str | None, typer.Option("--db", help="Database URL; an SQLite file beside the dataset.")] = None,
    runs: Annotated[list[Path] | None, typer.Option("--run", help="Folder of a run to load; may be repeated.")] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    browse: Annotated[
        str, typer.Option("--browse", help="Who sees items with their truth: auto, open or admin.")
    ] = "auto",
    names: Annotated[
        list[str] | None, typer.Option("--name", help="Host name of the site; may be repeated. Others are refused.")
    ] = None,
    proxy: Annotated[
        str, typer.Option("--proxy", help="Address of a proxy whose X-Forwarded headers are believed.")
    ] = "127.0.0.1",
    max_upload: Annotated[int, typer.Option("--max-upload", min=1, max=4096, help="Megabytes of an upload.")] = 64,
) -> None:
    """Browse a dataset, sit the test, see the board, in a browser.

    The admin's token is taken from MISI_ADMIN_TOKEN, or made and printed once.

    Example: misi serve dataset/ --run runs/chance --port 8000
    """
    try:
        import uvicorn

        from misi.dataset.layout import read_manifest
        from misi.web.catalogue import index_dataset
        from misi.web.database import connect, migrate
        from misi.web.runs import load_run
        from misi.web.settings import (
            ADMIN_VARIABLE,
            BROWSE,
            LEAST_ADMIN_TOKEN,
            VARIABLE,
            Settings,
            default_database,
            digest_of,
        )
    except ImportError as error:
        raise MisiError(f"the pages need {error.name}: pip install 'misi-bench[web]'") from None

    if browse not in BROWSE:
        raise MisiError(f"--browse {browse!r}: choose among {', '.join(BROWSE)}")
    read_manifest(dataset)  # before anything is written
    given = os.environ.pop(ADMIN_VARIABLE, "").strip()
    if given and len(given) < LEAST_ADMIN_TOKEN:
        raise MisiError(f"{ADMIN_VARIABLE}: use at least {LEAST_ADMIN_TOKEN} characters")
    token = given or secrets.token_urlsafe(24)
    loopback = host in ("127.0.0.1", "::1", "localhost")
    settings = Settings(
        dataset=dataset.resolve(),
        db=db or default_database(dataset),
        admin_digest=digest_of(token),
        browse=browse,
        hosts=tuple(names or (("127.0.0.1", "localhost", "[::1]") if loopback else ())),
        max_upload=max_upload * 2**20,
    )
    database = connect(settings.db)
    migrate(database)
    index_dataset(database, settings.dataset)
    for folder in runs or ():
        load_run(database, settings.dataset, folder)
    database.engine.dispose()
    if not given:
        out.print(f"admin token (this start only): {token}", markup=False)
    out.print(f"http://{f'[{host}]' if ':' in host else host}:{port}/", markup=False)
    os.environ[VARIABLE] = settings.as_text()
    uvicorn.run(
        "misi.web.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,  # invite links would stand in it
        server_header=False,
        forwarded_allow_ips=proxy,
        timeout_worker_healthcheck=60,
    )


def add_to(app: typer.Typer) -> None:
    app.command()(serve)
