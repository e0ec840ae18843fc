# mypy: allow-untyped-defs, no-check-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# (the compiler infers the kernels' types from their arguments)
"""The raster kernel: spheres and cylinders into pixels, one ray for each sample, in single precision.

How it works. The picture is cut into bands of strips, a few rows of pixels each, whose sample buffers stay in the
processor's cache. In a band each primitive, front to back, visits its strips; the span of columns in a strip is
computed in double precision from the outline, then two branch-free loops run over it: the first finds where the
primitive lies before everything drawn so far, the second shades only there. Finished blocks of pixels are averaged.
Sticks are about five pixels wide, so strips of several rows, stored column by column, give the vector loops more
length for the same work at their ends.

With three by three samples in a pixel (``exact``) every sample is shaded. With two by two (``fast``) the samples are
those of depth and coverage, and each primitive is shaded once in a pixel, at the middle of those of its samples that
are seen; the loops then run over pixels and do the four samples of each at once.

Same bytes everywhere: no fast-math, no BLAS, no library function but the correctly rounded square root, one thread
for each picture, and a drawing order that depends on the scene alone.

Shading, sampling and the cut at the near plane follow shared/spec/scene.md sections 2 and 6. What depends on a
primitive alone is computed before, by `misi.render.primitives`. All that `draw` calls stands in one file because the
compiler's cache watches only the file of the function that it compiled.
"""

from math import floor, sqrt

import numpy as np
from numba import njit

F = np.float32
U = np.uint64  # of indices: signed ones could count from the end, and loops over them would not vectorise
LANES = 8  # spans are rounded up to this many samples, so that vector loops have no remainder
STRIP = 2  # pixel rows in a strip
TALL = 4  # the same where the loops run over pixels
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
LIGHTS = np.array([KX, KY, KZ, FX, FY, FZ])
PLAIN = 0  # as in `misi.render.primitives`

# Where the loops run over pixels, the four samples lie in planes whose distance the compiler knows: only so does it see
# that they do not overlap. Few of these bytes are ever touched.
WIDEST = 8192  # pixels; callers see to it
PLANE = U(BAND * TALL * WIDEST + 272)  # not a multiple of 4096 bytes, or all planes would share a few lines of cache
PLANE_2, PLANE_3 = U(2) * PLANE, U(3) * PLANE
SPAN = U(TALL * WIDEST + 80)
SPAN_2, SPAN_3, SPAN_4 = U(2) * SPAN, U(3) * SPAN, U(4) * SPAN


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
def _enter(u, v, before, quad, ray, along):
    """Depth at which a ray enters a cylinder, infinite unless before `before`, and the root of reach.

    With u, v the slopes relative to the middle's, reach (the discriminant of the ray's quadratic) is a quadratic form
    whose coefficients `quad` were made in double precision, so single precision suffices here. `ray` has the
    perpendicular (px, py, ..) from the eye to the axis, its product with the ray through the middle, and its square
    less that of the radius, the product of the quadratic's roots; `along` the unit axis, its products with the ray
    through the middle and with the middle itself, and half the length. The cylinder is open. A sphere is one without
    an axis: its w is zero, its perpendicular the whole way to the centre.

    Written so that what depends on u or on v alone is computed once where several samples share it.
    """
    quu, quv, qvv, qu, qv, q = quad
    px, py, pd, c = ray
    wx, wy, wd, mw, half = along
    reach = ((quu * u + qu) * u + ((qvv * v + qv) * v + q)) + quv * u * v
    root = sqrt(max(reach, ZERO))
    s = c / (px * u + (py * v + pd) + root)
    return s if (reach >= ZERO) & (abs(s * (wx * u + (wy * v + wd)) - mw) <= half) & (s < before) else EMPTY, root


