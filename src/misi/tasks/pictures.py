"""Pictures of a question: their paths in the dataset and the views that tasks share.

Names tell a picture's role and never an answer. A picture that several questions show has one path.
"""

from misi.scene.motion import SIX_VIEWS, THREE_VIEWS, Operations
from misi.scene.picture import Labels, Picture, Show
from misi.tasks.question import ImageRef

Pictures = dict[str, tuple[str, Picture]]


def path(complex_id: str, name: str) -> str:
    """``images/<complex>/<name>.png``."""
    return f"images/{complex_id}/{name}.png"


class Gallery:
    """Collects the images of one question, in order, and the pictures to be made for them."""

    def __init__(self) -> None:
        self.images: list[ImageRef] = []
        self.pictures: Pictures = {}

    def add(self, label: str, complex_id: str, name: str, picture: Picture, owner: str | None = None) -> None:
        """One image; `owner` names the complex under whose folder it lies, if that is not the one it shows."""
        where = path(owner or complex_id, name)
        self.images.append(ImageRef(label, where))
        self.pictures[where] = (complex_id, picture)

    def add_views(
        self,
        complex_id: str,
        views: tuple[str, ...],
        *,
        label: str = "{view} view",
        name: str = "{view}",
        labels: Labels = "residues",
        show: Show = "all",
        residue: int | None = None,
    ) -> None:
        """One image for each view; `label` and `name` hold ``{view}``."""
        for view in views:
            picture = Picture(view=view, show=show, residue=residue, labels=labels)
            text = label.format(view=view)
            self.add(text[0].upper() + text[1:], complex_id, name.format(view=view), picture)

    def add_three(self, complex_id: str, label: str = "{view} view") -> None:
        """Front, top and left with residue labels; shared by many tasks."""
        self.add_views(complex_id, THREE_VIEWS, label=label)

    def add_six_with_atoms(self, complex_id: str) -> None:
        """All six views with atom names; shared by interaction_location and pocket_ligand."""
        self.add_views(complex_id, SIX_VIEWS, name="{view}-atoms", labels="atoms")

    def add_after(
        self, label: str, complex_id: str, name: str, operations: Operations, owner: str | None = None
    ) -> None:
        """The front view after motions of the whole scene."""
        self.add(label, complex_id, name, Picture(operations=operations), owner)
