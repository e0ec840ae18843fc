"""How long an item is for a model: an estimate of its tokens, text and pictures."""

from misi.tasks.prompts import system_text
from misi.tasks.question import IMAGE_MARK, Question

#: Side of the square that one visual token covers in Qwen2.5-VL: 14-pixel patches merged two by two
#: (Bai et al., arXiv 2502.13923, section 2.1).
PATCH = 28
#: Characters a token holds, in English with numbers and atom names: fewer than prose, on the safe side.
CHARACTERS = 3.2
#: Start and end marks around each picture, and the chat template's own.
PER_IMAGE, PER_ITEM = 2, 40


def image_tokens(width: int, height: int) -> int:
    """Visual tokens of a picture whose sides are rounded to whole patches."""
    return max(1, round(width / PATCH)) * max(1, round(height / PATCH))


def item_tokens(question: Question, width: int, height: int) -> int:
    """Estimated tokens of a question with its pictures and answer, and of the system text before it."""
    text = len(system_text()) + len(question.question) - len(IMAGE_MARK) * len(question.images) + len(question.answer)
    return round(text / CHARACTERS) + len(question.images) * (image_tokens(width, height) + PER_IMAGE) + PER_ITEM
