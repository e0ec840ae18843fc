"""`misi eval`: asking a model, or a baseline."""

from pathlib import Path
from typing import Annotated, Any

import typer

from misi.commands.build import chosen_tasks
from misi.commands.console import err, out, passes
from misi.errors import MisiError

_ASK, _MODEL, _TRAVEL = "What is asked", "How the model writes", "How requests travel"


def evaluate(
    dataset: Annotated[Path, typer.Argument(help="Folder of a finished dataset.")],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="openai/gpt-5-mini, anthropic/..., google/..., openai-api/<service>/..., vllm/..., ollama/..., "
            "misi-local/<path>; or a baseline: oracle, chance, constant, best-constant, always-no, enumerate, "
            "one-pair, echo-shot.",
        ),
    ],
    run: Annotated[
        Path | None, typer.Option("--out", help="Folder of the run; one that is there already is taken up again.")
    ] = None,
    tasks: Annotated[str, typer.Option("--tasks", help="Comma-separated names, or all.", rich_help_panel=_ASK)] = "all",
    tiny: Annotated[
        bool, typer.Option("--tiny", help="The small subset: 50 questions a column.", rich_help_panel=_ASK)
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most N questions a task.", rich_help_panel=_ASK)
    ] = None,
    shots: Annotated[
        int, typer.Option("--shots", min=0, max=20, help="Worked examples before each question.", rich_help_panel=_ASK)
    ] = 2,
    blind: Annotated[bool, typer.Option("--blind", help="Withhold the pictures.", rich_help_panel=_ASK)] = False,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, help="How often each question is asked.", rich_help_panel=_ASK)
    ] = 1,
    max_pixels: Annotated[
        int | None,
        typer.Option("--max-pixels", min=1024, help="Scale pictures down to at most N pixels.", rich_help_panel=_ASK),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent and what it may cost; send nothing.")
    ] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, help="Stop before the run costs more US dollars than this.")
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", help="IN,OUT: US dollars per million tokens, instead of the built-in table."),
    ] = None,
    expected_output: Annotated[
        int, typer.Option("--expected-output", min=1, help="Tokens of a reply, for --dry-run.")
    ] = 1500,
    temperature: Annotated[
        float | None, typer.Option("--temperature", min=0, help="Vendor's own by default.", rich_help_panel=_MODEL)
    ] = None,
    top_p: Annotated[float | None, typer.Option("--top-p", min=0, max=1, rich_help_panel=_MODEL)] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option("--max-tokens", min=1, help="Of a reply, reasoning included.", rich_help_panel=_MODEL),
    ] = None,
    reasoning_effort: Annotated[
        str | None,
        typer.Option("--reasoning-effort", help="none, minimal, low, medium, high or xhigh.", rich_help_panel=_MODEL),
    ] = None,
    reasoning_tokens: Annotated[
        int | None, typer.Option("--reasoning-tokens", min=1, help="Budget of thinking.", rich_help_panel=_MODEL)
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Of the chance baseline, and of models that take one.", rich_help_panel=_MODEL)
    ] = 0,
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="Another server than the vendor's.", rich_help_panel=_TRAVEL)
    ] = None,
    connections: Annotated[
        int, typer.Option("--connections", min=1, help="Calls at once.", rich_help_panel=_TRAVEL)
    ] = 20,
    max_retries: Annotated[
        int, typer.Option("--max-retries", min=0, help="Further tries of a failed call.", rich_help_panel=_TRAVEL)
    ] = 5,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, help="Seconds for one try.", rich_help_panel=_TRAVEL)
    ] = 600,
    batch: Annotated[
        int | None,
        typer.Option(
            "--batch",
            min=1,
            help="N requests a batch, through the batch service of OpenAI, Anthropic or Google.",
            rich_help_panel=_TRAVEL,
        ),
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache", help="Keep replies in inspect-ai's cache.", rich_help_panel=_TRAVEL)
    ] = False,
    model_args: Annotated[
        list[str] | None,
        typer.Option("-M", help="NAME=VALUE for the model's client; may be repeated.", rich_help_panel=_TRAVEL),
    ] = None,
) -> None:
    """Ask the test questions of a dataset and score the replies. A run that was stopped is taken up where it stopped.

    Example: misi eval dataset/ --model openai/gpt-5-mini --tiny --max-cost 5 --out runs/gpt-5-mini
    """
    from misi.evaluate.ask import ask, is_baseline
    from misi.evaluate.plan import Settings
    from misi.evaluate.prices import parse_price
    from misi.evaluate.vendors import Decoding, Transport

    bare = model.removeprefix("misi/")
    settings = Settings(
        tasks=None if tasks == "all" else chosen_tasks(tasks),
        tiny=tiny,
        limit=limit,
        # Baselines look at no pictures and no examples, but for the one that repeats them.
        shots=0 if is_baseline(model) and bare != "echo-shot" else shots,
        blind=blind,
        epochs=epochs,
        seed=seed,
        max_pixels=max_pixels,
    )
    decoding = Decoding(temperature, top_p, max_tokens, reasoning_effort, reasoning_tokens, seed or None)
    transport = Transport(
        base_url=base_url,
        connections=connections if batch is None else max(connections, 4 * batch),
        max_retries=max_retries,
        attempt_timeout=timeout,
        timeout=timeout * (max_retries + 1),
        batch=batch,
        cache=cache,
        model_args=_arguments(model_args or []),
    )
    paid = parse_price(price) if price else None
    if dry_run:
        _show_quotes(dataset, model, settings, expected_output, paid, batch=batch is not None)
        return
    if run is None:
        raise MisiError("--out is missing: where are the replies to go?")
    with passes() as tick:
        finished = ask(
            dataset,
            bare if is_baseline(model) else model,
            run,
            settings,
            decoding=decoding,
            transport=transport,
            max_cost=max_cost,
            price=paid,
            progress=lambda done, total: tick("asking", done, total),
        )
    _score_and_show(run, dataset)
    spent = f", {finished.spent:.2f} US dollars in all" if finished.spent else ""
    out.print(f"{finished.asked} calls, {finished.errors} failed{spent}; replies and scores -> {run}")
    if finished.stopped_by == "max_cost":
        raise MisiError(
            f"--max-cost {max_cost:g} reached: {finished.missing} questions have no reply; "
            "give the same command with a higher cap to go on"
        )
    if finished.stopped_by == "interrupted":
        err.print(f"{finished.missing} questions have no reply; give the same command again to ask them", markup=False)
        raise KeyboardInterrupt
    if finished.stopped_by:
        raise MisiError(f"stopped, {finished.missing} questions have no reply: {finished.stopped_by}")
    if finished.missing:
        err.print(f"{finished.missing} questions have no reply; give the same command again to ask them", markup=False)


