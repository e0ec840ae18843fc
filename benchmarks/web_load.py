"""Load on the human study: raters answering at once, with a worker killed in the middle.

    python benchmarks/web_load.py --dataset DATASET --raters 20 --answers 100 --workers 2
    python benchmarks/web_load.py --dataset DATASET --db postgresql://...

Prints answers sent (acknowledged by the site) and stored (found in the database afterwards). Exit code 1 if an
acknowledged answer is missing or different.
"""

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from misi.tasks import TASKS
from misi.web.catalogue import index_dataset, read_question
from misi.web.database import Database, connect, migrate
from misi.web.study import TEST, answers_of, create_study, invite, slots_of
from misi.web.tables import ItemRow, Rater
from misi.web.widgets import filled_of

#: The command alone, whatever else the command line has.
_SERVE = "import typer; from misi.commands.serve import serve; app = typer.Typer(); app.command()(serve); app()"
PATIENCE = 60.0  # seconds that a request is repeated before the rater gives up


@dataclass
class Browser:
    """One rater's browser: a cookie, forms, and patience with a server that is gone for a moment."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    waits: list[float] = field(default_factory=list)

    def send(
        self, method: str, path: str, form: dict[str, str] | None = None, accept: str = "text/html"
    ) -> tuple[int, str]:
        """Send until there is an answer; a lost connection repeats the same request."""
        body = urllib.parse.urlencode(form or {}) if method == "POST" else None
        headers = {"Accept": accept, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                text = response.read().decode("utf-8", "replace")
                if response.status < 500 and response.status != 429:
                    for name, value in response.getheaders():
                        if name.lower() == "set-cookie":
                            key, _, rest = value.partition("=")
                            self.cookies[key] = rest.partition(";")[0]
                    self.waits.append(time.monotonic() - began)
                    return response.status, text
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            self.retries += 1
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError(f"{method} {path}: no answer")
            time.sleep(0.2)


@dataclass
class Outcome:
    """What a rater's browser was told is stored: canonical answer by place."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    browser: Browser | None = None
    failure: str = ""


def sit(port: int, token: str, replies: dict[int, tuple[str, dict[str, str]]], outcome: Outcome) -> None:
    """From the invite link through the answers, as a browser does it."""
    browser = outcome.browser = Browser(port)
    try:
        browser.send("POST", f"/invite/{token}")
        _, page = browser.send("GET", "/study/consent")
        csrf = _hidden(page, "csrf")
        profile = {"agree": "yes", "field": "load", "degree": "other", "experience": "none", "csrf": csrf}
        browser.send("POST", "/study/consent", profile)
        browser.send("POST", "/study/begin", {"csrf": csrf})
        for place, (text, filled) in replies.items():
            browser.send("GET", f"/study/question/{place}")
            form = {**filled, "csrf": csrf, "seconds": "1.5", "key": secrets.token_hex(8)}
            status, body = browser.send("POST", f"/study/question/{place}", form, "application/json")
            if status == 200 and json.loads(body).get("complete"):
                outcome.acknowledged[place] = text
            else:
                outcome.failure = f"question {place}: {status} {body[:200]}"
    except Exception as error:
        outcome.failure = repr(error)


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if not found:
        raise ValueError(f"no field {name} in: {page[:200]}")
    return found[1]


