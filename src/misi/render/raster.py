"""The raster kernel: spheres and cylinders into pixels, one ray for each sample, in single precision.

How it works. The picture is cut into bands of rows whose sample buffers stay in the processor's cache. In a band
each primitive visits its rows; on a row its exact span of samples is computed in double precision from the outline
(a quadratic in the column), then one branch-free loop over the span intersects, shades and keeps the nearer of old
and new. Finished bands are averaged into pixels.

Same bytes everywhere: no fast-math, no BLAS, no library function but the correctly rounded square root, one thread
for each picture, and a fixed drawing order, so a tie in depth has one outcome.

Shading, sampling and the cut at the near plane follow shared/spec/scene.md sections 2 and 6.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = np.float32
LANES = 16  # spans are rounded up to this many samples, so that vector loops have no remainder
BAND = 8  # pixel rows in a band

# Lighting (scene.md section 6). Directions of travel of the light, camera frame; the key light's comes from upper
# left in front, the fill light's from the right, above, in front.
_K = 1 / np.sqrt(3.0)
_FILL = np.array([-0.2, -0.2, -0.959]) / np.sqrt(0.2**2 + 0.2**2 + 0.959**2)
KX, KY, KZ = F(_K), F(-_K), F(-_K)
FX, FY, FZ = F(_FILL[0]), F(_FILL[1]), F(_FILL[2])
AMBIENT, KEY, FILL, SPECULAR = F(0.4 * 0.8), F(1.0 * 0.8), F(0.5 * 0.8), F(0.3)
ZERO, ONE, HALF, TOP = F(0), F(1), F(0.5), F(255)
EMPTY = F(np.inf)


@njit(cache=True, nogil=True, error_model="numpy")
def _pixel(nx, ny, nz, u, v, inverse, depth, red, green, blue, back, cue):  # type: ignore[no-untyped-def]
    """Packed colour of a lit point: normal toward the camera, ray (u, v, -1), its inverse squared length."""
    key = -(nx * KX + ny * KY + nz * KZ)
    fill = -(nx * FX + ny * FY + nz * FZ)
    shine = -(u * KX + v * KY - KZ) - F(2) * key * (nx * u + ny * v - nz)
    shine = max(shine, ZERO)
    shine2 = shine * shine * inverse  # normalises the ray
    shine4 = shine2 * shine2
    shine8 = shine4 * shine4
    shine16 = shine8 * shine8
    glow = SPECULAR * (shine16 * shine8 * shine4 * shine2)
    light = AMBIENT + KEY * max(key, ZERO) + FILL * max(fill, ZERO)
    share = min(max((cue[0] - depth) * cue[1], ZERO), ONE)
    rest = ONE - share
    r = min(max(share * (red * light + glow) + rest * back[0], ZERO), ONE)
    g = min(max(share * (green * light + glow) + rest * back[1], ZERO), ONE)
    b = min(max(share * (blue * light + glow) + rest * back[2], ZERO), ONE)
    return (
        (np.int32(r * TOP + HALF) << np.int32(20))
        | (np.int32(g * TOP + HALF) << np.int32(10))
        | np.int32(b * TOP + HALF)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _sphere_row(z, colour, us, os, v, dy, cx, depth, r2, inv_r, red, green, blue, back, cue):  # type: ignore[no-untyped-def]
    """One row of a sphere. All points are relative to the centre; the ray starts in the centre's plane."""
    dyv = dy * v
    dy2 = dy * dy - r2
    v2 = v * v + ONE
    for k in range(len(z)):
        u = us[k]
        dx = u * depth + os[k] - cx
        inverse = ONE / (u * u + v2)
        along = (dx * u + dyv) * inverse
        reach = along * along - (dx * dx + dy2) * inverse
        t = -along - np.sqrt(max(reach, ZERO))
        here = depth + t
        packed = _pixel(
            (dx + t * u) * inv_r, (dy + t * v) * inv_r, -t * inv_r, u, v, inverse, here, red, green, blue, back, cue
        )
        better = (reach >= ZERO) & (here < z[k])
        z[k] = here if better else z[k]
        colour[k] = packed if better else colour[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _cylinder_row(z, colour, us, os, v, dy, cx, depth, wx, wy, wz, half, r2, inv_r, first, second, back, cue):  # type: ignore[no-untyped-def]
    """One row of an open cylinder about its middle; the half toward the axis vector has the second colour."""
    v2 = v * v + ONE
    dyv = dy * v
    row_w = v * wy - wz
    dyw = dy * wy
    dy2 = dy * dy - r2
    for k in range(len(z)):
        u = us[k]
        dx = u * depth + os[k] - cx
        square = u * u + v2
        dw = u * wx + row_w
        pw = dx * wx + dyw
        a = square - dw * dw
        b = dx * u + dyv - pw * dw
        c = dx * dx + dy2 - pw * pw
        reach = b * b - a * c
        t = -(b + np.sqrt(max(reach, ZERO))) / a
        h = pw + t * dw
        here = depth + t
        far_end = h > ZERO
        red = second[0] if far_end else first[0]
        green = second[1] if far_end else first[1]
        blue = second[2] if far_end else first[2]
        packed = _pixel(
            (dx + t * u - h * wx) * inv_r,
            (dy + t * v - h * wy) * inv_r,
            (-t - h * wz) * inv_r,
            u,
            v,
            ONE / square,
            here,
            red,
            green,
            blue,
            back,
            cue,
        )
        better = (reach >= ZERO) & (abs(h) <= half) & (here < z[k])
        z[k] = here if better else z[k]
        colour[k] = packed if better else colour[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _sphere_cut_row(z, colour, us, os, v, dy, cx, depth, r2, inv_r, near, red, green, blue, back, cue):  # type: ignore[no-untyped-def]
    """As `_sphere_row`, for a sphere that reaches before the near plane: behind the cut one sees its inside."""
    dyv = dy * v
    dy2 = dy * dy - r2
    v2 = v * v + ONE
    for k in range(len(z)):
        u = us[k]
        dx = u * depth + os[k] - cx
        inverse = ONE / (u * u + v2)
        along = (dx * u + dyv) * inverse
        reach = along * along - (dx * dx + dy2) * inverse
        root = np.sqrt(max(reach, ZERO))
        inside = depth - along - root < near
        t = -along + root if inside else -along - root
        side = -inv_r if inside else inv_r
        here = depth + t
        packed = _pixel(
            (dx + t * u) * side, (dy + t * v) * side, -t * side, u, v, inverse, here, red, green, blue, back, cue
        )
        better = (reach >= ZERO) & (here >= near) & (here < z[k])
        z[k] = here if better else z[k]
        colour[k] = packed if better else colour[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _cylinder_cut_row(z, colour, us, os, v, dy, cx, depth, wx, wy, wz, half, r2, inv_r, near, first, second, back, cue):  # type: ignore[no-untyped-def]
    """As `_cylinder_row`, for a cylinder that reaches before the near plane."""
    v2 = v * v + ONE
    dyv = dy * v
    row_w = v * wy - wz
    dyw = dy * wy
    dy2 = dy * dy - r2
    for k in range(len(z)):
        u = us[k]
        dx = u * depth + os[k] - cx
        square = u * u + v2
        dw = u * wx + row_w
        pw = dx * wx + dyw
        a = square - dw * dw
        b = dx * u + dyv - pw * dw
        c = dx * dx + dy2 - pw * pw
        reach = b * b - a * c
        root = np.sqrt(max(reach, ZERO))
        t = -(b + root) / a
        h = pw + t * dw
        inside = (abs(h) > half) | (depth + t < near)
        t = (root - b) / a if inside else t
        h = pw + t * dw
        side = -inv_r if inside else inv_r
        here = depth + t
        far_end = h > ZERO
        red = second[0] if far_end else first[0]
        green = second[1] if far_end else first[1]
        blue = second[2] if far_end else first[2]
        packed = _pixel(
            (dx + t * u - h * wx) * side,
            (dy + t * v - h * wy) * side,
            (-t - h * wz) * side,
            u,
            v,
            ONE / square,
            here,
            red,
            green,
            blue,
            back,
            cue,
        )
        better = (reach >= ZERO) & (abs(h) <= half) & (here >= near) & (here < z[k])
        z[k] = here if better else z[k]
        colour[k] = packed if better else colour[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _extent(centre, depth, r, flat):  # type: ignore[no-untyped-def]
    """Lowest and highest slope under which a sphere that lies beyond the near plane is seen along one axis."""
    if flat > 0:  # parallel projection: slopes are lengths over `flat`
        return (centre - r) / flat, (centre + r) / flat
    square = depth * depth - r * r
    root = r * np.sqrt(centre * centre + square)
    return (centre * depth - root) / square, (centre * depth + root) / square


@njit(cache=True, nogil=True, error_model="numpy")
def _extent_cut(low, high, nearest, farthest, flat):  # type: ignore[no-untyped-def]
    """Slopes of the box low..high at any depth nearest..farthest."""
    if flat > 0:
        return low / flat, high / flat
    return min(low / nearest, low / farthest), max(high / nearest, high / farthest)


@njit(cache=True, nogil=True, error_model="numpy")
def _bound(primitives, spheres, radii, bonds, bond_radius, near, flat, cut):  # type: ignore[no-untyped-def]
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
def _cylinder_span(e, axis, r, v, left, right):  # type: ignore[no-untyped-def]
    """Slopes between which a ray of the row can meet an infinite cylinder, within left..right.

    The ray (u, v, -1) from the eye meets it where (e'.d)^2 - c (|d|^2 - (d.w)^2) >= 0, with e' the eye seen from the
    axis without its part along it, and c = |e'|^2 - r^2: a quadratic in u. Where its leading term is not negative
    the outlines bound the row from one side only, and the whole box is taken.
    """
    along = e[0] * axis[0] + e[1] * axis[1] + e[2] * axis[2]
    ex, ey, ez = e[0] - along * axis[0], e[1] - along * axis[1], e[2] - along * axis[2]
    c = ex * ex + ey * ey + ez * ez - r * r
    k1, k2 = ey * v - ez, axis[1] * v - axis[2]
    alpha = ex * ex - c * (1 - axis[0] * axis[0])
    if c <= 0 or alpha >= -1e-9 * c:
        return left, right
    beta = ex * k1 + c * axis[0] * k2
    gamma = k1 * k1 - c * (v * v + 1 - k2 * k2)
    square = beta * beta - alpha * gamma
    if square < 0:
        return 1.0, 0.0
    root = np.sqrt(square)
    return max(left, (beta - root) / -alpha), min(right, (beta + root) / -alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def _sphere_span(x, y, depth, r, v, left, right):  # type: ignore[no-untyped-def]
    """Slopes between which a ray of the row can meet a sphere, within left..right."""
    c = x * x + y * y + depth * depth - r * r
    k1 = y * v + depth
    alpha = x * x - c
    if c <= 0 or alpha >= -1e-9 * c:
        return left, right
    beta = x * k1
    square = beta * beta - alpha * (k1 * k1 - c * (v * v + 1))
    if square < 0:
        return 1.0, 0.0
    root = np.sqrt(square)
    return max(left, (beta - root) / -alpha), min(right, (beta + root) / -alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def draw(samples, focal, flat, near, spheres, radii, colours, bonds, bond_radius, back, cue, rgb, alpha):  # type: ignore[no-untyped-def]
    """Fill `rgb`, and `alpha` unless it is empty.

    Parameters
    ----------
    samples : int
        Side of the grid of samples in a pixel, 1 or 3.
    focal : float64
        Pixels per unit of slope.
    flat : float64
        0 for perspective; for parallel projection the depth at which slopes are lengths.
    near : float64
    spheres : (n, 3) float64, radii : (n,) float64, colours : (n, 3) float32 in 0..1
        Camera frame, angstrom.
    bonds : (m, 2) int32, bond_radius : float64
    back : (3,) float32
        Background in 0..1.
    cue : (2,) float32
        Far depth, and one over the length of the depth cue; (1, inf) for none.
    rgb : (H, W, 3) uint8
    alpha : (H, W) uint8 or (0, 0)
    """
    rows, columns = rgb.shape[0], rgb.shape[1]
    n, m = len(spheres), len(bonds)
    fine = columns * samples
    scale = focal * samples
    middle_x, middle_y = fine / 2 - 0.5, rows * samples / 2 - 0.5
    us = np.empty(fine + LANES, dtype=np.float32)
    os = np.zeros(fine + LANES, dtype=np.float32)
    for i in range(fine + LANES):
        slope = (i - middle_x) / scale
        if flat > 0:
            us[i], os[i] = 0, slope * flat
        else:
            us[i] = slope
    bounds = np.empty((n + m, 4))
    cut = np.empty(n + m, dtype=np.bool_)
    _bound(bounds, spheres, radii, bonds, bond_radius, near, flat, cut)

    # which primitives touch which band: a counting sort, so that order within a band is drawing order
    n_bands = (rows + BAND - 1) // BAND
    band_rows = BAND * samples
    top, bottom = np.zeros(n + m, dtype=np.int64), np.zeros(n + m, dtype=np.int64)
    starts = np.zeros(n_bands + 1, dtype=np.int64)
    for i in range(n + m):
        if not bounds[i, 0] <= bounds[i, 1]:
            continue
        low = max(middle_y - scale * bounds[i, 3], -4.0)
        high = min(middle_y - scale * bounds[i, 2], rows * samples + 4.0)
        if low > high or middle_x + scale * bounds[i, 1] < 0 or middle_x + scale * bounds[i, 0] > fine:
            continue
        top[i] = max(int(np.floor(low)), 0)
        bottom[i] = min(int(np.floor(high)) + 2, rows * samples)
        if top[i] < bottom[i]:
            for band in range(top[i] // band_rows, (bottom[i] - 1) // band_rows + 1):
                starts[band + 1] += 1
    for band in range(n_bands):
        starts[band + 1] += starts[band]
    members = np.empty(starts[n_bands], dtype=np.int64)
    filled = starts[:-1].copy()
    for i in range(n + m):
        if top[i] < bottom[i]:
            for band in range(top[i] // band_rows, (bottom[i] - 1) // band_rows + 1):
                members[filled[band]] = i
                filled[band] += 1

    z = np.full((band_rows, fine + LANES), EMPTY, dtype=np.float32)
    blank = (
        (np.int32(back[0] * TOP + HALF) << np.int32(20))
        | (np.int32(back[1] * TOP + HALF) << np.int32(10))
        | np.int32(back[2] * TOP + HALF)
    )
    colour = np.full((band_rows, fine + LANES), blank, dtype=np.int32)
    used_from, used_to = np.empty(band_rows, dtype=np.int64), np.empty(band_rows, dtype=np.int64)
    axis, eye = np.empty(3), np.empty(3)
    r2, inv_r = F(bond_radius * bond_radius), F(1 / bond_radius)
    for band in range(n_bands):
        first_row = band * band_rows
        used_from[:] = fine
        used_to[:] = 0
        for place in range(starts[band], starts[band + 1]):
            i = members[place]
            left, right = bounds[i, 0], bounds[i, 1]
            if i < n:
                x, y, depth, r = spheres[i, 0], spheres[i, 1], -spheres[i, 2], radii[i]
            else:
                a, b = bonds[i - n, 0], bonds[i - n, 1]
                x, y = (spheres[a, 0] + spheres[b, 0]) / 2, (spheres[a, 1] + spheres[b, 1]) / 2
                depth, r = -(spheres[a, 2] + spheres[b, 2]) / 2, bond_radius
                axis[0] = spheres[b, 0] - spheres[a, 0]
                axis[1] = spheres[b, 1] - spheres[a, 1]
                axis[2] = spheres[b, 2] - spheres[a, 2]
                length = np.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2])
                if length < 1e-6:
                    continue
                for k in range(3):
                    axis[k] /= length
                eye[0], eye[1], eye[2] = -x, -y, depth
                half = F(length / 2)
            for row in range(max(top[i], first_row), min(bottom[i], first_row + band_rows)):
                slope = (middle_y - row) / scale
                if flat > 0 or cut[i]:
                    u0, u1 = left, right
                elif i < n:
                    u0, u1 = _sphere_span(x, y, depth, r, slope, left, right)
                else:
                    u0, u1 = _cylinder_span(eye, axis, r, slope, left, right)
                if not u0 <= u1:
                    continue
                start = int(np.floor(max(middle_x + scale * u0, 0.0)))
                stop = int(np.floor(min(middle_x + scale * u1, fine - 2.0))) + 2
                if start >= stop:
                    continue
                j = row - first_row
                used_from[j] = min(used_from[j], start)
                used_to[j] = max(used_to[j], stop)
                end = start + (stop - start + LANES - 1) // LANES * LANES
                zs, cs, uu, oo = z[j, start:end], colour[j, start:end], us[start:end], os[start:end]
                if flat > 0:
                    v, dy = ZERO, F(slope * flat - y)
                else:
                    v, dy = F(slope), F(slope * depth - y)
                if i < n:
                    red, green, blue = colours[i, 0], colours[i, 1], colours[i, 2]
                    s2, inv_s = F(r * r), F(1 / r)
                    if cut[i]:
                        _sphere_cut_row(
                            zs, cs, uu, oo, v, dy, F(x), F(depth), s2, inv_s, F(near), red, green, blue, back, cue
                        )
                    else:
                        _sphere_row(zs, cs, uu, oo, v, dy, F(x), F(depth), s2, inv_s, red, green, blue, back, cue)
                else:
                    wx, wy, wz = F(axis[0]), F(axis[1]), F(axis[2])
                    one, two = colours[a], colours[b]
                    if cut[i]:
                        _cylinder_cut_row(
                            zs, cs, uu, oo, v, dy, F(x), F(depth), wx, wy, wz, half, r2, inv_r, F(near), one, two, back, cue
                        )
                    else:
                        _cylinder_row(
                            zs, cs, uu, oo, v, dy, F(x), F(depth), wx, wy, wz, half, r2, inv_r, one, two, back, cue
                        )
        _average(samples, z, colour, used_from, used_to, blank, band * BAND, rgb, alpha)


@njit(cache=True, nogil=True, error_model="numpy")
def _average(samples, z, colour, used_from, used_to, blank, first, rgb, alpha):  # type: ignore[no-untyped-def]
    """Means of the samples of a band, cut to integers as the reference program does; clears the buffers."""
    rows, columns = rgb.shape[0], rgb.shape[1]
    count = samples * samples
    background = (np.uint8(blank >> 20), np.uint8((blank >> 10) & 1023), np.uint8(blank & 1023))
    for line in range(min(BAND, rows - first)):
        out = rgb[first + line]
        for k in range(columns):
            out[k, 0], out[k, 1], out[k, 2] = background
        start, stop = columns * samples, 0
        for j in range(line * samples, (line + 1) * samples):
            start, stop = min(start, used_from[j]), max(stop, used_to[j])
        start, stop = start // samples, min((stop + samples - 1) // samples, columns)
        for k in range(start, stop):
            red = green = blue = 0
            for j in range(line * samples, (line + 1) * samples):
                for i in range(k * samples, (k + 1) * samples):
                    red += colour[j, i] >> 20
                    green += (colour[j, i] >> 10) & 1023
                    blue += colour[j, i] & 1023
            out[k, 0], out[k, 1], out[k, 2] = red // count, green // count, blue // count
        if alpha.size:
            for k in range(start, stop):
                covered = 0
                for j in range(line * samples, (line + 1) * samples):
                    for i in range(k * samples, (k + 1) * samples):
                        covered += z[j, i] < EMPTY
                alpha[first + line, k] = covered * 255 // count
        for j in range(line * samples, (line + 1) * samples):
            z[j, start * samples : stop * samples + LANES] = EMPTY
            colour[j, start * samples : stop * samples + LANES] = blank
