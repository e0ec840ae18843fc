"""Datasets in the forms that other tools read. `export` chooses by name."""

from misi.dataset.export.run import FORMATS, Exported, export

__all__ = ["FORMATS", "Exported", "export"]
