# mypy: ignore-errors
# (Warp compiles these functions from their source; their annotations are its own types, not Python's)
"""The device's kernels: a thread for each pixel goes through its tile's primitives in drawing order.

Arithmetic and its order are those of `misi.render.raster`: single precision, no contraction to fused multiply-adds
(`fuse_fp`), no fast-math, and no library function but the correctly rounded square root. So the pictures are the same.
What differs is when a sample is shaded: here once, after its nearest primitive is known (in ``fast`` quality, also
where that primitive was met in the pixel when it was drawn).

Importing this module needs Warp and sets it up; only `misi.render.gpu.batch` does so.
"""

import warp as wp

from misi.render import raster
from misi.render.gpu import lists
from misi.render.primitives import PLAIN, SPHERE

wp.set_module_options({"enable_backward": False, "fast_math": False, "fuse_fp": False})

KX, KY, KZ = wp.constant(float(raster.KX)), wp.constant(float(raster.KY)), wp.constant(float(raster.KZ))
FX, FY, FZ = wp.constant(float(raster.FX)), wp.constant(float(raster.FY)), wp.constant(float(raster.FZ))
AMBIENT, KEY = wp.constant(float(raster.AMBIENT)), wp.constant(float(raster.KEY))
FILL, SPECULAR = wp.constant(float(raster.FILL)), wp.constant(float(raster.SPECULAR))
DULL = wp.constant(float(raster.DULL))
STRIP, TALL = raster.STRIP, raster.TALL  # pixel rows whose slopes the processor's kernel counts from one slope
BELOW = lists.BELOW
TILE = lists.TILE

Floats = wp.array(dtype=wp.float32)
Doubles = wp.array(dtype=wp.float64)
Ints = wp.array(dtype=wp.int32)
Bytes = wp.array(dtype=wp.uint8)


@wp.struct
class Primitive:
    """Constants of a sphere or a cylinder: `misi.render.primitives.FIELDS` in that order."""

    uc: float
    quu: float
    quv: float
    qvv: float
    qu: float
    qv: float
    q: float
    px: float
    py: float
    pd: float
    c: float
    wx: float
    wy: float
    wz: float
    wd: float
    mw: float
    half: float
    mk: float
    mf: float
    wk: float
    wf: float
    inv_r: float
    r2: float
    x: float
    y: float
    d: float
    red_a: float
    green_a: float
    blue_a: float
    red_b: float
    green_b: float
    blue_b: float


@wp.struct
class Setting:
    """What a scene says of light and rays; `misi.render.gpu.layout` fills it in this order."""

    back_r: float  # background
    back_g: float
    back_b: float
    cue_end: float  # end and rate of the depth cue
    cue_rate: float
    levels: float  # steps of shading, and one over it
    step: float
    persp: float  # 1 for perspective, else 0
    flat: float  # depth at which slopes are lengths, else 0
    near: float
    quarter: float  # of a pixel, as a slope


@wp.struct
class Size:
    """A picture's sides, tiles side by side, and where its tiles, pixels, columns of samples and strips begin."""

    columns: int
    rows: int
    across: int
    tiles: int
    pixels: int
    slopes: int
    lines: int


Primitives = wp.array(dtype=Primitive)
READ = (
    "primitives", "ratios", "kinds", "ends", "members", "starts", "scene_of", "sizes", "settings", "slopes", "lines",
    "below",
)  # fmt: skip


@wp.struct
class Ray:
    """One sample: its slopes, the vertical one also as the parts whose sum it is, and what its scene says of rays."""

    u: float
    v: float
    below: float
    line: wp.float64
    persp: float
    flat: float
    near: float


@wp.func
def meet_plain(p: Primitive, u: float, v: float):
    """Depth at which a ray enters a primitive beyond the near plane, or infinity; root of the discriminant.

    u and v are relative to the slopes of the middle.
    """
    reach = ((p.quu * u + p.qu) * u + ((p.qvv * v + p.qv) * v + p.q)) + p.quv * u * v
    root = wp.sqrt(wp.max(reach, 0.0))
    s = p.c / (p.px * u + (p.py * v + p.pd) + root)
    depth = wp.float32(wp.inf)
    if reach >= 0.0 and wp.abs(s * (p.wx * u + (p.wy * v + p.wd)) - p.mw) <= p.half:
        depth = s
    return depth, root


