"""Between our conversations and inspect-ai's messages, both ways."""

from typing import TYPE_CHECKING, Any

from misi.evaluate.conversation import Conversation
from misi.evaluate.outcomes import Ending, Reply
from misi.evaluate.pictures import Pictures
from misi.evaluate.plan import Request
from misi.evaluate.prices import Price
from misi.tasks.question import ImageRef

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ModelOutput

#: Where a message's metadata names the question; baselines served as models read it, vendors never see it.
QUESTION_KEY, SHOTS_KEY, DATASET_KEY = "misi_question", "misi_shots", "misi_dataset"

_ENDINGS: dict[str, Ending] = {
    "stop": "stop",
    "tool_calls": "stop",
    "unknown": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "refusal",
}


def messages_of(request: Request, pictures: Pictures) -> "list[ChatMessage]":
    """The conversation with every picture inline, in order, right after the text that names it.

    Raises
    ------
    DatasetError
        A picture cannot be read, or is not the one that the dataset was built with.
    """
    return _messages(request.conversation, lambda image: pictures.data_uri(image.path), None)


def messages_with_paths(request: Request, pictures: Pictures, dataset: str, locate: Any) -> "list[ChatMessage]":
    """The same for inspect-ai's own runs, which read pictures from `locate(image)` when they are due."""
    metadata = {
        DATASET_KEY: dataset,
        QUESTION_KEY: request.question.id,
        SHOTS_KEY: list(request.conversation.shots),
    }
    return _messages(request.conversation, locate, metadata)


def _messages(conversation: Conversation, address: Any, metadata: dict[str, Any] | None) -> "list[ChatMessage]":
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageUser,
        Content,
        ContentImage,
        ContentText,
    )

    messages: list[ChatMessage] = [ChatMessageSystem(content=conversation.system)]
    for turn in conversation.turns:
        if turn.role == "assistant":
            messages.append(ChatMessageAssistant(content="".join(str(part) for part in turn.parts)))
            continue
        parts: list[Content] = [
            ContentImage(image=address(part), detail="high") if isinstance(part, ImageRef) else ContentText(text=part)
            for part in turn.parts
        ]
        messages.append(ChatMessageUser(content=parts))
    messages[-1].metadata = metadata
    return messages


def reply_of(name: str, output: "ModelOutput", price: Price | None) -> Reply:
    """What came back, as it is stored.

    Parameters
    ----------
    name : str
        Id of the question.
    price : Price or None
        None where nothing was paid, as for a reply from the cache.
    """
    if output.empty:
        return Reply(name, "", "error", output.error or "the reply holds no choice", served_by=output.model)
    ending = _ENDINGS.get(output.stop_reason, "stop")
    details = output.choices[0].stop_details
    detail = "" if ending == "stop" else str(output.stop_reason)
    if details is not None and details.explanation:
        detail = f"{detail}: {' '.join(details.explanation.split())[:200]}".removeprefix(": ")
    content = output.message.content
    if not isinstance(content, str) and any(getattr(part, "refusal", None) for part in content):
        ending, detail = "refusal", detail or "refusal"
    usage = output.usage
    if usage is None:
        return Reply(name, output.completion, ending, detail, served_by=output.model, seconds=output.time)
    cached = usage.input_tokens_cache_read or 0
    read = usage.input_tokens + cached + (usage.input_tokens_cache_write or 0)
    cost = 0.0 if price is None else price.cost(read, usage.output_tokens, cached)
    return Reply(
        name,
        output.completion,
        ending,
        detail,
        served_by=output.model,
        input_tokens=read,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        cost=None if cost is None else round(cost, 8),
        seconds=None if output.time is None else round(output.time, 3),
    )
