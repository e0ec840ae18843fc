"""`misi view`: one picture, a sheet of six views, or a turntable."""

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from misi.commands.console import one_of, out, parse_size
from misi.errors import MisiError
from misi.paths import write_bytes

if TYPE_CHECKING:
    from misi.scene.picture import Picture
    from misi.structures.complex import Complex

Src = Annotated[Path, typer.Argument(help="Folder of complexes, folder of pairs, or a structure file.")]
Id = Annotated[str, typer.Option("--id", help="Which complex of SRC.")]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]
Do = Annotated[str, typer.Option("--do", help='Operations, e.g. "move x 3, roll y 45".')]

#: Red, green, blue, and whether it is left out of the file.
BACKGROUNDS = {
    "black": ((0, 0, 0), False),
    "white": ((255, 255, 255), False),
    "transparent": ((0, 0, 0), True),
}
PICTURE, SHEET, TURNTABLE = "a picture", "a sheet", "a turntable"
SUFFIXES = {PICTURE: (".png",), SHEET: (".png",), TURNTABLE: (".webp", ".gif")}


def view(
    src: Src,
    complex_id: Id,
    out_path: Out,
    view_name: Annotated[
        str | None, typer.Option("--view", help="front (default), top, left, right, bottom or back.")
    ] = None,
    do: Do = "",
    do_ligand: Annotated[
        str, typer.Option("--do-ligand", help='Operations of the ligand alone, e.g. "roll y 45, move x 12".')
    ] = "",
    show: Annotated[str, typer.Option("--show", help="all, pocket or ligand.")] = "all",
    residue: Annotated[
        str | None, typer.Option("--residue", help='One residue and the ligand: its label, e.g. "ARG 221".')
    ] = None,
    size: Annotated[str, typer.Option("--size", help="Picture (of a sheet: each), WxH pixels.")] = "768x576",
    labels: Annotated[str, typer.Option("--labels", help="none, residues or atoms.")] = "residues",
    label_style: Annotated[
        str, typer.Option("--label-style", help="screen (legible) or paper (0.7 A in the scene, everything named).")
    ] = "screen",
    colors: Annotated[str, typer.Option("--colors", help="paper, element or colorblind.")] = "paper",
    style: Annotated[str, typer.Option("--style", help="stick, ball-and-stick or sphere.")] = "stick",
    background: Annotated[str, typer.Option("--background", help="black, white or transparent.")] = "black",
    depth_cue: Annotated[
        bool, typer.Option("--depth-cue/--no-depth-cue", help="Whether what is far fades into the background.")
    ] = True,
    projection: Annotated[str, typer.Option("--projection", help="perspective or parallel.")] = "perspective",
    quality: Annotated[str, typer.Option("--quality", help="exact or fast.")] = "exact",
    levels: Annotated[
        int, typer.Option("--levels", min=0, help="Steps of shading; small files from 32, every color from 0.")
    ] = 0,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="Also write what each pixel shows, .npz: depth, atom, labels' boxes and more."),
    ] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="All six views side by side.")] = False,
    turntable: Annotated[bool, typer.Option("--turntable", help="An animated turn, .webp or .gif.")] = False,
    frames: Annotated[int, typer.Option("--frames", min=2, max=360, help="Pictures of a turntable.")] = 36,
) -> None:
    """One picture as PNG, six on a sheet, or a turntable.

    Examples: misi view complexes/ --id 1abc --view top --labels atoms --out top.png

    misi view complexes/ --id 1abc --turntable --style sphere --background white --out 1abc.webp

    misi view complexes/ --id 1abc --do "move z 45" --out near.png --truth near.npz
    """
    from misi import render
    from misi.dataset.config import QUALITIES
    from misi.scene.camera import PROJECTIONS
    from misi.scene.motion import VIEWS, parse_operations
    from misi.scene.naming import LABEL_STYLES
    from misi.scene.picture import LABELS, PALETTES, Picture, Show
    from misi.scene.scene import compose
    from misi.scene.style import STYLES
    from misi.structures.sources import load_by_id

    kind = _kind(sheet, turntable, view_name, out_path)
    if truth is not None and (kind != PICTURE or truth.suffix.lower() != ".npz"):
        raise MisiError(f"--truth {truth.name!r}: the truth of one picture is written as .npz")
    shows: tuple[Show, ...] = ("all", "pocket", "ligand")
    shown = one_of("--show", show, shows)
    if residue is not None and show != "all":
        raise MisiError(f"--residue shows that residue and the ligand; leave out --show {show}")
    colour, transparent = BACKGROUNDS[one_of("--background", background, tuple(BACKGROUNDS))]
    if transparent and out_path.suffix.lower() == ".gif":
        raise MisiError("--background transparent: a GIF knows no half-transparent pixels; choose .webp")
    width, height = parse_size(size)
    picture = Picture(
        one_of("--view", view_name or "front", tuple(VIEWS)),
        parse_operations(do),
        shown,
        ligand_operations=parse_operations(do_ligand),
        labels=one_of("--labels", labels, LABELS),
        palette=one_of("--colors", colors, PALETTES),
    )
    options: dict[str, Any] = {
        "style": one_of("--style", style, STYLES),
        "label_style": one_of("--label-style", label_style, LABEL_STYLES),
        "background": colour,
        "transparent": transparent,
        "depth_cue": depth_cue,
        "projection": one_of("--projection", projection, PROJECTIONS),
    }
    drawing: dict[str, Any] = {"quality": one_of("--quality", quality, QUALITIES), "levels": levels}
    complex_ = load_by_id(src, complex_id)
    about = b""
    if residue is not None:
        picture = _of_residue(picture, complex_, residue)
    if kind == SHEET:
        same = {field.name: getattr(picture, field.name) for field in fields(picture) if field.name != "view"}
        data = render.sheet(complex_, width, height, **same, **drawing, **options)
    elif kind == TURNTABLE:
        suffix: Any = out_path.suffix.lower().removeprefix(".")
        data = render.turntable(complex_, picture, width, height, frames=frames, format=suffix, **drawing, **options)
    else:
        scene = compose(complex_, picture, width, height, **options)
        data = render.render_png(scene, **drawing)
        about = render.truth_npz(complex_, scene) if truth is not None else b""
    write_bytes(out_path, data)
    out.print(f"{kind}, {width}x{height}, {len(data) / 1000:.0f} kB -> {out_path}")
    if truth is not None:
        write_bytes(truth, about)
        out.print(f"what its pixels show -> {truth}")