@wp.func
def origin(p: Primitive, ray: Ray):
    """Where a ray starts, in the plane of the centre and seen from it."""
    level = wp.float32(ray.flat)
    if ray.flat <= 0.0:
        level = p.d
    return ray.u * level - p.x, ray.v * level - p.y


@wp.func
def meet_sphere(p: Primitive, ray: Ray):
    """Depth beyond the plane of the centre, whether the inside is seen (1) or not (0), and whether it is met at all.

    In any projection, also across the near plane.
    """
    dx, dy = origin(p, ray)
    u, v = ray.u * ray.persp, ray.v * ray.persp
    inverse = 1.0 / (u * u + v * v + 1.0)
    along = (dx * u + dy * v) * inverse
    reach = along * along - (dx * dx + dy * dy - p.r2) * inverse
    root = wp.sqrt(wp.max(reach, 0.0))
    inside = wp.int32(0)
    t = -along - root
    if p.d - along - root < ray.near:
        inside = 1
        t = root - along
    met = wp.int32(0)
    if reach >= 0.0 and p.d + t >= ray.near:
        met = 1
    return t, inside, met


@wp.func
def meet_cylinder(p: Primitive, ray: Ray):
    """As `meet_sphere`; an open end shows the inside too."""
    dx, dy = origin(p, ray)
    u, v = ray.u * ray.persp, ray.v * ray.persp
    square = u * u + v * v + 1.0
    dw = u * p.wx + v * p.wy - p.wz
    pw = dx * p.wx + dy * p.wy
    a = square - dw * dw
    b = dx * u + dy * v - pw * dw
    reach = b * b - a * (dx * dx + dy * dy - p.r2 - pw * pw)
    root = wp.sqrt(wp.max(reach, 0.0))
    inside = wp.int32(0)
    t = -(b + root) / a
    if wp.abs(pw + t * dw) > p.half or p.d + t < ray.near:
        inside = 1
        t = (root - b) / a
    met = wp.int32(0)
    if reach >= 0.0 and wp.abs(pw + t * dw) <= p.half and p.d + t >= ray.near:
        met = 1
    return t, inside, met


@wp.func
def nearest(primitives: Primitives, ratios: Doubles, kinds: Ints, members: Ints, start: int, stop: int, ray: Ray):
    """Primitive that a ray meets first (-1: none), its depth, and for plain ones the root of the discriminant."""
    winner, best, kept = wp.int32(-1), wp.float32(wp.inf), wp.float32(0.0)
    for place in range(start, stop):
        i = members[place]
        depth, root = wp.float32(wp.inf), wp.float32(0.0)
        if kinds[i] == PLAIN:
            v = ray.below - wp.float32(ratios[i] - ray.line)
            depth, root = meet_plain(primitives[i], ray.u - primitives[i].uc, v)
        else:
            t, met = wp.float32(0.0), wp.int32(0)
            if kinds[i] == SPHERE:
                t, _inside, met = meet_sphere(primitives[i], ray)
            else:
                t, _inside, met = meet_cylinder(primitives[i], ray)
            if met == 1:
                depth = primitives[i].d + t
        if depth < best:
            winner, best, kept = i, depth, root
    return winner, best, kept


@wp.func
def tone(q: Setting, key: float, fill: float, shine2: float, depth: float, red: float, green: float, blue: float):
    """Red, green and blue of a lit point; see `misi.render.raster`."""
    shine2 = wp.max(shine2, DULL)
    shine4 = shine2 * shine2
    shine8 = shine4 * shine4
    glow = shine8 * shine8 * shine8 * shine4 * shine2
    light = AMBIENT + KEY * wp.max(key, 0.0) + FILL * wp.max(fill, 0.0)
    share = wp.min(wp.max((q.cue_end - depth) * q.cue_rate, 0.0), 1.0)
    rest = 1.0 - share
    light = float(int(share * light * q.levels + 0.5)) * q.step
    glow = float(int(share * glow * q.levels + 0.5)) * q.step * SPECULAR
    r = wp.min(red * light + glow + rest * q.back_r, 255.0)
    g = wp.min(green * light + glow + rest * q.back_g, 255.0)
    b = wp.min(blue * light + glow + rest * q.back_b, 255.0)
    return int(r + 0.5), int(g + 0.5), int(b + 0.5)


