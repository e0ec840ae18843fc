"""A vision-language model run by transformers in this process: inspect-ai's provider ``misi-local/<path or id>``.

For Qwen2.5-VL, Qwen3-VL and others with a processor and a chat template. Requests that come together are answered
together; a LoRA adapter can be put on top. Greedy unless a temperature is asked for.

    misi eval DIR --model misi-local/Qwen/Qwen2.5-VL-7B-Instruct -M batch_size=8 -M adapter=checkpoints/last --out RUN
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolChoice, ToolInfo
from PIL import Image

from misi.evaluate.local_loading import load, turns_of

DEFAULT_MAX_TOKENS = 2048
_GATHER = 0.05  # seconds that a batch waits for company


@dataclass(frozen=True)
class _Job:
    """One request on its way into a batch."""

    turns: list[dict[str, Any]]
    images: list[Image.Image]
    config: GenerateConfig
    done: "asyncio.Future[ModelOutput]"


class LocalModelAPI(ModelAPI):
    """See the module.

    Parameters
    ----------
    model_name : str
        Folder or hub id of the model.
    adapter : str, optional
        Folder of a LoRA adapter (peft).
    batch_size : int
        Requests answered together at most.
    device : str, optional
        ``cuda`` where there is one, else ``cpu``.
    dtype : str
        As transformers takes it; ``auto`` for the checkpoint's own.
    max_pixels : int, optional
        Pictures are scaled down to at most so many pixels by the model's processor; its own setting by default.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),
        adapter: str | None = None,
        batch_size: int = 8,
        device: str | None = None,
        dtype: str = "auto",
        max_pixels: int | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.batch_size = int(batch_size)
        self._model, self._processor = load(model_name, adapter, device, dtype, max_pixels)
        self._waiting: list[_Job] = []
        self._worker: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="misi-local")

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        turns, images = turns_of(input)
        job = _Job(turns, images, config, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await job.done

    def max_connections(self) -> int:
        return 2 * self.batch_size  # the next batch is ready when one is done

    def max_tokens(self) -> int | None:
        return DEFAULT_MAX_TOKENS

    def connection_key(self) -> str:
        return self.model_name

    def should_retry(self, ex: BaseException) -> bool:
        return False

    async def aclose(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        while self._waiting:
            if len(self._waiting) < self.batch_size:
                await asyncio.sleep(_GATHER)
            # Only requests with one way of decoding can share a batch.
            first = self._waiting[0].config
            batch = [job for job in self._waiting if job.config == first][: self.batch_size]
            self._waiting = [job for job in self._waiting if job not in batch]
            batch = [job for job in batch if not job.done.done()]  # cancelled while it waited
            try:
                loop = asyncio.get_running_loop()
                outputs = await loop.run_in_executor(self._thread, self._answer, batch)
            except Exception as error:  # told to everybody who waits; the provider itself goes on
                for job in batch:
                    if not job.done.done():
                        job.done.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))
                continue
            for job, output in zip(batch, outputs, strict=True):
                if not job.done.done():
                    job.done.set_result(output)

    def _answer(self, batch: Sequence[_Job]) -> list[ModelOutput]:
        """Replies to a batch; runs in the one thread that holds the model."""
        if not batch:
            return []
        import torch

        config = batch[0].config
        texts = [
            self._processor.apply_chat_template(job.turns, tokenize=False, add_generation_prompt=True) for job in batch
        ]
        images = [job.images for job in batch] if any(job.images for job in batch) else None
        inputs = self._processor(text=texts, images=images, padding=True, return_tensors="pt").to(self._model.device)
        lengths = inputs["attention_mask"].sum(dim=1).tolist()
        most = config.max_tokens or DEFAULT_MAX_TOKENS
        room = self._room() - int(inputs["input_ids"].shape[1])
        if room < 1:
            said = f"the request has {max(lengths)} tokens, the model takes {self._room()}"
            return [_stopped(self.model_name, said, length) for length in lengths]
        sampled = bool(config.temperature)
        if config.seed is not None:
            torch.manual_seed(config.seed)
        settings = {"temperature": config.temperature, "top_p": config.top_p} if sampled else {}
        with torch.inference_mode():
            written = self._model.generate(
                **inputs,
                max_new_tokens=min(most, room),
                do_sample=sampled,
                **{name: value for name, value in settings.items() if value is not None},
            )
        fresh = written[:, inputs["input_ids"].shape[1] :]
        return [
            self._output(tokens, length, min(most, room))
            for tokens, length in zip(fresh.tolist(), lengths, strict=True)
        ]

    def _output(self, tokens: list[int], length: int, most: int) -> ModelOutput:
        ends = self._model.generation_config.eos_token_id
        ends = set(ends if isinstance(ends, list) else [ends])
        stop = next((i for i, token in enumerate(tokens) if token in ends), None)
        kept = tokens[:stop] if stop is not None else tokens
        text = self._processor.tokenizer.decode(kept, skip_special_tokens=True)
        n = len(kept) + (stop is not None)
        output = ModelOutput(
            model=self.model_name,
            choices=[
                ChatCompletionChoice(
                    message=ChatMessageAssistant(content=text, model=self.model_name, source="generate"),
                    stop_reason="stop" if stop is not None else "max_tokens",
                )
            ],
            usage=ModelUsage(input_tokens=length, output_tokens=n, total_tokens=length + n),
        )
        return output

    def _room(self) -> int:
        config = self._model.config
        text = getattr(config, "text_config", config)
        return int(getattr(text, "max_position_embeddings", 32768))


def _stopped(name: str, said: str, length: int) -> ModelOutput:
    output = ModelOutput.from_content(name, said, stop_reason="model_length")
    output.usage = ModelUsage(input_tokens=length, total_tokens=length)
    return output
