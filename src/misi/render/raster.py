# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""The raster kernel: spheres and cylinders into pixels, one ray for each sample, in single precision.

How it works. The picture is cut into bands of strips, two rows of pixels each, whose sample buffers stay in the
processor's cache. In a band each primitive, front to back, visits its strips; the span of columns in a strip is
computed in double precision from the outline, then two branch-free loops run over its samples: the first finds where
the primitive lies before everything drawn so far, the second shades only there. Finished blocks of pixels are
averaged. Sticks are about five pixels wide, so a strip of two rows, its samples stored column by column, gives the
vector loops twice the length for the same work at their ends.

Same bytes everywhere: no fast-math, no BLAS, no library function but the correctly rounded square root, one thread
for each picture, and a drawing order that depends on the scene alone.

Shading, sampling and the cut at the near plane follow shared/spec/scene.md sections 2 and 6. All kernels stand in one
file because the compiler's cache watches only the file of the function that it compiled.
"""

from math import floor, sqrt

import numpy as np
from numba import njit

F = np.float32
U = np.uint64  # of indices: signed ones could count from the end, and loops over them would not vectorise
SHORTEST = 1e-6  # angstrom; a shorter bond has no direction
LANES = 8  # spans are rounded up to this many samples, so that vector loops have no remainder
STRIP = 2  # pixel rows in a strip
BAND = 4  # strips in a band
BLOCK = 8  # pixels that are averaged together if any was drawn upon

# Lighting (scene.md section 6). Directions of travel of the light, camera frame; the key light's comes from upper
# left in front, the fill light's from the right, above, in front.
_K = 1 / np.sqrt(3.0)
_FILL = np.array([-0.2, -0.2, -0.959]) / np.sqrt(0.2**2 + 0.2**2 + 0.959**2)
KX, KY, KZ = F(_K), F(-_K), F(-_K)
FX, FY, FZ = F(_FILL[0]), F(_FILL[1]), F(_FILL[2])
AMBIENT, KEY, FILL, SPECULAR = F(0.4 * 0.8), F(1.0 * 0.8), F(0.5 * 0.8), F(0.3 * 255)
ZERO, ONE, TWO, HALF, TOP = F(0), F(1), F(2), F(0.5), F(255)
EMPTY = F(np.inf)
DULL = F(0.01)  # its 15th power is nothing, but still a normal number: denormal ones cost a hundred cycles
NOWHERE = np.int32(1 << 30)


@njit(cache=True, nogil=True, error_model="numpy")
def _tone(key, fill, shine2, depth, red, green, blue, paint):
    """Packed colour of a lit point.

    `key` and `fill` are the cosines between the normal and the lights, `shine2` the square of the cosine between the
    mirrored key light and the view. Colours are given times 255. `paint`: background, end and rate of the depth cue,
    number of steps of shading and one over it.
    """
    back_r, back_g, back_b, cue_end, cue_rate, levels, step = paint
    shine2 = max(shine2, DULL)
    shine4 = shine2 * shine2
    shine8 = shine4 * shine4
    glow = shine8 * shine8 * shine8 * shine4 * shine2  # the cosine to the power 30
    light = AMBIENT + KEY * max(key, ZERO) + FILL * max(fill, ZERO)
    share = min(max((cue_end - depth) * cue_rate, ZERO), ONE)
    rest = ONE - share
    light = F(np.int32(share * light * levels + HALF)) * step
    glow = F(np.int32(share * glow * levels + HALF)) * step * SPECULAR
    r = min(red * light + glow + rest * back_r, TOP)
    g = min(green * light + glow + rest * back_g, TOP)
    b = min(blue * light + glow + rest * back_b, TOP)
    return (np.int32(r + HALF) << np.int32(20)) | (np.int32(g + HALF) << np.int32(10)) | np.int32(b + HALF)


@njit(cache=True, nogil=True, error_model="numpy")
def _meet_sphere(z, ss, roots, base, us, vs, start, count, uc, vc, quad, near_ray):
    """Depths at which the rays of a strip enter a sphere before anything drawn so far.

    With U, V the slopes relative to the centre's, reach (the discriminant of the ray's quadratic) is a quadratic form
    whose coefficients `quad` were made in double precision, so single precision suffices here. `ss` gets the depth,
    or infinity, `roots` the root of reach; the first and the last place that got a number are returned.
    `near_ray` tells the ray through the middle: (px, py, ..) is the perpendicular p from the eye to the axis (of a
    sphere the way to its centre), pd the product of p with the ray, then 2 / depth, and the squared part of the ray
    across the axis.
    """
    quu, quv, qvv, qu, qv, q = quad
    px, py, pd, double, a0 = near_ray
    first, last = NOWHERE, np.int32(-1)
    for k in range(count):
        u, v = us[start + k] - uc, vs[k] - vc
        reach = (quu * u + quv * v + qu) * u + (qvv * v + qv) * v + q
        root = sqrt(max(reach, ZERO))
        across = px * u + py * v
        s = (pd + across - root) / (a0 + double * across + u * u + v * v)
        nearer = (reach >= ZERO) & (s < z[base + k])
        ss[k] = s if nearer else EMPTY
        roots[k] = root
        first = min(first, np.int32(k) if nearer else NOWHERE)
        last = max(last, np.int32(k) if nearer else np.int32(-1))
    return first, last


@njit(cache=True, nogil=True, error_model="numpy")
def _meet_cylinder(z, ss, roots, base, us, vs, start, count, uc, vc, quad, near_ray, along):
    """As `_meet_sphere`, for an open cylinder about its middle; `along` tells its unit axis, the axis's products with
    the ray through the middle and with the middle itself, and half its length.
    """
    quu, quv, qvv, qu, qv, q = quad
    px, py, pd, double, a0 = near_ray
    wx, wy, wd, mw, half = along
    first, last = NOWHERE, np.int32(-1)
    for k in range(count):
        u, v = us[start + k] - uc, vs[k] - vc
        reach = (quu * u + quv * v + qu) * u + (qvv * v + qv) * v + q
        root = sqrt(max(reach, ZERO))
        across = px * u + py * v
        part = wx * u + wy * v
        s = (pd + across - root) / (a0 + double * across + u * u + v * v - part * part)
        nearer = (reach >= ZERO) & (abs(s * (wd + part) - mw) <= half) & (s < z[base + k])
        ss[k] = s if nearer else EMPTY
        roots[k] = root
        first = min(first, np.int32(k) if nearer else NOWHERE)
        last = max(last, np.int32(k) if nearer else np.int32(-1))
    return first, last


@njit(cache=True, nogil=True, error_model="numpy")
def _shade_sphere(z, colour, ss, roots, base, us, vs, start, first, stop, v0, lit, tint, paint):
    """Depth and colour where `_meet_sphere` found the sphere; `lit` has the centre's products with the lights.

    The normal never appears: with the point s d and the centre M it is (s d - M) / r, whose products with the lights
    need only those of d and M, and whose product with d is -root / r.
    """
    mk, mf, inv_r = lit
    red, green, blue, _, _, _ = tint
    for k in range(first, stop):
        u, v, s = us[start + k], vs[k] + v0, ss[k]
        key = (s * (KZ - KX * u - KY * v) + mk) * inv_r
        fill = (s * (FZ - FX * u - FY * v) + mf) * inv_r
        shine = max(KZ - KX * u - KY * v + TWO * key * (roots[k] * inv_r), ZERO)
        packed = _tone(key, fill, shine * shine / (u * u + v * v + ONE), s, red, green, blue, paint)
        old = colour[base + k]  # read here: a read inside the choice becomes a masked load behind a masked store
        z[base + k] = min(s, z[base + k])
        colour[base + k] = packed if s < EMPTY else old


@njit(cache=True, nogil=True, error_model="numpy")
def _shade_cylinder(z, colour, ss, roots, base, us, vs, start, first, stop, v0, lit, axis, tint, paint):
    """As `_shade_sphere`; beyond its middle a cylinder has the second colour."""
    mk, mf, inv_r = lit
    wx, wy, wz, mw, wk, wf = axis
    red_a, green_a, blue_a, red_b, green_b, blue_b = tint
    for k in range(first, stop):
        u, v, s = us[start + k], vs[k] + v0, ss[k]
        h = s * (wx * u + wy * v - wz) - mw
        beyond = h > ZERO
        key = (s * (KZ - KX * u - KY * v) + mk + h * wk) * inv_r
        fill = (s * (FZ - FX * u - FY * v) + mf + h * wf) * inv_r
        shine = max(KZ - KX * u - KY * v + TWO * key * (roots[k] * inv_r), ZERO)
        red = red_b if beyond else red_a
        green = green_b if beyond else green_a
        blue = blue_b if beyond else blue_a
        packed = _tone(key, fill, shine * shine / (u * u + v * v + ONE), s, red, green, blue, paint)
        old = colour[base + k]
        z[base + k] = min(s, z[base + k])
        colour[base + k] = packed if s < EMPTY else old


@njit(cache=True, nogil=True, error_model="numpy")
def _lit(nx, ny, nz, u, v, inverse, depth, red, green, blue, paint):
    """Packed colour from a normal toward the camera, a ray (u, v, -1) and one over its squared length."""
    key = -(nx * KX + ny * KY + nz * KZ)
    fill = -(nx * FX + ny * FY + nz * FZ)
    shine = max(KZ - u * KX - v * KY - TWO * key * (nx * u + ny * v - nz), ZERO)
    return _tone(key, fill, shine * shine * inverse, depth, red, green, blue, paint)


@njit(cache=True, nogil=True, error_model="numpy")
def _any_sphere(z, colour, base, us, vs, start, count, persp, v0, body, near, tint, paint):
    """A sphere in any projection, also before the near plane: behind the cut its far side shows from inside.

    Points are relative to the centre, and rays start in the plane of the centre: (dx, dy, 0) + t (u, v, -1).
    """
    flat, x, y, depth, _, r2, inv_r = body
    red, green, blue, _, _, _ = tint
    for k in range(count):
        u, v = us[start + k], v0 + vs[k]
        dx, dy = u * flat - x, v * flat - y
        u, v = u * persp, v * persp
        inverse = ONE / (u * u + v * v + ONE)
        along = (dx * u + dy * v) * inverse
        reach = along * along - (dx * dx + dy * dy - r2) * inverse
        root = sqrt(max(reach, ZERO))
        inside = depth - along - root < near
        t = root - along if inside else -along - root
        side = -inv_r if inside else inv_r
        nx, ny, nz = (dx + t * u) * side, (dy + t * v) * side, -t * side
        packed = _lit(nx, ny, nz, u, v, inverse, depth + t, red, green, blue, paint)
        old_z, old_colour = z[base + k], colour[base + k]
        hit = (reach >= ZERO) & (depth + t >= near) & (depth + t < old_z)
        z[base + k] = depth + t if hit else old_z
        colour[base + k] = packed if hit else old_colour


@njit(cache=True, nogil=True, error_model="numpy")
def _any_cylinder(z, colour, base, us, vs, start, count, persp, v0, body, axis, near, tint, paint):
    """As `_any_sphere`, for a cylinder; an open end shows the inside too."""
    flat, x, y, depth, half, r2, inv_r = body
    wx, wy, wz, _, _, _ = axis
    red_a, green_a, blue_a, red_b, green_b, blue_b = tint
    for k in range(count):
        u, v = us[start + k], v0 + vs[k]
        dx, dy = u * flat - x, v * flat - y
        u, v = u * persp, v * persp
        square = u * u + v * v + ONE
        dw = u * wx + v * wy - wz
        pw = dx * wx + dy * wy
        a = square - dw * dw
        b = dx * u + dy * v - pw * dw
        reach = b * b - a * (dx * dx + dy * dy - r2 - pw * pw)
        root = sqrt(max(reach, ZERO))
        t = -(b + root) / a
        inside = (abs(pw + t * dw) > half) | (depth + t < near)
        t = (root - b) / a if inside else t
        side = -inv_r if inside else inv_r
        h = pw + t * dw
        beyond = h > ZERO
        nx, ny, nz = (dx + t * u - h * wx) * side, (dy + t * v - h * wy) * side, (-t - h * wz) * side
        red = red_b if beyond else red_a
        green = green_b if beyond else green_a
        blue = blue_b if beyond else blue_a
        packed = _lit(nx, ny, nz, u, v, ONE / square, depth + t, red, green, blue, paint)
        old_z, old_colour = z[base + k], colour[base + k]
        hit = (reach >= ZERO) & (abs(h) <= half) & (depth + t >= near) & (depth + t < old_z)
        z[base + k] = depth + t if hit else old_z
        colour[base + k] = packed if hit else old_colour


@njit(cache=True, nogil=True, error_model="numpy")
def _extent(centre, depth, r, flat):
    """Lowest and highest slope under which a sphere that lies beyond the near plane is seen along one axis."""
    if flat > 0:  # parallel projection: slopes are lengths over `flat`
        return (centre - r) / flat, (centre + r) / flat
    square = depth * depth - r * r
    root = r * sqrt(centre * centre + square)
    return (centre * depth - root) / square, (centre * depth + root) / square


@njit(cache=True, nogil=True, error_model="numpy")
def _extent_cut(low, high, nearest, farthest, flat):
    """Slopes of the box low..high at any depth nearest..farthest."""
    if flat > 0:
        return low / flat, high / flat
    return min(low / nearest, low / farthest), max(high / nearest, high / farthest)


@njit(cache=True, nogil=True, error_model="numpy")
def _bound(primitives, spheres, radii, bonds, bond_radius, near, flat, cut):
    """Slopes left, right, bottom, top of every sphere, then every cylinder; `cut` tells which meet the near plane."""
    n = len(spheres)
    for i in range(n):
        x, y, depth, r = spheres[i, 0], spheres[i, 1], -spheres[i, 2], radii[i]
        cut[i] = depth - r < near
        if depth + r <= near:
            primitives[i, 0], primitives[i, 1] = 1.0, 0.0
            continue
        if cut[i]:
            nearest = max(near, depth - r)
            primitives[i, 0], primitives[i, 1] = _extent_cut(x - r, x + r, nearest, depth + r, flat)
            primitives[i, 2], primitives[i, 3] = _extent_cut(y - r, y + r, nearest, depth + r, flat)
        else:
            primitives[i, 0], primitives[i, 1] = _extent(x, depth, r, flat)
            primitives[i, 2], primitives[i, 3] = _extent(y, depth, r, flat)
    r = bond_radius
    for m in range(len(bonds)):
        i, a, b = n + m, bonds[m, 0], bonds[m, 1]
        depth_a, depth_b = -spheres[a, 2], -spheres[b, 2]
        shallow, deep = min(depth_a, depth_b), max(depth_a, depth_b)
        cut[i] = shallow - max(r, max(radii[a], radii[b])) < near
        if deep + r <= near:
            primitives[i, 0], primitives[i, 1] = 1.0, 0.0
            continue
        for axis in range(2):
            p, q = spheres[a, axis], spheres[b, axis]
            if cut[i]:
                low, high = _extent_cut(min(p, q) - r, max(p, q) + r, max(near, shallow - r), deep + r, flat)
            else:
                low_a, high_a = _extent(p, depth_a, r, flat)
                low_b, high_b = _extent(q, depth_b, r, flat)
                low, high = min(low_a, low_b), max(high_a, high_b)
            primitives[i, 2 * axis], primitives[i, 2 * axis + 1] = low, high


@njit(cache=True, nogil=True, error_model="numpy")
def _sphere_span(x, y, depth, r, v, left, right):
    """Slopes between which a ray of the row can meet a sphere, within left..right: the roots of a quadratic."""
    c = x * x + y * y + depth * depth - r * r
    k1 = y * v + depth
    alpha = x * x - c
    if c <= 0 or alpha >= -1e-9 * c:
        return left, right
    beta = x * k1
    square = beta * beta - alpha * (k1 * k1 - c * (v * v + 1))
    if square < 0:
        return 1.0, 0.0
    root = sqrt(square)
    return max(left, (beta - root) / -alpha), min(right, (beta + root) / -alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, v):
    k1, k2 = ey * v - ez, wy * v - wz
    beta = ex * k1 + c * wx * k2
    return beta, sqrt(max(beta * beta - alpha * (k1 * k1 - c * (v * v + 1 - k2 * k2)), 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _outlines(x, y, depth, wx, wy, wz, r, low, high):
    """The two outlines of an infinite cylinder as lines: slopes a + b v to the left and c + d v to the right.

    A ray (u, v, -1) from the eye meets the cylinder where (e'.d)^2 - c (|d|^2 - (d.w)^2) >= 0, with e' the eye seen
    from the axis without its part along it and c = |e'|^2 - r^2; this is a product of two linear forms. Where the
    outlines bound a row from the same side (the leading term in u is not negative), or cross between the rows low
    and high, the answer is the whole plane: sticks that point steeply at the viewer are bounded by their box alone.
    """
    along = -(x * wx + y * wy - depth * wz)
    ex, ey, ez = -x - along * wx, -y - along * wy, depth - along * wz
    c = ex * ex + ey * ey + ez * ez - r * r
    alpha = ex * ex - c * (1 - wx * wx)
    if c <= 0 or alpha >= -1e-9 * c:
        return -np.inf, 0.0, np.inf, 0.0
    # beta and the root of beta^2 - alpha gamma in the lowest, a middle and the highest row
    beta_0, root_0 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, low)
    _, root_1 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, (low + high) * 0.5)
    beta_2, root_2 = _outline_terms(ex, ey, ez, wx, wy, wz, c, alpha, high)
    if root_1 < 0.4999 * (root_0 + root_2):
        return -np.inf, 0.0, np.inf, 0.0
    rate = -1 / (alpha * (high - low))
    tilt_left = (beta_2 - root_2 - beta_0 + root_0) * rate
    tilt_right = (beta_2 + root_2 - beta_0 - root_0) * rate
    left_0, right_0 = (beta_0 - root_0) / -alpha, (beta_0 + root_0) / -alpha
    return left_0 - tilt_left * low, tilt_left, right_0 - tilt_right * low, tilt_right


@njit(cache=True, nogil=True, error_model="numpy")
def _mark(z, ids, ss, base, us, vs, start, count, persp, v0, flat, wx, wy, wz, mw, first, second, plain):
    """Depth and atom where a primitive was found: the first atom, or beyond the middle the second.

    For `plain` primitives `ss` holds the depths found, else the depths before the primitive was drawn.
    """
    for k in range(count):
        old = z[base + k]
        s = ss[k] if plain else old
        if (s < old) if plain else (s < ss[k]):
            u, v = us[start + k], vs[k] + v0
            x, y = (u * flat, v * flat) if persp == ZERO else (u * s, v * s)
            z[base + k] = s
            ids[base + k] = second if x * wx + y * wy - s * wz > mw else first


@njit(cache=True, nogil=True, error_model="numpy")
def _bands(bounds, order, rows, columns, samples, scale):
    """Strips that each primitive touches, and the primitives of each band in drawing order: a counting sort."""
    middle_x, middle_y = columns * samples / 2 - 0.5, rows * samples / 2 - 0.5
    lines = samples * STRIP
    top, bottom = np.zeros(len(bounds), dtype=np.int64), np.zeros(len(bounds), dtype=np.int64)
    starts = np.zeros((rows + STRIP * BAND - 1) // (STRIP * BAND) + 1, dtype=np.int64)
    for i in range(len(bounds)):
        if not bounds[i, 0] <= bounds[i, 1]:
            continue
        low = max(middle_y - scale * bounds[i, 3], -4.0)
        high = min(middle_y - scale * bounds[i, 2], rows * samples + 4.0)
        left, right = middle_x + scale * bounds[i, 0], middle_x + scale * bounds[i, 1]
        if low > high or right < 0 or left > columns * samples:
            continue
        top[i] = max(floor(low), 0) // lines
        bottom[i] = (min(floor(high) + 2, rows * samples) + lines - 1) // lines
        if top[i] < bottom[i]:
            for band in range(top[i] // BAND, (bottom[i] - 1) // BAND + 1):
                starts[band + 1] += 1
    for band in range(len(starts) - 1):
        starts[band + 1] += starts[band]
    members = np.empty(starts[-1], dtype=np.int64)
    filled = starts[:-1].copy()
    for i in order:
        if top[i] < bottom[i]:
            for band in range(top[i] // BAND, (bottom[i] - 1) // BAND + 1):
                members[filled[band]] = i
                filled[band] += 1
    return top, bottom, starts, members


@njit(cache=True, nogil=True, error_model="numpy")
def draw(
    samples,
    focal,
    flat,
    near,
    spheres,
    radii,
    colours,
    bonds,
    order,
    bond_radius,
    back,
    cue,
    levels,
    rgb,
    alpha,
    depth,
    ids,
):
    """Fill `rgb`, and `alpha` unless it is empty; or, where `depth` is not empty, `depth` and `ids` instead.

    Parameters
    ----------
    samples : int
        Side of the grid of samples in a pixel: 1, 2 or 3.
    focal : float64
        Pixels per unit of slope.
    flat : float64
        0 for perspective; for parallel projection the depth at which slopes are lengths.
    near : float64
    spheres : (n, 3) float64, radii : (n,) float64, colours : (n, 3) float32 in 0..255
        Camera frame, angstrom.
    bonds : (m, 2) int32, bond_radius : float64
    order : (n + m,) int64
        In which spheres (0 to n - 1) and bonds (from n on) are drawn: front to back is quickest, since what is hidden
        is not shaded then.
    back : (3,) float32
        Background, whole numbers in 0..255.
    cue : (2,) float32
        Far depth, and one over the length of the depth cue.
    levels : float64
        Steps of shading from black to the full colour.
    rgb : (H, 3 W) uint8
    alpha : (H, W) uint8 or (0, 0)
    depth : (H, W) float32 or (0, 0)
        Of the centre of each pixel, with `samples` 1; infinite where nothing is.
    ids : (H, W) int32 or (0, 0)
        Row of the sphere, or of the nearer end of the bond; -1 where nothing is.
    """
    rows, columns = rgb.shape[0], rgb.shape[1] // 3
    marking = depth.size > 0
    if marking:
        rows, columns = depth.shape
    n, m = len(spheres), len(bonds)
    lines = samples * STRIP  # of samples in a strip
    fine = columns * samples
    scale = focal * samples
    middle_x, middle_y = fine / 2 - 0.5, rows * samples / 2 - 0.5

    # samples of a strip lie column by column: sample (i, j) at i * lines + j
    stride = fine * lines + LANES
    us = np.empty(stride, dtype=np.float32)
    vs = np.empty(stride, dtype=np.float32)
    for k in range(stride):
        us[k] = (k // lines - middle_x) / scale
        vs[k] = -(k % lines) / scale

    bounds, cut = np.empty((n + m, 4)), np.empty(n + m, dtype=np.bool_)
    _bound(bounds, spheres, radii, bonds, bond_radius, near, flat, cut)
    top, bottom, starts, members = _bands(bounds, order, rows, columns, samples, scale)

    blank = (np.int32(back[0]) << np.int32(20)) | (np.int32(back[1]) << np.int32(10)) | np.int32(back[2])
    if marking:
        blank = np.int32(-1)
    z = np.full(BAND * stride, EMPTY, dtype=np.float32)
    colour = np.full(BAND * stride, blank, dtype=np.int32)
    ss, roots = np.empty(stride, dtype=np.float32), np.empty(stride, dtype=np.float32)
    used = np.zeros((BAND, (columns + BLOCK - 1) // BLOCK + 1), dtype=np.bool_)  # blocks of pixels drawn upon
    block = samples * lines * BLOCK
    paint = (back[0], back[1], back[2], cue[0], cue[1], F(levels), F(1 / levels))
    persp, near32 = ZERO if flat > 0 else ONE, F(near)
    empty_row = np.empty(3 * columns, dtype=np.uint8)
    for k in range(columns):
        empty_row[3 * k], empty_row[3 * k + 1] = blank >> 20, (blank >> 10) & 1023
        empty_row[3 * k + 2] = blank & 1023
    for band in range(len(starts) - 1):
        for place in range(starts[band], starts[band + 1]):
            i = members[place]
            left, right = bounds[i, 0], bounds[i, 1]
            plain = flat == 0 and not cut[i]
            a = b = i
            half = wx = wy = wz = 0.0
            line = (-np.inf, 0.0, np.inf, 0.0)
            if i < n:
                x, y, d, r = spheres[i, 0], spheres[i, 1], -spheres[i, 2], radii[i]
            else:
                a, b = np.int64(bonds[i - n, 0]), np.int64(bonds[i - n, 1])
                x, y = (spheres[a, 0] + spheres[b, 0]) / 2, (spheres[a, 1] + spheres[b, 1]) / 2
                d, r = -(spheres[a, 2] + spheres[b, 2]) / 2, bond_radius
                wx, wy, wz = spheres[b, 0] - spheres[a, 0], spheres[b, 1] - spheres[a, 1], spheres[b, 2] - spheres[a, 2]
                length = sqrt(wx * wx + wy * wy + wz * wz)
                if length < SHORTEST:
                    continue
                half, wx, wy, wz = length / 2, wx / length, wy / length, wz / length
                if plain:
                    line = _outlines(x, y, d, wx, wy, wz, r, bounds[i, 2], bounds[i, 3])
            # the perpendicular p from the eye to the axis; for a sphere, whose w is zero, the whole way to the centre
            mw = x * wx + y * wy - d * wz
            px, py, pz = x - mw * wx, y - mw * wy, -d - mw * wz
            square = px * px + py * py + pz * pz
            c = square - r * r
            quu, quv = px * px - c * (1 - wx * wx), 2 * (px * py + c * wx * wy)
            qvv, qu, qv = py * py - c * (1 - wy * wy), 2 * px * r * r / d, 2 * py * r * r / d
            quad = (F(quu), F(quv), F(qvv), F(qu), F(qv), F(r * r * square / (d * d)))
            near_ray = (F(px), F(py), F(square / d), F(2 / d), F(square / (d * d)))
            along = (F(wx), F(wy), F(mw / d), F(mw), F(half))
            lit = (F(x * KX + y * KY - d * KZ), F(x * FX + y * FY - d * FZ), F(1 / r))
            axis = (F(wx), F(wy), F(wz), F(mw), F(wx * KX + wy * KY + wz * KZ), F(wx * FX + wy * FY + wz * FZ))
            body = (F(flat) if flat > 0 else F(d), F(x), F(y), F(d), F(half), F(r * r), F(1 / r))
            tint = (colours[a, 0], colours[a, 1], colours[a, 2], colours[b, 0], colours[b, 1], colours[b, 2])
            for strip in range(max(top[i], band * BAND), min(bottom[i], (band + 1) * BAND)):
                slope = (middle_y - strip * lines) / scale
                last_slope = slope - (lines - 1) / scale
                u0, u1 = left, right
                if i >= n:
                    u0 = max(left, min(line[0] + line[1] * slope, line[0] + line[1] * last_slope))
                    u1 = min(right, max(line[2] + line[3] * slope, line[2] + line[3] * last_slope))
                elif plain and not last_slope <= y / d <= slope:  # narrower where the middle is not in the strip
                    nearest = slope if y / d > slope else last_slope
                    u0, u1 = _sphere_span(x, y, d, r, nearest, left, right)
                if not u0 <= u1:
                    continue
                start = floor(max(middle_x + scale * u0, 0.0)) * lines
                stop = (floor(min(middle_x + scale * u1, fine - 2.0)) + 2) * lines
                if start >= stop:
                    continue
                j = strip - band * BAND
                at, base, v0 = U(start), U(j * stride + start), F(slope)
                count = U((stop - start + LANES - 1) // LANES * LANES)
                first, last = 0, stop - start - 1
                if plain:
                    uc, vc = F(x / d), F(y / d - slope)
                    if i < n:
                        first, last = _meet_sphere(z, ss, roots, base, us, vs, at, count, uc, vc, quad, near_ray)
                    else:
                        first, last = _meet_cylinder(
                            z, ss, roots, base, us, vs, at, count, uc, vc, quad, near_ray, along
                        )
                    if last < 0:
                        continue
                    low, high = U(first // LANES * LANES), U((last // LANES + 1) * LANES)
                    if not marking and i < n:
                        _shade_sphere(z, colour, ss, roots, base, us, vs, at, low, high, v0, lit, tint, paint)
                    elif not marking:
                        _shade_cylinder(z, colour, ss, roots, base, us, vs, at, low, high, v0, lit, axis, tint, paint)
                else:
                    if marking:
                        for k in range(count):
                            ss[k] = z[base + k]
                    if i < n:
                        _any_sphere(z, colour, base, us, vs, at, count, persp, v0, body, near32, tint, paint)
                    else:
                        _any_cylinder(z, colour, base, us, vs, at, count, persp, v0, body, axis, near32, tint, paint)
                if marking:
                    _mark(
                        z, colour, ss, base, us, vs, at, count, persp, v0, F(flat),
                        axis[0], axis[1], axis[2], axis[3], np.int32(a), np.int32(b), plain,
                    )  # fmt: skip
                for k in range((start + first) // block, (start + last) // block + 1):
                    used[j, k] = True
        if marking:
            _copy(stride, z, colour, band * BAND * STRIP, depth, ids)
        else:
            _average(samples, stride, z, colour, used, blank, empty_row, band * BAND * STRIP, rgb, alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def _copy(stride, z, colour, first, depth, ids):
    """Depths and atoms of a band, one sample a pixel; clears the buffers."""
    rows, columns = depth.shape
    for line in range(min(BAND * STRIP, rows - first)):
        base = line // STRIP * stride + line % STRIP
        for k in range(columns):
            depth[first + line, k] = z[base + k * STRIP]
            ids[first + line, k] = colour[base + k * STRIP]
    for k in range(len(z)):
        z[k] = EMPTY
        colour[k] = -1


@njit(cache=True, nogil=True, error_model="numpy")
def _sum(colour, place, samples):
    """Sums of red, green and blue over the packed samples of a pixel, whose first stands at `place`.

    Four samples can be added before a field of ten bits is full.
    """
    one, two = U(1), U(2)
    if samples == 1:
        a = np.int64(colour[place])
        return a >> 20, (a >> 10) & 1023, a & 1023
    if samples == 2:
        right = place + U(2 * STRIP)
        a = np.int64(colour[place]) + colour[place + one] + colour[right] + colour[right + one]
        return a >> 20, (a >> 10) & 1023, a & 1023
    middle, right = place + U(3 * STRIP), place + U(6 * STRIP)
    a = np.int64(colour[place]) + colour[place + one] + colour[place + two] + colour[middle]
    b = np.int64(colour[middle + one]) + colour[middle + two] + colour[right] + colour[right + one]
    c = np.int64(colour[right + two])
    red = (a >> 20) + (b >> 20) + (c >> 20)
    green = ((a >> 10) & 1023) + ((b >> 10) & 1023) + ((c >> 10) & 1023)
    return red, green, (a & 1023) + (b & 1023) + (c & 1023)


@njit(cache=True, nogil=True, error_model="numpy")
def _average(samples, stride, z, colour, used, blank, empty_row, first, rgb, alpha):
    """Means of the samples of a band, cut to integers as the reference program does; clears the buffers."""
    rows, columns = rgb.shape[0], rgb.shape[1] // 3
    count = samples * samples
    size = U(count * STRIP)  # of a pixel's columns of samples, in the whole strip
    share = np.int64((1 << 20) // count + 1)  # times a sum of at most nine bytes, over 2^20: the exact quotient
    for line in range(min(BAND * STRIP, rows - first)):
        strip, offset = line // STRIP, line % STRIP * samples
        out = rgb[first + line]
        for k in range(U(len(empty_row))):
            out[k] = empty_row[k]
        for block in range(used.shape[1]):
            if not used[strip, block]:
                continue
            start, stop = block * BLOCK, min((block + 1) * BLOCK, columns)
            place = U(strip * stride + start * count * STRIP + offset)
            for k in range(start, stop):
                red, green, blue = _sum(colour, place, samples)
                out[3 * k] = (red * share) >> 20
                out[3 * k + 1] = (green * share) >> 20
                out[3 * k + 2] = (blue * share) >> 20
                place += size
            if alpha.size:
                for k in range(start, stop):
                    corner = strip * stride + k * count * STRIP + offset
                    covered = 0
                    for i in range(samples):
                        for j in range(samples):
                            covered += z[corner + i * samples * STRIP + j] < EMPTY
                    alpha[first + line, k] = covered * 255 // count
    for strip in range(BAND):
        for block in range(used.shape[1]):
            if used[strip, block]:
                used[strip, block] = False
                low = strip * stride + block * BLOCK * count * STRIP
                for i in range(U(low), U(min(low + BLOCK * count * STRIP, (strip + 1) * stride))):
                    z[i] = EMPTY
                    colour[i] = blank