@wp.func
def tint(p: Primitive, beyond: bool):
    """A cylinder's colour on this side of its middle, or beyond it; a sphere's on this."""
    red = wp.where(beyond, p.red_b, p.red_a)
    green = wp.where(beyond, p.green_b, p.green_a)
    blue = wp.where(beyond, p.blue_b, p.blue_a)
    return red, green, blue


@wp.func
def shade_plain(p: Primitive, q: Setting, ray: Ray, s: float, root: float):
    """Colour where a ray meets a plain primitive."""
    u, v = ray.u, ray.v
    h = s * (p.wx * u + p.wy * v - p.wz) - p.mw
    key = (s * (KZ - KX * u - KY * v) + p.mk + h * p.wk) * p.inv_r
    fill = (s * (FZ - FX * u - FY * v) + p.mf + h * p.wf) * p.inv_r
    shine = wp.max(KZ - KX * u - KY * v + 2.0 * key * (root * p.inv_r), 0.0)
    red, green, blue = tint(p, h > 0.0)
    r, g, b = tone(q, key, fill, shine * shine / (u * u + v * v + 1.0), s, red, green, blue)
    return r, g, b


@wp.func
def shade_any(p: Primitive, kind: int, q: Setting, ray: Ray):
    """Colour where a ray meets any primitive, its inside too."""
    dx, dy = origin(p, ray)
    u, v = ray.u * ray.persp, ray.v * ray.persp
    t, inside, h = wp.float32(0.0), wp.int32(0), wp.float32(0.0)
    if kind == SPHERE:
        t, inside, _met = meet_sphere(p, ray)
    else:
        t, inside, _met = meet_cylinder(p, ray)
        h = dx * p.wx + dy * p.wy + t * (u * p.wx + v * p.wy - p.wz)
    side = wp.float32(p.inv_r)
    if inside == 1:
        side = -p.inv_r
    # for spheres h and the axis are zero
    nx, ny, nz = (dx + t * u - h * p.wx) * side, (dy + t * v - h * p.wy) * side, (-t - h * p.wz) * side
    key = -(nx * KX + ny * KY + nz * KZ)
    fill = -(nx * FX + ny * FY + nz * FZ)
    shine = wp.max(KZ - u * KX - v * KY - 2.0 * key * (nx * u + ny * v - nz), 0.0)
    inverse = 1.0 / (u * u + v * v + 1.0)
    red, green, blue = tint(p, h > 0.0)
    r, g, b = tone(q, key, fill, shine * shine * inverse, p.d + t, red, green, blue)
    return r, g, b


@wp.func
def pixel_of(size: Size, tile: int, lane: int):
    """Column and row of a thread's pixel; they may lie beyond the picture."""
    local = tile - size.tiles
    return local % size.across * TILE + lane % TILE, local // size.across * TILE + lane // TILE


@wp.func
def aimed(setting: Setting, u: float, line: wp.float64, below: float):
    """The ray of a sample."""
    ray = Ray()
    ray.u = u
    ray.v = below + wp.float32(line)
    ray.below = below
    ray.line = line
    ray.persp = setting.persp
    ray.flat = setting.flat
    ray.near = setting.near
    return ray


@wp.func
def shade(p: Primitive, kind: int, q: Setting, ray: Ray, s: float, root: float):
    """Colour where a ray meets a primitive; depth and root of the discriminant matter to plain ones."""
    r, g, b = wp.int32(0), wp.int32(0), wp.int32(0)
    if kind == PLAIN:
        r, g, b = shade_plain(p, q, ray, s, root)
    else:
        r, g, b = shade_any(p, kind, q, ray)
    return r, g, b


