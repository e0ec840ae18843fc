# mypy: ignore-errors
# (Warp compiles these functions from their source; their annotations are its own types, not Python's)
"""The device's kernels: a thread for each pixel goes through its tile's primitives once for each of its samples.

Arithmetic and its order are those of `misi.render.raster`: single precision, no contraction to fused multiply-adds
(`fuse_fp`), no fast-math, and no library function but the correctly rounded square root. So the pictures are the same.
What differs is when a sample is shaded: here once, after its nearest primitive is known.

Importing this module needs Warp and sets it up; only `misi.render.gpu.batch` does so.
"""

import warp as wp

from misi.render import raster
from misi.render.gpu import lists

wp.set_module_options({"enable_backward": False, "fast_math": False, "fuse_fp": False})

# Settings of a scene: background, end and rate of the depth cue, steps of shading and one over it, 1 for perspective
# and else 0, depth at which slopes are lengths or 0, near plane, slopes of a strip's rows of samples below its first.
BACK, CUE_END, CUE_RATE, LEVELS, STEP, PERSP, FLAT, NEAR, BELOW = 0, 3, 4, 5, 6, 7, 8, 9, 10
STRIP = raster.STRIP  # pixel rows whose slopes the kernel for the processor counts from one slope
SETTINGS = BELOW + 3 * STRIP
# Sizes of a scene: picture, tiles side by side, and where its tiles, pixels, columns of samples and strips begin.
COLUMNS, ROWS, ACROSS, TILES, PIXELS, SLOPES, LINES = 0, 1, 2, 3, 4, 5, 6
SIZES = 7

KX, KY, KZ = wp.constant(float(raster.KX)), wp.constant(float(raster.KY)), wp.constant(float(raster.KZ))
FX, FY, FZ = wp.constant(float(raster.FX)), wp.constant(float(raster.FY)), wp.constant(float(raster.FZ))
AMBIENT, KEY = wp.constant(float(raster.AMBIENT)), wp.constant(float(raster.KEY))
FILL, SPECULAR = wp.constant(float(raster.FILL)), wp.constant(float(raster.SPECULAR))
DULL = wp.constant(float(raster.DULL))

UC, QUU, QUV, QVV, QU, QV, Q = lists.UC, lists.QUU, lists.QUV, lists.QVV, lists.QU, lists.QV, lists.Q
PX, PY, PD, DOUBLE, A0 = lists.PX, lists.PY, lists.PD, lists.DOUBLE, lists.A0
WX, WY, WZ, WD, MW, HALF = lists.WX, lists.WY, lists.WZ, lists.WD, lists.MW, lists.HALF
MK, MF, WK, WF, INV_R, R2 = lists.MK, lists.MF, lists.WK, lists.WF, lists.INV_R, lists.R2
X, Y, D, RED_A, RED_B, WIDTH = lists.X, lists.Y, lists.D, lists.RED_A, lists.RED_B, lists.WIDTH
PLAIN, SPHERE, TILE = lists.PLAIN, lists.SPHERE, lists.TILE

Floats = wp.array(dtype=wp.float32)
Doubles = wp.array(dtype=wp.float64)
Ints = wp.array(dtype=wp.int32)
Bytes = wp.array(dtype=wp.uint8)


@wp.struct
class Batch:
    """Scenes of a batch, end to end; see `misi.render.gpu.batch`."""

    sizes: Ints  # (scenes * SIZES,)
    settings: Floats  # (scenes * SETTINGS,)
    slopes: Floats  # of every column of samples
    lines: Doubles  # slopes of the first row of samples of every strip
    scene_of: Ints  # of every tile
    starts: Ints  # (tiles + 1,) into members
    members: Ints  # primitives of every tile in drawing order
    numbers: Floats  # (primitives * WIDTH,)
    ratios: Doubles
    kinds: Ints
    ends: Ints  # (primitives * 2,)


@wp.struct
class Ray:
    """One sample: its slopes, the part below the first of its strip apart, and what its scene says of rays."""

    u: float
    below: float
    line: wp.float64
    persp: float
    flat: float
    near: float


