"""Makes torchvision importable beside a CPU build of torch.

The torchvision wheel of the package index is linked against CUDA; on a CPU-only torch its compiled library does not
load, and its Python side then fails on registering shapes for two operators that do not exist. Declaring the two is
enough: transformers needs torchvision only for resizing pictures, which is pure torch.

`declare_missing_operators` must have run before transformers' vision classes are imported.
"""

import importlib.util
from functools import lru_cache
from typing import Any

import torch

#: Schemas as in torchvision/csrc/ops/nms.cpp and ops/quantized/cpu/qnms_kernel.cpp (BSD-3).
_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_kept: list[Any] = []  # declarations vanish with their library object


@lru_cache(maxsize=1)
def declare_missing_operators() -> bool:
    """Declare what torchvision's own library would have; true if anything was missing.

    The compiled library is tried first, so a torchvision that fits its torch is left as it is.
    """
    spec = importlib.util.find_spec("torchvision")
    if spec is None or torch.cuda.is_available():
        return False
    try:
        import torchvision  # noqa: F401
    except (RuntimeError, OSError):
        pass
    else:
        return False
    library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)
    _kept.append(library)
    return True
