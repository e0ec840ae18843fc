"""A picture in words: what is shown, from where, after which motions. Everything a renderer needs but the atoms."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from misi.scene.motion import Operations, format_operations, parse_operations

Show = Literal["all", "pocket", "ligand", "residue"]
Labels = Literal["none", "residues", "atoms"]
Palette = Literal["paper", "element", "colorblind"]
LABELS: tuple[Labels, ...] = ("none", "residues", "atoms")
PALETTES: tuple[Palette, ...] = ("paper", "element", "colorblind")


@dataclass(frozen=True, slots=True)
class Picture:
    """A declarative picture of one complex.

    Attributes
    ----------
    view : str
        One of `misi.scene.motion.VIEWS`; applied first.
    operations : tuple of Operation
        Applied to the whole scene after the view.
    show : str
        ``all``; ``pocket`` or ``ligand`` alone, under the camera of the whole complex; ``residue``: the residue
        `residue` and the ligand, under a camera fitted to these two.
    residue : int or None
        Row of the residue for ``show="residue"``.
    ligand_operations : tuple of Operation
        Applied to the ligand alone, before the view, in the front camera's axes; rolls turn it about the centre
        of its own box of displayed atoms.
    labels : str
        ``none``; ``residues``: name and number on every pocket residue; ``atoms``: of residues, of polar residue
        atoms and of the ligand's atoms, in pictures of the whole complex those near the ligand alone
        (`misi.scene.naming`).
    palette : str
        ``paper``: pocket carbons alternate yellow and purple by residue, ligand carbons gray; ``element``;
        ``colorblind``.
    """

    view: str = "front"
    operations: Operations = ()
    show: Show = "all"
    residue: int | None = None
    ligand_operations: Operations = ()
    labels: Labels = "residues"
    palette: Palette = "paper"

    def as_json(self) -> dict[str, Any]:
        """Plain values; `from_json` is the inverse."""
        data = asdict(self)
        data["operations"] = format_operations(self.operations)
        data["ligand_operations"] = format_operations(self.ligand_operations)
        return {key: value for key, value in data.items() if value not in ("", None)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Picture":
        fields = dict(data)
        for key in ("operations", "ligand_operations"):
            fields[key] = parse_operations(fields.get(key, ""))
        return cls(**fields)