@wp.func
def meet_plain(batch: Batch, i: int, ray: Ray):
    """Depth at which a ray enters a primitive beyond the near plane, or infinity; root of the discriminant."""
    p, at = batch.numbers, i * WIDTH
    u = ray.u - p[at + UC]
    v = ray.below - wp.float32(batch.ratios[i] - ray.line)
    reach = (p[at + QUU] * u + p[at + QUV] * v + p[at + QU]) * u + (p[at + QVV] * v + p[at + QV]) * v + p[at + Q]
    root = wp.sqrt(wp.max(reach, 0.0))
    across = p[at + PX] * u + p[at + PY] * v
    part = p[at + WX] * u + p[at + WY] * v
    s = (p[at + PD] + across - root) / (p[at + A0] + p[at + DOUBLE] * across + u * u + v * v - part * part)
    depth = wp.float32(wp.inf)
    if reach >= 0.0 and wp.abs(s * (p[at + WD] + part) - p[at + MW]) <= p[at + HALF]:
        depth = s
    return depth, root


@wp.func
def meet_sphere(batch: Batch, i: int, ray: Ray):
    """Depth beyond the plane of the centre, whether the inside is seen (1) or not (0), and whether it is met at all.

    In any projection, also across the near plane.
    """
    p, at = batch.numbers, i * WIDTH
    across, down = ray.u, wp.float32(ray.line) + ray.below
    level = wp.float32(ray.flat)
    if ray.flat <= 0.0:
        level = p[at + D]
    dx, dy = across * level - p[at + X], down * level - p[at + Y]
    u, v = across * ray.persp, down * ray.persp
    inverse = 1.0 / (u * u + v * v + 1.0)
    along = (dx * u + dy * v) * inverse
    reach = along * along - (dx * dx + dy * dy - p[at + R2]) * inverse
    root = wp.sqrt(wp.max(reach, 0.0))
    inside = wp.int32(0)
    t = -along - root
    if p[at + D] - along - root < ray.near:
        inside = 1
        t = root - along
    met = wp.int32(0)
    if reach >= 0.0 and p[at + D] + t >= ray.near:
        met = 1
    return t, inside, met


@wp.func
def meet_cylinder(batch: Batch, i: int, ray: Ray):
    """As `meet_sphere`; an open end shows the inside too."""
    p, at = batch.numbers, i * WIDTH
    across, down = ray.u, wp.float32(ray.line) + ray.below
    level = wp.float32(ray.flat)
    if ray.flat <= 0.0:
        level = p[at + D]
    dx, dy = across * level - p[at + X], down * level - p[at + Y]
    u, v = across * ray.persp, down * ray.persp
    square = u * u + v * v + 1.0
    dw = u * p[at + WX] + v * p[at + WY] - p[at + WZ]
    pw = dx * p[at + WX] + dy * p[at + WY]
    a = square - dw * dw
    b = dx * u + dy * v - pw * dw
    reach = b * b - a * (dx * dx + dy * dy - p[at + R2] - pw * pw)
    root = wp.sqrt(wp.max(reach, 0.0))
    inside = wp.int32(0)
    t = -(b + root) / a
    if wp.abs(pw + t * dw) > p[at + HALF] or p[at + D] + t < ray.near:
        inside = 1
        t = (root - b) / a
    met = wp.int32(0)
    if reach >= 0.0 and wp.abs(pw + t * dw) <= p[at + HALF] and p[at + D] + t >= ray.near:
        met = 1
    return t, inside, met


@wp.func
def nearest(batch: Batch, tile: int, ray: Ray):
    """Primitive that a ray meets first (-1: none), its depth, and for plain ones the root of the discriminant."""
    winner, best, kept = wp.int32(-1), wp.float32(wp.inf), wp.float32(0.0)
    for place in range(batch.starts[tile], batch.starts[tile + 1]):
        i = batch.members[place]
        depth, root = wp.float32(wp.inf), wp.float32(0.0)
        if batch.kinds[i] == PLAIN:
            depth, root = meet_plain(batch, i, ray)
        else:
            t, met = wp.float32(0.0), wp.int32(0)
            if batch.kinds[i] == SPHERE:
                t, _inside, met = meet_sphere(batch, i, ray)
            else:
                t, _inside, met = meet_cylinder(batch, i, ray)
            if met == 1:
                depth = batch.numbers[i * WIDTH + D] + t
        if depth < best:
            winner, best, kept = i, depth, root
    return winner, best, kept