def _score_and_show(run: Path, dataset: Path) -> None:
    from misi.commands.scoring import show
    from misi.evaluate.run import score_run

    show([score_run(run, dataset)])


def _show_quotes(
    dataset: Path,
    model: str,
    settings: Any,
    expected_output: int,
    paid: tuple[float, float] | None,
    *,
    batch: bool,
) -> None:
    from rich.table import Table

    from misi.evaluate.ask import sent_size
    from misi.evaluate.estimate import VENDOR_EXAMPLES, estimate, quotes
    from misi.evaluate.plan import Plan
    from misi.evaluate.prices import price_of

    plan = Plan(dataset, settings)
    size = sent_size(plan)
    cost = price_of(model, override=paid, batch=batch)
    total = estimate(plan, size, cost.image, expected_output)
    out.print(
        f"{total.requests:,} requests with {total.images:,} pictures of {size[0]}x{size[1]} "
        f"({total.image_bytes / 1e6:,.0f} MB), {settings.shots} examples each; prompt {plan.prompt_sha256[:12]}"
    )
    dollars = total.cost(cost)
    priced = "no price known, give --price IN,OUT"
    if dollars is not None:
        priced = f"about {dollars:,.2f} US dollars ({cost.source})"
    out.print(
        f"{model}: about {total.text_tokens + total.image_tokens:,} input tokens ({total.image_tokens:,} of pictures), "
        f"{total.output_tokens:,} output tokens at {expected_output:,} a reply: {priced}"
    )
    table = Table(title=f"The same run elsewhere{', in batches' if batch else ''}", title_justify="left")
    table.add_column("model")
    for name in ("input tokens", "US dollars"):
        table.add_column(name, justify="right")
    others = [name for name in VENDOR_EXAMPLES if name != model]
    found = quotes(plan, size, expected_output, others, batch=batch)
    for quote in found:
        table.add_row(quote.model, f"{quote.input_tokens:,}", "unknown" if quote.cost is None else f"{quote.cost:,.2f}")
    out.print(table)
    for source in dict.fromkeys(quote.source for quote in found):
        out.print(f"prices: {source}")
    out.print("nothing was sent")


def _arguments(given: list[str]) -> dict[str, Any]:
    """``["a=1", "b=x"]`` -> {"a": 1, "b": "x"}; values are read as JSON where they are JSON.

    Raises
    ------
    MisiError
        An entry has no name or no equals sign.
    """
    import json

    found: dict[str, Any] = {}
    for entry in given:
        name, sign, value = entry.partition("=")
        if not sign or not name.isidentifier():
            raise MisiError(f"-M {entry!r}: write it like name=value")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def add_to(app: typer.Typer) -> None:
    app.command("eval")(evaluate)