@njit(cache=True, nogil=True, error_model="numpy")
def _colour(u, v, s, root, lit, axis, tint, paint):
    """Packed colour of a cylinder (or a sphere) where a ray enters it; beyond its middle it has the second colour.

    The normal never appears: with the point s d and the middle M it is (s d - M - h w) / r, whose products with the
    lights need only those of d, M and w, and whose product with d is -root / r. `lit` has the products of M with the
    lights, and 1 / r.
    """
    mk, mf, inv_r = lit
    wx, wy, wz, mw, wk, wf = axis
    h = s * (wx * u + wy * v - wz) - mw
    beyond = h > ZERO
    key = (s * (KZ - KX * u - KY * v) + mk + h * wk) * inv_r
    fill = (s * (FZ - FX * u - FY * v) + mf + h * wf) * inv_r
    shine = max(KZ - KX * u - KY * v + TWO * key * (root * inv_r), ZERO)
    red = tint[3] if beyond else tint[0]
    green = tint[4] if beyond else tint[1]
    blue = tint[5] if beyond else tint[2]
    return _tone(key, fill, shine * shine / (u * u + v * v + ONE), s, red, green, blue, paint)


@njit(cache=True, nogil=True, error_model="numpy")
def _meet(z, found, roots, base, us, vs, start, count, uc, vc, quad, ray, along):
    """Depths at which the rays of a strip enter a primitive before anything drawn so far.

    `found` gets the depth, or infinity, `roots` the root of reach; the first and the last place that got a number are
    returned.
    """
    first, last = NOWHERE, np.int32(-1)
    for k in range(count):
        s, root = _enter(us[start + k] - uc, vs[k] - vc, z[base + k], quad, ray, along)
        found[k], roots[k] = s, root
        first = min(first, np.int32(k) if s < EMPTY else NOWHERE)
        last = max(last, np.int32(k) if s < EMPTY else np.int32(-1))
    return first, last


@njit(cache=True, nogil=True, error_model="numpy")
def _meet_4(z, found, base, us, vs, start, count, uc, vc, step, quad, ray, along):
    """As `_meet`, for the four samples of each pixel; `us`, `vs` have the pixels' centres, `step` a quarter of a pixel.

    `found` gets the depths of the samples, a `SPAN` apart, then the sum of the roots of those that got a number.
    """
    first, last = NOWHERE, np.int32(-1)
    for k in range(count):
        u, v, at = us[start + k] - uc, vs[k] - vc, base + k
        s0, root0 = _enter(u - step, v + step, z[at], quad, ray, along)
        s1, root1 = _enter(u - step, v - step, z[at + PLANE], quad, ray, along)
        s2, root2 = _enter(u + step, v + step, z[at + PLANE_2], quad, ray, along)
        s3, root3 = _enter(u + step, v - step, z[at + PLANE_3], quad, ray, along)
        left = (root0 if s0 < EMPTY else ZERO) + (root1 if s1 < EMPTY else ZERO)
        right = (root2 if s2 < EMPTY else ZERO) + (root3 if s3 < EMPTY else ZERO)
        found[k], found[k + SPAN], found[k + SPAN_2], found[k + SPAN_3] = s0, s1, s2, s3
        found[k + SPAN_4] = left + right
        hit = min(min(s0, s1), min(s2, s3)) < EMPTY
        first = min(first, np.int32(k) if hit else NOWHERE)
        last = max(last, np.int32(k) if hit else np.int32(-1))
    return first, last


@njit(cache=True, nogil=True, error_model="numpy")
def _shade(z, colour, found, roots, base, us, vs, start, first, stop, v0, lit, axis, tint, paint):
    """Depth and colour where `_meet` found the primitive."""
    for k in range(first, stop):
        s = found[k]
        packed = _colour(us[start + k], vs[k] + v0, s, roots[k], lit, axis, tint, paint)
        old = colour[base + k]  # read here: a read inside the choice becomes a masked load behind a masked store
        z[base + k] = min(s, z[base + k])
        colour[base + k] = packed if s < EMPTY else old