@wp.func
def tone(
    batch: Batch,
    scene: int,
    key: float,
    fill: float,
    shine2: float,
    depth: float,
    red: float,
    green: float,
    blue: float,
):
    """Red, green and blue of a lit point; see `misi.render.raster`."""
    q, at = batch.settings, scene * SETTINGS
    shine2 = wp.max(shine2, DULL)
    shine4 = shine2 * shine2
    shine8 = shine4 * shine4
    glow = shine8 * shine8 * shine8 * shine4 * shine2
    light = AMBIENT + KEY * wp.max(key, 0.0) + FILL * wp.max(fill, 0.0)
    share = wp.min(wp.max((q[at + CUE_END] - depth) * q[at + CUE_RATE], 0.0), 1.0)
    rest = 1.0 - share
    light = float(int(share * light * q[at + LEVELS] + 0.5)) * q[at + STEP]
    glow = float(int(share * glow * q[at + LEVELS] + 0.5)) * q[at + STEP] * SPECULAR
    r = wp.min(red * light + glow + rest * q[at + BACK], 255.0)
    g = wp.min(green * light + glow + rest * q[at + BACK + 1], 255.0)
    b = wp.min(blue * light + glow + rest * q[at + BACK + 2], 255.0)
    return int(r + 0.5), int(g + 0.5), int(b + 0.5)


@wp.func
def shade_plain(batch: Batch, scene: int, i: int, ray: Ray, s: float, root: float):
    """Colour where a ray meets a plain primitive; beyond the middle a cylinder has its second colour."""
    p, at = batch.numbers, i * WIDTH
    u, v = ray.u, ray.below + wp.float32(ray.line)
    h = s * (p[at + WX] * u + p[at + WY] * v - p[at + WZ]) - p[at + MW]
    key = (s * (KZ - KX * u - KY * v) + p[at + MK] + h * p[at + WK]) * p[at + INV_R]
    fill = (s * (FZ - FX * u - FY * v) + p[at + MF] + h * p[at + WF]) * p[at + INV_R]
    shine = wp.max(KZ - KX * u - KY * v + 2.0 * key * (root * p[at + INV_R]), 0.0)
    tint = at + RED_A
    if h > 0.0:
        tint = at + RED_B
    shine2 = shine * shine / (u * u + v * v + 1.0)
    red, green, blue = tone(batch, scene, key, fill, shine2, s, p[tint], p[tint + 1], p[tint + 2])
    return red, green, blue


@wp.func
def shade_any(batch: Batch, scene: int, i: int, ray: Ray):
    """Colour where a ray meets any primitive, its inside too."""
    p, at = batch.numbers, i * WIDTH
    across, down = ray.u, wp.float32(ray.line) + ray.below
    level = wp.float32(ray.flat)
    if ray.flat <= 0.0:
        level = p[at + D]
    dx, dy = across * level - p[at + X], down * level - p[at + Y]
    u, v = across * ray.persp, down * ray.persp
    t, inside, h = wp.float32(0.0), wp.int32(0), wp.float32(0.0)
    inverse = 1.0 / (u * u + v * v + 1.0)
    if batch.kinds[i] == SPHERE:
        t, inside, _met = meet_sphere(batch, i, ray)
    else:
        t, inside, _met = meet_cylinder(batch, i, ray)
        dw = u * p[at + WX] + v * p[at + WY] - p[at + WZ]
        h = dx * p[at + WX] + dy * p[at + WY] + t * dw
    side = p[at + INV_R]
    if inside == 1:
        side = -side
    # for spheres h and the axis are zero
    nx = (dx + t * u - h * p[at + WX]) * side
    ny = (dy + t * v - h * p[at + WY]) * side
    nz = (-t - h * p[at + WZ]) * side
    tint = at + RED_A
    if h > 0.0:
        tint = at + RED_B
    key = -(nx * KX + ny * KY + nz * KZ)
    fill = -(nx * FX + ny * FY + nz * FZ)
    shine = wp.max(KZ - u * KX - v * KY - 2.0 * key * (nx * u + ny * v - nz), 0.0)
    depth = p[at + D] + t
    red, green, blue = tone(batch, scene, key, fill, shine * shine * inverse, depth, p[tint], p[tint + 1], p[tint + 2])
    return red, green, blue


