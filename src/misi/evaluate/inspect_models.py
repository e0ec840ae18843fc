"""Our providers for inspect-ai: ``misi/<baseline>`` and ``misi-local/<model>``."""

from pathlib import Path
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from misi.errors import MisiError
from misi.evaluate.baselines import BASELINES, EXPLOITS, NEEDS_TRAIN, Answerer, baseline
from misi.evaluate.messages import DATASET_KEY, QUESTION_KEY, SHOTS_KEY
from misi.evaluate.question_index import QuestionIndex


@modelapi(name="misi-local")
def misi_local() -> type[ModelAPI]:
    """A vision-language model run by transformers in this process."""
    from misi.evaluate.local_model import LocalModelAPI

    return LocalModelAPI


@modelapi(name="misi")
def misi_baselines() -> type[ModelAPI]:
    """Baselines and exploits, served as models."""
    return BaselineAPI


class BaselineAPI(ModelAPI):
    """A baseline behind inspect-ai's model interface.

    It finds the question through the last message's metadata, which our tasks set and no vendor is sent.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),
        seed: int = 0,
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if model_name not in BASELINES + EXPLOITS:
            raise ValueError(f"no baseline {model_name!r}; there are {', '.join(BASELINES + EXPLOITS)}")
        self._seed = seed
        self._indexes: dict[tuple[Path, str], QuestionIndex] = {}
        self._answerers: dict[Path, Answerer] = {}

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        named = next((message.metadata for message in reversed(input) if message.metadata), None) or {}
        if QUESTION_KEY not in named:
            raise MisiError("baselines answer the questions of misi tasks alone")
        root = Path(named[DATASET_KEY])
        question = self._index(root, "test")[named[QUESTION_KEY]]
        shots = [self._index(root, "train")[name] for name in named[SHOTS_KEY]]
        output = ModelOutput.from_content(self.model_name, self._answerer(root)(question, shots))
        # Without usage inspect-ai counts tokens itself, with a tokenizer that it downloads.
        output.usage = ModelUsage()
        return output

    def _index(self, root: Path, split: str) -> QuestionIndex:
        if (root, split) not in self._indexes:
            self._indexes[root, split] = QuestionIndex(root, split)
        return self._indexes[root, split]

    def _answerer(self, root: Path) -> Answerer:
        if root not in self._answerers:
            index = self._index(root, "train") if self.model_name in NEEDS_TRAIN else None
            train = (index[name] for name in index) if index is not None else ()
            self._answerers[root] = baseline(self.model_name, train, self._seed)
        return self._answerers[root]

    def should_retry(self, ex: BaseException) -> bool:
        return False

    def max_connections(self) -> int:
        return 32


__all__ = ["BaselineAPI", "misi_baselines", "misi_local"]