@njit(cache=True, nogil=True, error_model="numpy")
def _shade_4(z, colour, found, base, us, vs, start, first, stop, v0, step, lit, axis, tint, paint):
    """Depths and colours where `_meet_4` found the primitive: one colour for all of its samples in a pixel."""
    for k in range(first, stop):
        at = base + k
        s0, s1, s2, s3 = found[k], found[k + SPAN], found[k + SPAN_2], found[k + SPAN_3]
        n0, n1 = (ONE if s0 < EMPTY else ZERO), (ONE if s1 < EMPTY else ZERO)
        n2, n3 = (ONE if s2 < EMPTY else ZERO), (ONE if s3 < EMPTY else ZERO)
        share = ONE / max((n0 + n1) + (n2 + n3), ONE)
        left = (s0 if s0 < EMPTY else ZERO) + (s1 if s1 < EMPTY else ZERO)
        right = (s2 if s2 < EMPTY else ZERO) + (s3 if s3 < EMPTY else ZERO)
        u = us[start + k] + step * ((n2 + n3) - (n0 + n1)) * share
        v = vs[k] + v0 + step * ((n0 + n2) - (n1 + n3)) * share
        packed = _colour(u, v, (left + right) * share, found[k + SPAN_4] * share, lit, axis, tint, paint)
        c0, c1, c2, c3 = colour[at], colour[at + PLANE], colour[at + PLANE_2], colour[at + PLANE_3]
        z[at], z[at + PLANE] = min(s0, z[at]), min(s1, z[at + PLANE])
        z[at + PLANE_2], z[at + PLANE_3] = min(s2, z[at + PLANE_2]), min(s3, z[at + PLANE_3])
        colour[at], colour[at + PLANE] = packed if s0 < EMPTY else c0, packed if s1 < EMPTY else c1
        colour[at + PLANE_2], colour[at + PLANE_3] = packed if s2 < EMPTY else c2, packed if s3 < EMPTY else c3


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
def _mark(z, ids, found, base, us, vs, start, count, persp, v0, flat, wx, wy, wz, mw, first, second, plain):
    """Depth and atom where a primitive was found: the first atom, or beyond the middle the second.

    For `plain` primitives `found` holds the depths found, else the depths before the primitive was drawn.
    """
    for k in range(count):
        old = z[base + k]
        s = found[k] if plain else old
        if (s < old) if plain else (s < found[k]):
            u, v = us[start + k], vs[k] + v0
            x, y = (u * flat, v * flat) if persp == ZERO else (u * s, v * s)
            z[base + k] = s
            ids[base + k] = second if x * wx + y * wy - s * wz > mw else first