@wp.kernel
def draw(batch: Batch, samples: int, covering: int, rgb: Bytes, alpha: Bytes):
    """Mean colour of the samples of each pixel, cut to integers, and if `covering` is 1 their coverage."""
    thread = wp.tid()
    tile, lane = thread // (TILE * TILE), thread % (TILE * TILE)
    scene = batch.scene_of[tile]
    size, at = scene * SIZES, scene * SETTINGS
    local = tile - batch.sizes[size + TILES]
    column = local % batch.sizes[size + ACROSS] * TILE + lane % TILE
    row = local // batch.sizes[size + ACROSS] * TILE + lane // TILE
    if column >= batch.sizes[size + COLUMNS] or row >= batch.sizes[size + ROWS]:
        return
    ray = Ray()
    ray.line = batch.lines[batch.sizes[size + LINES] + row // STRIP]
    ray.persp = batch.settings[at + PERSP]
    ray.flat = batch.settings[at + FLAT]
    ray.near = batch.settings[at + NEAR]
    red, green, blue, covered = wp.int32(0), wp.int32(0), wp.int32(0), wp.int32(0)
    for sample in range(samples * samples):
        ray.u = batch.slopes[batch.sizes[size + SLOPES] + column * samples + sample // samples]
        ray.below = batch.settings[at + BELOW + row % STRIP * samples + sample % samples]
        i, depth, root = nearest(batch, tile, ray)
        r, g, b = int(batch.settings[at + BACK]), int(batch.settings[at + BACK + 1]), int(batch.settings[at + BACK + 2])
        if i >= 0:
            covered += 1
            if batch.kinds[i] == PLAIN:
                r, g, b = shade_plain(batch, scene, i, ray, depth, root)
            else:
                r, g, b = shade_any(batch, scene, i, ray)
        red, green, blue = red + r, green + g, blue + b
    count = samples * samples
    pixel = batch.sizes[size + PIXELS] + row * batch.sizes[size + COLUMNS] + column
    rgb[3 * pixel] = wp.uint8(red // count)
    rgb[3 * pixel + 1] = wp.uint8(green // count)
    rgb[3 * pixel + 2] = wp.uint8(blue // count)
    if covering == 1:
        alpha[pixel] = wp.uint8(covered * 255 // count)


@wp.kernel
def locate(batch: Batch, depths: Floats, atoms: Ints):
    """Depth and row of the sphere, or of the nearer end of the bond, at the centre of each pixel; -1 for none."""
    thread = wp.tid()
    tile, lane = thread // (TILE * TILE), thread % (TILE * TILE)
    scene = batch.scene_of[tile]
    size, at = scene * SIZES, scene * SETTINGS
    local = tile - batch.sizes[size + TILES]
    column = local % batch.sizes[size + ACROSS] * TILE + lane % TILE
    row = local // batch.sizes[size + ACROSS] * TILE + lane // TILE
    if column >= batch.sizes[size + COLUMNS] or row >= batch.sizes[size + ROWS]:
        return
    ray = Ray()
    ray.line = batch.lines[batch.sizes[size + LINES] + row // STRIP]
    ray.persp = batch.settings[at + PERSP]
    ray.flat = batch.settings[at + FLAT]
    ray.near = batch.settings[at + NEAR]
    ray.u = batch.slopes[batch.sizes[size + SLOPES] + column]
    ray.below = batch.settings[at + BELOW + row % STRIP]
    i, depth, _root = nearest(batch, tile, ray)
    atom = wp.int32(-1)
    if i >= 0:
        p, k = batch.numbers, i * WIDTH
        u, v = ray.u, ray.below + wp.float32(ray.line)
        x, y = u * depth, v * depth
        if ray.persp == 0.0:
            x, y = u * ray.flat, v * ray.flat
        atom = batch.ends[2 * i]
        if x * p[k + WX] + y * p[k + WY] - depth * p[k + WZ] > p[k + MW]:
            atom = batch.ends[2 * i + 1]
    pixel = batch.sizes[size + PIXELS] + row * batch.sizes[size + COLUMNS] + column
    depths[pixel] = depth
    atoms[pixel] = atom
