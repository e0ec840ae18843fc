"""How much GPU memory a training takes, by arithmetic; nothing is loaded. Estimates: expect 20 % more or less.

Bytes for each parameter (mixed precision with AdamW, whose two moments are float32):

| | weight | gradient | optimiser | sum |
| --- | ---: | ---: | ---: | ---: |
| trained, float32 weights under autocast | 4 | 4 | 8 | 16 |
| trained, bfloat16 weights (adapters are kept in float32) | 2 | 2 | 4 | 8 |
| frozen | 2 or 4 | 0 | 0 | 2 or 4 |

Activations with checkpointing: each layer keeps its input (tokens x hidden), and one layer at a time is computed again
(about 10 x hidden + 6 x intermediate values a token). Logits are made for answers alone and in pieces.
"""

from dataclasses import dataclass

from misi.train.recipe import Recipe

_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}
_ACTIVATION = 2  # bytes of a value under autocast
_MOMENTS = 2  # of AdamW
GIB = 2**30


@dataclass(frozen=True)
class Shape:
    """Sizes of a vision-language model, from the config.json of its release.

    `gated` tells vision blocks with three maps in the MLP (Qwen2.5-VL) from those with two (Qwen3-VL); `deepstack` is
    the number of further mergers (Qwen3-VL).
    """

    hidden: int
    layers: int
    intermediate: int
    heads: int
    key_value_heads: int
    head: int
    vocabulary: int
    tied: bool
    vision_hidden: int
    vision_layers: int
    vision_intermediate: int
    patch: int
    gated: bool = True
    deepstack: int = 0

    @property
    def language(self) -> int:
        """Parameters of the language model, embeddings included."""
        attention = 2 * self.hidden * self.head * (self.heads + self.key_value_heads)
        layer = attention + 3 * self.hidden * self.intermediate + 2 * self.hidden
        return self.layers * layer + self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def vision(self) -> int:
        """Parameters of the vision tower."""
        block = 4 * self.vision_hidden**2 + (3 if self.gated else 2) * self.vision_hidden * self.vision_intermediate
        return self.vision_layers * block + 3 * 2 * self.patch**2 * self.vision_hidden

    @property
    def merger(self) -> int:
        """Parameters of what joins the two."""
        wide = 4 * self.vision_hidden
        return (1 + self.deepstack) * (wide * wide + wide * self.hidden)

    def adapters(self, rank: int) -> int:
        """Parameters of adapters on all linear maps of the language model."""
        query, key = self.heads * self.head, self.key_value_heads * self.head
        maps = [(self.hidden, query), (self.hidden, key), (self.hidden, key), (query, self.hidden)]
        maps += [(self.hidden, self.intermediate)] * 2 + [(self.intermediate, self.hidden)]
        return self.layers * rank * sum(wide + high for wide, high in maps)


#: By what stands in a model's name.
SHAPES = {
    "qwen2.5-vl-3b": Shape(2048, 36, 11008, 16, 2, 128, 151936, True, 1280, 32, 3420, 14),
    "qwen2.5-vl-7b": Shape(3584, 28, 18944, 28, 4, 128, 152064, False, 1280, 32, 3420, 14),
    "qwen2.5-vl-32b": Shape(5120, 64, 27648, 40, 8, 128, 152064, False, 1280, 32, 3456, 14),
    "qwen3-vl-4b": Shape(2560, 36, 9728, 32, 8, 128, 151936, True, 1024, 24, 4096, 16, False, 3),
    "qwen3-vl-8b": Shape(4096, 36, 12288, 32, 8, 128, 151936, False, 1152, 27, 4304, 16, False, 3),
}


def shape_of(name: str) -> Shape | None:
    """The shape of a known model, by its name."""
    return next((shape for key, shape in SHAPES.items() if key in name.lower()), None)


@dataclass(frozen=True)
class Memory:
    """Bytes on one device."""

    weights: float
    gradients: float
    optimizer: float
    activations: float

    @property
    def total(self) -> float:
        return self.weights + self.gradients + self.optimizer + self.activations


def memory_of(shape: Shape, recipe: Recipe, tokens: int, *, shards: int = 1) -> Memory:
    """Memory of one device.

    Parameters
    ----------
    tokens : int
        Of one example.
    shards : int
        Devices that weights, gradients and optimiser are spread over (FSDP, ZeRO-3); 1 for none.
    """
    model = recipe.model
    weight = _BYTES[model.dtype]
    sizes = {"language": shape.language, "vision": shape.vision, "merger": shape.merger}
    weights = weight * sum(sizes.values())
    if model.tune == "full":
        trained = sizes["language"] + sum(
            sizes[part] for part in ("vision", "merger") if getattr(model, part) == "full"
        )
        gradients, optimizer = weight * trained, _MOMENTS * weight * trained
    else:
        trained = shape.adapters(recipe.lora.rank)
        weights += 4 * trained
        gradients, optimizer = 4 * trained, _MOMENTS * 4 * trained
    count = tokens * recipe.train.batch
    inputs = shape.layers * shape.hidden
    working = 10 * shape.hidden + 6 * shape.intermediate
    if not recipe.train.gradient_checkpointing:
        working *= shape.layers
    activations = _ACTIVATION * count * (inputs + working)
    if model.vision != "frozen":
        # four patches a token
        activations += _ACTIVATION * 4 * count * shape.vision_layers * shape.vision_hidden
    return Memory(weights / shards, gradients / shards, optimizer / shards, float(activations))
