"""Molecular structures into spatial-reasoning questions for vision-language models.

structures -> facts -> scenes -> images -> questions -> dataset -> replies -> scores -> report.
Units throughout: angstrom, degree, pixel.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("misi-bench")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