def plan(
    database: Database, dataset: Path, labels: list[str], answers: int, seed: int
) -> dict[str, dict[int, tuple[str, dict[str, str]]]]:
    """What each rater will say: a chance answer for each of their places, and how it fills the form."""
    from misi.seeds import rank_of, rng_for

    planned: dict[str, dict[int, tuple[str, dict[str, str]]]] = {}
    with database.reading() as session:
        rows = {row.id: row for row in session.scalars(select(ItemRow).where(ItemRow.split == "test"))}
    questions = {id_: read_question(dataset, row) for id_, row in rows.items()}
    for label in labels:
        # The same order as the site draws (misi.web.study.start).
        ids = sorted(questions, key=lambda id_: rank_of("order", seed, label, id_))[:answers]
        said = {}
        for place, id_ in enumerate(ids, 1):
            question = questions[id_]
            text = TASKS[question.task].chance(question, rng_for(seed, "load", id_, label))
            said[place] = (text, filled_of(question, text))
        planned[label] = said
    return planned


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(dataset: Path, db: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    """The site in processes of its own."""
    command = [sys.executable, "-c", _SERVE, str(dataset), "--db", db, "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    browser = Browser(port)
    browser.send("GET", "/health")
    return server


def workers_of(server: subprocess.Popen[bytes]) -> list[int]:
    """Process ids of the site's workers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children if Path(f"/proc/{pid}").exists()}
    return [pid for pid, line in lines.items() if b"spawn_main" in line]


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the site; a worker that was just being started again may not hear the first request."""
    left = workers_of(server)
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        for pid in left:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)


def run(dataset: Path, db: str, raters: int, answers: int, workers: int) -> int:
    """Do it all; 0 if nothing acknowledged is lost."""
    database = connect(db)
    migrate(database)
    index_dataset(database, dataset)
    seed = 11
    study = create_study(database, dataset, "Load", seed=seed, tiny=False, practice=0)
    labels = [f"R{n:02d}" for n in range(1, raters + 1)]
    tokens = dict(invite(database, study, labels))
    planned = plan(database, dataset, labels, answers, seed)
    port = free_port()
    server = serve(dataset, db, port, workers)
    killed = ""
    try:
        outcomes = {label: Outcome() for label in labels}
        threads = [
            threading.Thread(target=sit, args=(port, tokens[label], planned[label], outcomes[label]))
            for label in labels
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        wanted = sum(map(len, planned.values()))
        while workers > 1 and any(thread.is_alive() for thread in threads):
            done = sum(len(outcome.acknowledged) for outcome in outcomes.values())
            if done >= wanted // 2:
                victim = workers_of(server)[0]
                os.kill(victim, signal.SIGKILL)
                killed = f"worker {victim} killed after {done} answers"
                break
            time.sleep(0.01)
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
    finally:
        stop(server)
    return report(database, outcomes, killed, seconds)


def report(database: Database, outcomes: dict[str, Outcome], killed: str, seconds: float) -> int:
    """Compare what was acknowledged with what is stored."""
    sent = stored = 0
    wrong: list[str] = []
    with database.reading() as session:
        for label, outcome in outcomes.items():
            rater = session.scalar(select(Rater).where(Rater.label == label))
            assert rater is not None
            given = answers_of(session, rater.id, TEST)
            assert slots_of(session, rater.id, TEST)
            for place, text in outcome.acknowledged.items():
                sent += 1
                there = place in given and given[place].text == text
                stored += there
                if not there:
                    wrong.append(f"{label} {place}")
            if outcome.failure:
                wrong.append(f"{label}: {outcome.failure}")
    waits = sorted(wait for outcome in outcomes.values() if outcome.browser for wait in outcome.browser.waits)
    retries = sum(outcome.browser.retries for outcome in outcomes.values() if outcome.browser)
    if killed:
        print(killed)
    print(
        f"{len(outcomes)} raters in {seconds:.1f} s, {len(waits)} requests, {retries} repeated; "
        f"median {1000 * statistics.median(waits):.0f} ms, 95 % under {1000 * waits[int(0.95 * len(waits))]:.0f} ms"
    )
    print(f"answers sent {sent}, stored {stored}")
    for line in wrong[:20]:
        print(f"lost: {line}")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--db", default="")
    parser.add_argument("--raters", type=int, default=20)
    parser.add_argument("--answers", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="misi-load-") as folder:
        db = given.db or f"sqlite:///{folder}/load.sqlite"
        return run(given.dataset.resolve(), db, given.raters, given.answers, given.workers)


if __name__ == "__main__":
    sys.exit(main())
