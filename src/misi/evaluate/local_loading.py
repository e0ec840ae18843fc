"""What a local model needs before it can answer: weights, processor, and messages as its template takes them."""

import base64
import importlib
import io
from collections.abc import Sequence
from typing import Any

from inspect_ai.model import ChatMessage, ContentImage, ContentText
from PIL import Image

from misi.errors import MisiError


def turns_of(messages: Sequence[ChatMessage]) -> tuple[list[dict[str, Any]], list[Image.Image]]:
    """Messages as chat templates take them, and their pictures in order.

    Raises
    ------
    MisiError
        A picture is not inline, or is none.
    """
    turns, images = [], []
    for message in messages:
        parts: list[dict[str, Any]] = []
        contents = [ContentText(text=message.content)] if isinstance(message.content, str) else message.content
        for part in contents:
            if isinstance(part, ContentImage):
                images.append(_picture(part.image))
                parts.append({"type": "image"})
            elif isinstance(part, ContentText):
                # A literal mark in the text would be taken for a picture that is not there.
                parts.append({"type": "text", "text": part.text.replace("<|", "< |")})
        turns.append({"role": message.role, "content": parts})
    return turns, images


def _picture(uri: str) -> Image.Image:
    head, _, data = uri.partition(";base64,")
    if not head.startswith("data:image/") or not data:
        raise MisiError(f"a picture must be inline, not {uri[:60]!r}")
    try:
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    except (OSError, ValueError) as error:
        raise MisiError(f"an inline picture cannot be read ({error})") from None


def load(name: str, adapter: str | None, device: str | None, dtype: str, max_pixels: int | None) -> tuple[Any, Any]:
    """Model, ready to generate, and processor with padding on the left.

    Raises
    ------
    MisiError
        transformers or torch is not installed, or the model cannot be loaded.
    """
    try:
        import torch

        from misi.evaluate.vision_ops import declare_missing_operators

        declare_missing_operators()
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        raise MisiError(
            f"local models need transformers and torch: pip install 'misi-bench[train]' ({error})"
        ) from None
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        processor: Any = transformers.AutoProcessor.from_pretrained(name)
        model: Any = transformers.AutoModelForImageTextToText.from_pretrained(name, dtype=dtype)
        if adapter:
            peft: Any = importlib.import_module("peft")
            model = peft.PeftModel.from_pretrained(model, adapter)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise MisiError(f"misi-local/{name}: cannot be loaded ({' '.join(str(error).split())[:300]})") from None
    # Generation goes on from the last token, so a batch must end flush on the right.
    processor.tokenizer.padding_side = "left"
    if max_pixels is not None:
        size = processor.image_processor.size
        processor.image_processor.size = {
            "shortest_edge": min(int(size["shortest_edge"]), int(max_pixels)),
            "longest_edge": int(max_pixels),
        }
    return model.to(device).eval(), processor