@wp.func
def put(rgb: Bytes, alpha: Bytes, pixel: int, total: wp.vec3i, covered: int, count: int, covering: int):
    """Write the mean of the sums over `count` samples, cut to integers, and if `covering` is 1 their coverage."""
    for channel in range(3):
        rgb[3 * pixel + channel] = wp.uint8(total[channel] // count)
    if covering == 1:
        alpha[pixel] = wp.uint8(covered * 255 // count)


@wp.kernel
def draw(
    primitives: Primitives,  # constants of all primitives of all scenes
    ratios: Doubles,  # their height over depth
    kinds: Ints,
    ends: Ints,  # two for each primitive: rows of the atoms in their complex
    members: Ints,  # primitives of every tile in drawing order
    starts: Ints,  # where the list of each tile begins
    scene_of: Ints,  # of each tile
    sizes: wp.array(dtype=Size),
    settings: wp.array(dtype=Setting),
    slopes: Floats,  # of each column of samples
    lines: Doubles,  # of the first row of samples of each strip
    below: Floats,  # BELOW for each scene: the following rows, from the first
    samples: int,
    covering: int,
    rgb: Bytes,
    alpha: Bytes,
):
    """Mean colour of the samples of each pixel, cut to integers, and if `covering` is 1 their coverage."""
    thread = wp.tid()
    tile = thread // (TILE * TILE)
    scene = scene_of[tile]
    size, setting = sizes[scene], settings[scene]
    column, row = pixel_of(size, tile, thread % (TILE * TILE))
    if column >= size.columns or row >= size.rows:
        return
    line = lines[size.lines + row // STRIP]
    red, green, blue, covered = wp.int32(0), wp.int32(0), wp.int32(0), wp.int32(0)
    for sample in range(samples * samples):
        u = slopes[size.slopes + column * samples + sample // samples]
        ray = aimed(setting, u, line, below[scene * BELOW + row % STRIP * samples + sample % samples])
        i, depth, root = nearest(primitives, ratios, kinds, members, starts[tile], starts[tile + 1], ray)
        r, g, b = int(setting.back_r), int(setting.back_g), int(setting.back_b)
        if i >= 0:
            covered += 1
            r, g, b = shade(primitives[i], kinds[i], setting, ray, depth, root)
        red, green, blue = red + r, green + g, blue + b
    pixel = size.pixels + row * size.columns + column
    put(rgb, alpha, pixel, wp.vec3i(red, green, blue), covered, samples * samples, covering)


@wp.kernel
def draw_by_pixel(
    primitives: Primitives,
    ratios: Doubles,
    kinds: Ints,
    ends: Ints,
    members: Ints,
    starts: Ints,
    scene_of: Ints,
    sizes: wp.array(dtype=Size),
    settings: wp.array(dtype=Setting),
    slopes: Floats,
    lines: Doubles,
    below: Floats,
    covering: int,
    rgb: Bytes,
    alpha: Bytes,
):
    """As `draw` with two by two samples, but a plain primitive is shaded once for all samples where it is met."""
    thread = wp.tid()
    tile = thread // (TILE * TILE)
    scene = scene_of[tile]
    size, setting = sizes[scene], settings[scene]
    column, row = pixel_of(size, tile, thread % (TILE * TILE))
    if column >= size.columns or row >= size.rows:
        return
    line = lines[size.lines + row // TALL]
    corner, under = size.slopes + 2 * column, scene * BELOW + row % TALL * 2
    middle_u, middle_v = (slopes[corner] + slopes[corner + 1]) * 0.5, (below[under] + below[under + 1]) * 0.5
    step = setting.quarter
    nearest_of = wp.vec4(wp.inf, wp.inf, wp.inf, wp.inf)  # of each sample: depth, primitive, and where that is shaded
    winner = wp.vec4i(-1, -1, -1, -1)
    at_u, at_v, at_s, at_root = wp.vec4(), wp.vec4(), wp.vec4(), wp.vec4()
    for place in range(starts[tile], starts[tile + 1]):
        i = members[place]
        if kinds[i] == PLAIN:
            u = middle_u - primitives[i].uc
            v = middle_v - wp.float32(ratios[i] - line)
            found, roots, n = wp.vec4(), wp.vec4(), wp.vec4()
            for q in range(4):
                s, root = meet_plain(primitives[i], u + step * float(q // 2 * 2 - 1), v - step * float(q % 2 * 2 - 1))
                if s < nearest_of[q]:
                    found[q] = s
                    roots[q] = root
                    n[q] = 1.0
            number = (n[0] + n[1]) + (n[2] + n[3])
            if number > 0.0:
                share = 1.0 / number
                u = middle_u + step * ((n[2] + n[3]) - (n[0] + n[1])) * share
                v = middle_v + wp.float32(line) + step * ((n[0] + n[2]) - (n[1] + n[3])) * share
                s = ((found[0] + found[1]) + (found[2] + found[3])) * share
                root = ((roots[0] + roots[1]) + (roots[2] + roots[3])) * share
                for q in range(4):
                    if n[q] > 0.0:
                        nearest_of[q] = found[q]
                        winner[q] = i
                        at_u[q] = u
                        at_v[q] = v
                        at_s[q] = s
                        at_root[q] = root
        else:
            for q in range(4):
                ray = aimed(setting, slopes[corner + q // 2], line, below[under + q % 2])
                t, met = wp.float32(0.0), wp.int32(0)
                if kinds[i] == SPHERE:
                    t, _inside, met = meet_sphere(primitives[i], ray)
                else:
                    t, _inside, met = meet_cylinder(primitives[i], ray)
                if met == 1 and primitives[i].d + t < nearest_of[q]:
                    nearest_of[q] = primitives[i].d + t
                    winner[q] = i
    red, green, blue, covered = wp.int32(0), wp.int32(0), wp.int32(0), wp.int32(0)
    for q in range(4):
        r, g, b = int(setting.back_r), int(setting.back_g), int(setting.back_b)
        i = winner[q]
        if i >= 0:
            covered += 1
            ray = aimed(setting, slopes[corner + q // 2], line, below[under + q % 2])
            if kinds[i] == PLAIN:
                ray.u = at_u[q]
                ray.v = at_v[q]
            r, g, b = shade(primitives[i], kinds[i], setting, ray, at_s[q], at_root[q])
        red, green, blue = red + r, green + g, blue + b
    pixel = size.pixels + row * size.columns + column
    put(rgb, alpha, pixel, wp.vec3i(red, green, blue), covered, 4, covering)


@wp.kernel
def locate(
    primitives: Primitives,
    ratios: Doubles,
    kinds: Ints,
    ends: Ints,
    members: Ints,
    starts: Ints,
    scene_of: Ints,
    sizes: wp.array(dtype=Size),
    settings: wp.array(dtype=Setting),
    slopes: Floats,
    lines: Doubles,
    below: Floats,
    depths: Floats,
    atoms: Ints,
):
    """Depth and atom of the sphere, or of the nearer end of the bond, at the centre of each pixel; -1 for none."""
    thread = wp.tid()
    tile = thread // (TILE * TILE)
    scene = scene_of[tile]
    size, setting = sizes[scene], settings[scene]
    column, row = pixel_of(size, tile, thread % (TILE * TILE))
    if column >= size.columns or row >= size.rows:
        return
    line = lines[size.lines + row // STRIP]
    ray = aimed(setting, slopes[size.slopes + column], line, below[scene * BELOW + row % STRIP])
    i, depth, _root = nearest(primitives, ratios, kinds, members, starts[tile], starts[tile + 1], ray)
    atom = wp.int32(-1)
    if i >= 0:
        x, y = ray.u * depth, ray.v * depth
        if ray.persp == 0.0:
            x, y = ray.u * ray.flat, ray.v * ray.flat
        atom = ends[2 * i]
        if x * primitives[i].wx + y * primitives[i].wy - depth * primitives[i].wz > primitives[i].mw:
            atom = ends[2 * i + 1]
    pixel = size.pixels + row * size.columns + column
    depths[pixel] = depth
    atoms[pixel] = atom