@njit(cache=True, nogil=True, error_model="numpy")
def _bands(bounds, order, rows, columns, samples, tall, scale):
    """Strips that each primitive touches, and the primitives of each band in drawing order: a counting sort."""
    middle_x, middle_y = columns * samples / 2 - 0.5, rows * samples / 2 - 0.5
    lines = samples * tall
    top, bottom = np.zeros(len(bounds), dtype=np.int64), np.zeros(len(bounds), dtype=np.int64)
    starts = np.zeros((rows + tall * BAND - 1) // (tall * BAND) + 1, dtype=np.int64)
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
    primitives,
    kinds,
    ends,
    ratios,
    sides,
    bounds,
    order,
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
    primitives, kinds, ends, ratios, sides, bounds
        Of `misi.render.primitives.prepare`.
    order : (p,) int64
        In which they are drawn: front to back is quickest, since what is hidden is not shaded then.
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
        Of `ends`: the sphere's, or that of the nearer end of the bond; -1 where nothing is.
    """
    rows, columns = rgb.shape[0], rgb.shape[1] // 3
    marking = depth.size > 0
    if marking:
        rows, columns = depth.shape
    by_pixel = samples == 2  # the loops run over pixels, whose samples lie in planes
    tall = TALL if by_pixel else STRIP
    lines = samples * tall  # of samples in a strip
    fine = columns * samples
    scale = focal * samples
    middle_x, middle_y = fine / 2 - 0.5, rows * samples / 2 - 0.5

    # What a strip's loops run over, pixels or samples (i, j), lies column by column: at i * size + j.
    size, per, planes = (tall, 2, 4) if by_pixel else (lines, 1, 1)
    stride = fine // per * size + LANES
    us, vs = np.empty(stride, dtype=np.float32), np.empty(stride, dtype=np.float32)
    for k in range(stride):  # a pixel's centre is the middle of its first sample and its last
        column, row = k // size * per, k % size * per
        us[k] = (F((column - middle_x) / scale) + F((column + per - 1 - middle_x) / scale)) * HALF
        vs[k] = (F(-row / scale) + F(-(row + per - 1) / scale)) * HALF

    top, bottom, starts, members = _bands(bounds, order, rows, columns, samples, tall, scale)
    us_of, vs_of = np.empty((planes, stride), dtype=np.float32), np.empty((planes, stride), dtype=np.float32)
    if flat > 0 or (kinds > PLAIN).any():  # the samples themselves, for what is not plain
        for q in range(planes):
            for k in range(stride):
                us_of[q, k] = (k // size * per + q // 2 - middle_x) / scale
                vs_of[q, k] = -(k % size * per + q % 2) / scale

    blank = (np.int32(back[0]) << np.int32(20)) | (np.int32(back[1]) << np.int32(10)) | np.int32(back[2])
    if marking:
        blank = np.int32(-1)
    room = U(4) * PLANE if by_pixel else U(BAND * stride)
    z, colour = np.empty(room, dtype=np.float32), np.empty(room, dtype=np.int32)
    for q in range(planes):
        for k in range(U(q) * PLANE, U(q) * PLANE + U(BAND * stride)):
            z[k] = EMPTY
            colour[k] = blank
    found = np.empty(U(5) * SPAN if by_pixel else U(stride), dtype=np.float32)
    roots = np.empty(stride, dtype=np.float32)
    used = np.zeros((BAND, (columns + BLOCK - 1) // BLOCK + 1), dtype=np.bool_)  # blocks of pixels drawn upon
    block = BLOCK * (size if by_pixel else samples * lines)
    paint = (back[0], back[1], back[2], cue[0], cue[1], F(levels), F(1 / levels))
    persp, near32, flat32, step = ZERO if flat > 0 else ONE, F(near), F(flat), F(0.5 / scale)
    empty_row = np.empty(3 * columns, dtype=np.uint8)
    for k in range(columns):
        empty_row[3 * k], empty_row[3 * k + 1] = blank >> 20, (blank >> 10) & 1023
        empty_row[3 * k + 2] = blank & 1023
    for band in range(len(starts) - 1):
        for place in range(starts[band], starts[band + 1]):
            i = members[place]
            left, right = bounds[i, 0], bounds[i, 1]
            it = primitives[i]
            plain, is_sphere = kinds[i] == PLAIN, it.half == ZERO
            quad = (it.quu, it.quv, it.qvv, it.qu, it.qv, it.q)
            ray = (it.px, it.py, it.pd, it.c)
            along = (it.wx, it.wy, it.wd, it.mw, it.half)
            lit = (it.mk, it.mf, it.inv_r)
            axis = (it.wx, it.wy, it.wz, it.mw, it.wk, it.wf)
            body = (flat32 if flat > 0 else it.d, it.x, it.y, it.d, it.half, it.r2, it.inv_r)
            tint = (it.red_a, it.green_a, it.blue_a, it.red_b, it.green_b, it.blue_b)
            for strip in range(max(top[i], band * BAND), min(bottom[i], (band + 1) * BAND)):
                slope = (middle_y - strip * lines) / scale
                last_slope = slope - (lines - 1) / scale
                u0, u1 = left, right
                if plain and not is_sphere:
                    u0 = max(left, min(sides[i, 0] + sides[i, 1] * slope, sides[i, 0] + sides[i, 1] * last_slope))
                    u1 = min(right, max(sides[i, 2] + sides[i, 3] * slope, sides[i, 2] + sides[i, 3] * last_slope))
                elif plain and not last_slope <= ratios[i] <= slope:  # narrower where the middle is not in the strip
                    nearest = slope if ratios[i] > slope else last_slope
                    u0, u1 = _sphere_span(sides[i, 0], sides[i, 1], sides[i, 2], sides[i, 3], nearest, left, right)
                if not u0 <= u1:
                    continue
                start = floor(max(middle_x + scale * u0, 0.0)) // per * size
                stop = ((floor(min(middle_x + scale * u1, fine - 2.0)) + 1) // per + 1) * size
                if start >= stop:
                    continue
                j = strip - band * BAND
                at, base, v0 = U(start), U(j * stride + start), F(slope)
                count = U((stop - start + LANES - 1) // LANES * LANES)
                first, last = 0, stop - start - 1
                if plain:
                    uc, vc = it.uc, F(ratios[i] - slope)
                    if by_pixel:
                        first, last = _meet_4(z, found, base, us, vs, at, count, uc, vc, step, quad, ray, along)
                    else:
                        first, last = _meet(z, found, roots, base, us, vs, at, count, uc, vc, quad, ray, along)
                    if last < 0:
                        continue
                    low, high = U(first // LANES * LANES), U((last // LANES + 1) * LANES)
                    if by_pixel:
                        _shade_4(z, colour, found, base, us, vs, at, low, high, v0, step, lit, axis, tint, paint)
                    elif not marking:
                        _shade(z, colour, found, roots, base, us, vs, at, low, high, v0, lit, axis, tint, paint)
                else:
                    if marking:
                        for k in range(count):
                            found[k] = z[base + k]
                    for q in range(planes):
                        plane, us_q, vs_q = base + U(q) * PLANE, us_of[q], vs_of[q]
                        if is_sphere:
                            _any_sphere(z, colour, plane, us_q, vs_q, at, count, persp, v0, body, near32, tint, paint)
                        else:
                            _any_cylinder(
                                z, colour, plane, us_q, vs_q, at, count, persp, v0, body, axis, near32, tint, paint
                            )
                if marking:
                    _mark(
                        z, colour, found, base, us, vs, at, count, persp, v0, flat32,
                        it.wx, it.wy, it.wz, it.mw, ends[i, 0], ends[i, 1], plain,
                    )  # fmt: skip
                for k in range((start + first) // block, (start + last) // block + 1):
                    used[j, k] = True
        if marking:
            _copy(stride, z, colour, band * BAND * STRIP, depth, ids)
            continue
        if by_pixel:
            _average_4(stride, z, colour, used, empty_row, band * BAND * TALL, rgb, alpha)
        else:
            _average(samples, stride, z, colour, used, empty_row, band * BAND * STRIP, rgb, alpha)
        _clear(stride, block, planes, z, colour, used, blank)


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
    middle, right = place + U(3 * STRIP), place + U(6 * STRIP)
    a = np.int64(colour[place]) + colour[place + one] + colour[place + two] + colour[middle]
    b = np.int64(colour[middle + one]) + colour[middle + two] + colour[right] + colour[right + one]
    c = np.int64(colour[right + two])
    red = (a >> 20) + (b >> 20) + (c >> 20)
    green = ((a >> 10) & 1023) + ((b >> 10) & 1023) + ((c >> 10) & 1023)
    return red, green, (a & 1023) + (b & 1023) + (c & 1023)


@njit(cache=True, nogil=True, error_model="numpy")
def _average(samples, stride, z, colour, used, empty_row, first, rgb, alpha):
    """Means of the samples of a band, cut to integers as the reference program does."""
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


@njit(cache=True, nogil=True, error_model="numpy")
def _average_4(stride, z, colour, used, empty_row, first, rgb, alpha):
    """As `_average`, for samples in planes."""
    rows, columns = rgb.shape[0], rgb.shape[1] // 3
    for line in range(min(BAND * TALL, rows - first)):
        strip = line // TALL
        corner = U(strip * stride + line % TALL)
        out = rgb[first + line]
        for k in range(U(len(empty_row))):
            out[k] = empty_row[k]
        for block in range(used.shape[1]):
            if not used[strip, block]:
                continue
            for k in range(U(block * BLOCK), U(min((block + 1) * BLOCK, columns))):
                at = corner + k * U(TALL)
                total = colour[at] + colour[at + PLANE] + colour[at + PLANE_2] + colour[at + PLANE_3]
                out[U(3) * k] = total >> 22
                out[U(3) * k + U(1)] = (total >> 12) & 255
                out[U(3) * k + U(2)] = (total >> 2) & 255
                if alpha.size:
                    covered = 0
                    for q in range(4):
                        covered += z[at + U(q) * PLANE] < EMPTY
                    alpha[first + line, k] = covered * 255 // 4


@njit(cache=True, nogil=True, error_model="numpy")
def _clear(stride, block, planes, z, colour, used, blank):
    """Make the used blocks of a band, each `block` long in each plane, ready for the next."""
    for strip in range(BAND):
        for i in range(used.shape[1]):
            if used[strip, i]:
                used[strip, i] = False
                low, high = strip * stride + i * block, strip * stride + min((i + 1) * block, stride)
                for q in range(U(planes)):
                    for k in range(q * PLANE + U(low), q * PLANE + U(high)):
                        z[k] = EMPTY
                        colour[k] = blank
