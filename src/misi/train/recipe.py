"""A training recipe: a TOML file, checked field by field before anything is loaded."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from misi.errors import MisiError
from misi.tasks import TASKS
from misi.train.knowledge import KNOWLEDGE

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]

#: Linear maps of the language model, in Qwen2.5-VL and Qwen3-VL alike. A bare list of names would also hit the vision
#: tower, whose maps are named the same.
LANGUAGE_MODULES = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
#: Those of the vision tower's blocks: Qwen2.5-VL, then Qwen3-VL.
VISION_MODULES = r".*visual\.blocks.*\.(qkv|proj|gate_proj|up_proj|down_proj|linear_fc1|linear_fc2)"
#: Those that join the two.
MERGER_MODULES = r".*visual\.(merger|deepstack_merger_list).*(mlp\.[02]|linear_fc1|linear_fc2)"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSection(_Section):
    """Which model, and which of its parts train.

    `vision` and `merger` say it for the tower and for the map from it to the language model: ``frozen``, ``lora`` (with
    ``tune = "lora"``) or ``full`` (with ``tune = "full"``).
    """

    path: str
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    attention: Literal["sdpa", "flash_attention_2", "eager"] = "sdpa"
    tune: Literal["lora", "full"] = "lora"
    vision: Literal["frozen", "lora", "full"] = "frozen"
    merger: Literal["frozen", "lora", "full"] = "frozen"

    @model_validator(mode="after")
    def _parts_fit(self) -> "ModelSection":
        other = {"lora": "full", "full": "lora"}[self.tune]
        for part in ("vision", "merger"):
            if getattr(self, part) == other:
                raise ValueError(f"{part} = {other!r} does not go with tune = {self.tune!r}")
        return self


class LoraSection(_Section):
    """Low-rank adapters; the regular expression is matched against whole module names."""

    rank: Count = 16
    alpha: Count = 32
    dropout: Share = 0.05
    language: str = LANGUAGE_MODULES


class CurriculumSection(_Section):
    """Easy questions first: the eligible share of each task grows from `start` to 1 over the first `ramp` of it all."""

    start: Annotated[float, Field(gt=0, le=1)] = 1.0
    ramp: Share = 0.5


class StreamSection(_Section):
    """Pictures made while training.

    Attributes
    ----------
    structures : str
        Folder of structures as `misi build` reads it.
    facts : str
        Folder that keeps what is known of each structure, so that a second start needs no typing.
    variety : int
        Questions are drawn from so many builds, of seeds s, s + 1, ... with s the dataset's; 1 gives the questions of
        the dataset itself, the default ever new ones.
    pictures_mb : int
        Rendered pictures kept in each worker, for views that many questions share.
    """

    structures: str = ""
    facts: str = ""
    variety: Count = 1 << 30
    pictures_mb: Annotated[int, Field(ge=0)] = 256


class DataSection(_Section):
    """What is trained on.

    Attributes
    ----------
    dataset : str
        Folder of a finished dataset; read as it is.
    source : str
        ``files``: its train questions and pictures; ``stream``: new ones of its train complexes, drawn and rendered
        on the way, with the picture size and style of the dataset.
    tasks : tuple of str
        Empty for all.
    weights : dict
        Sampling weight of each task; empty for as many as there are. ``knowledge`` is text-only.
    rationale : float
        Share of completions with a rationale before the answer.
    max_tokens : int or None
        Longest prompt and completion, picture tokens included; longer ones are an error, or left out with `skip_long`.
    """

    dataset: str = ""
    source: Literal["files", "stream"] = "files"
    tasks: tuple[str, ...] = ()
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    rationale: Share = 0.0
    max_tokens: Count | None = None
    skip_long: bool = False
    workers: Annotated[int, Field(ge=0)] = 4
    curriculum: CurriculumSection = CurriculumSection()
    stream: StreamSection = StreamSection()

    @model_validator(mode="after")
    def _names_known(self) -> "DataSection":
        for name in self.tasks:
            if name not in TASKS:
                raise ValueError(f"unknown task {name!r}; there are {', '.join(TASKS)}")
        for name in self.weights:
            if name not in TASKS and name != KNOWLEDGE:
                raise ValueError(f"weight of unknown task {name!r}; there are {', '.join((*TASKS, KNOWLEDGE))}")
        if self.weights and not sum(self.weights.values()) > 0:
            raise ValueError("at least one weight must be above 0")
        return self


class TrainSection(_Section):
    """Optimisation. `batch` is for one device; the whole batch is batch x accumulation x devices."""

    epochs: Annotated[float, Field(gt=0)] = 1.0
    steps: Count | None = None
    batch: Count = 1
    accumulation: Count = 16
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    schedule: Literal["cosine", "linear", "constant", "constant_with_warmup"] = "cosine"
    warmup: Annotated[float, Field(ge=0)] = 0.03
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    optimizer: str = "adamw_torch_fused"
    precision: Literal["bf16", "fp16", "fp32"] = "bf16"
    gradient_checkpointing: bool = True
    deepspeed: str | None = None
    seed: int = 0
    save_every: Count = 500
    keep: Count = 3
    log_every: Count = 10
    report_to: tuple[str, ...] = ()


class EvaluationSection(_Section):
    """Questions asked of the model while it trains, judged by the benchmark's scorer; `every` 0 asks none."""

    every: Annotated[int, Field(ge=0)] = 500
    split: Literal["test", "train"] = "test"
    tiny: bool = True
    limit: Count | None = None
    batch: Count = 8
    max_new_tokens: Count = 256
    controls: bool = True