def _kind(sheet: bool, turntable: bool, view_name: str | None, out_path: Path) -> str:
    """What is to be made; an error where the wishes contradict each other or the file's name."""
    if sheet and turntable:
        raise MisiError("--sheet and --turntable are two files: choose one")
    if sheet and view_name is not None:
        raise MisiError(f"--sheet shows every view; leave out --view {view_name}")
    kind = SHEET if sheet else TURNTABLE if turntable else PICTURE
    if out_path.suffix.lower() not in SUFFIXES[kind]:
        raise MisiError(f"--out {out_path.name!r}: {kind} is written as {' or '.join(SUFFIXES[kind])}")
    return kind


def _of_residue(picture: "Picture", complex_: "Complex", label: str) -> "Picture":
    """The picture of one residue and the ligand; the residue is named as pictures name it."""
    from misi.scene.naming import residue_texts

    texts = residue_texts(complex_)
    wanted = " ".join(label.split()).upper()
    rows = [row for row in complex_.pocket_residues() if texts[row].upper() == wanted]
    if not rows:
        some = ", ".join(texts[row] for row in list(complex_.pocket_residues())[:5])
        raise MisiError(f"--residue {label!r}: {complex_.id} has no such residue; it has {some} and so on")
    if len(rows) > 1:
        raise MisiError(f"--residue {label!r}: {complex_.id} has {len(rows)} residues of that label")
    return replace(picture, show="residue", residue=rows[0])