class GrpoSection(_Section):
    """Reinforcement learning on the scores.

    Attributes
    ----------
    mode : str
        ``weighted`` or ``exact`` score.
    format_weight : float
        What a well-formed last line adds.
    calibrate : bool
        Take off what the best blind constant answer earns (misi.train.reward).
    group : int
        Replies for each question.
    """

    mode: Literal["weighted", "exact"] = "weighted"
    format_weight: Share = 0.1
    calibrate: bool = True
    group: Annotated[int, Field(ge=2)] = 8
    temperature: Annotated[float, Field(gt=0)] = 1.0
    max_completion: Count = 512
    beta: Annotated[float, Field(ge=0)] = 0.0
    iterations: Count = 1
    loss: Literal["grpo", "dapo", "dr_grpo", "bnpo"] = "dapo"
    scale_rewards: Literal["group", "batch", "none"] = "group"
    vllm: bool = False
    vllm_mode: Literal["server", "colocate"] = "colocate"


class Recipe(_Section):
    """Everything a training depends on."""

    model: ModelSection
    out: str = ""
    data: DataSection = DataSection()
    lora: LoraSection = LoraSection()
    train: TrainSection = TrainSection()
    evaluation: EvaluationSection = EvaluationSection()
    grpo: GrpoSection = GrpoSection()

    @property
    def dataset(self) -> Path:
        """The dataset's folder.

        Raises
        ------
        MisiError
            The recipe names none.
        """
        if not self.data.dataset:
            raise MisiError("no dataset: set data.dataset in the recipe, or give --dataset")
        return Path(self.data.dataset)

    @property
    def output(self) -> Path:
        """The folder of checkpoints and the result.

        Raises
        ------
        MisiError
            The recipe names none.
        """
        if not self.out:
            raise MisiError("no output folder: set out in the recipe, or give --out")
        return Path(self.out)


def recipe_names() -> list[str]:
    """Recipes that come with the package."""
    folder = resources.files("misi.train").joinpath("recipes")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def read_recipe(name: str, overrides: dict[str, Any] | None = None) -> Recipe:
    """A recipe by path, or by name if it comes with the package (also written ``recipes/NAME.toml``).

    Parameters
    ----------
    overrides : dict, optional
        Values by dotted key, e.g. ``{"train.steps": 100}``.

    Raises
    ------
    MisiError
        There is no such recipe, it is no TOML, or a field is unknown or out of range; each is named.
    """
    path = Path(name)
    shipped = path.stem if path.parent == Path("recipes") and path.suffix == ".toml" else name
    try:
        if not path.exists() and shipped in recipe_names():
            text = resources.files("misi.train").joinpath("recipes", f"{shipped}.toml").read_text(encoding="utf-8")
        elif path.suffix == ".toml" or path.exists():
            text = path.read_text(encoding="utf-8")
        else:
            raise MisiError(f"no recipe {name!r}: give a .toml file, or one of {', '.join(recipe_names())}")
        data = tomllib.loads(text)
    except OSError as error:
        raise MisiError(f"{name}: cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MisiError(f"{name}: not TOML ({error})") from None
    for key, value in (overrides or {}).items():
        _set(data, key, value)
    return recipe_from(data, name)


def recipe_from(data: dict[str, Any], name: str = "recipe") -> Recipe:
    """A checked recipe from plain values; `name` stands in messages.

    Raises
    ------
    MisiError
        Fields are unknown, missing or out of range.
    """
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'recipe'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise MisiError(f"{name}: {faults}") from None


def parse_override(text: str) -> tuple[str, Any]:
    """``train.steps=100`` -> ("train.steps", 100); the value is TOML, or plain text where it is not.

    Raises
    ------
    MisiError
        There is no ``=``.
    """
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise MisiError(f"--set {text!r}: write it like train.steps=100")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    return key.strip(), parsed


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    place = data
    for section in sections:
        inner = place.setdefault(section, {})
        if not isinstance(inner, dict):
            raise MisiError(f"{key}: {section} is no section")
        place = inner
    place[last] = value
