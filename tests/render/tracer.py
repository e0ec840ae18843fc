"""A slow, plain ray tracer in double precision, written from the rules alone, to compare the fast one with."""

import numpy as np

from misi.scene.scene import Scene

_KEY = np.array([1.0, -1.0, -1.0]) / np.sqrt(3)
_FILL = np.array([-0.2, -0.2, -0.959])
_FILL /= np.sqrt((_FILL**2).sum())


def trace(scene: Scene, samples: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean colours cut to integers, and of the middle sample the depth and the row of the scene's atom."""
    camera = scene.camera
    height, width = camera.height, camera.width
    total = np.zeros((height, width, 3), dtype=int)
    for j in range(samples):
        for i in range(samples):
            x = np.arange(width) + (i + 0.5) / samples
            y = np.arange(height) + (j + 0.5) / samples
            colour, depth, row = trace_at(scene, *np.meshgrid(x, y))
            total += colour
            if i == j == samples // 2:
                middle = depth, row
    return (total // samples**2).astype(np.uint8), *middle


def trace_at(scene: Scene, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Colour, depth and row of the scene's atom at points of the picture, pixels from its upper left corner."""
    camera = scene.camera
    u, v = (x - camera.width / 2) / camera.focal, (camera.height / 2 - y) / camera.focal
    if camera.projection == "parallel":
        origin = np.stack([u * camera.parallel_depth, v * camera.parallel_depth, 0 * u], axis=-1)
        ray = np.broadcast_to([0.0, 0.0, -1.0], origin.shape)
    else:
        origin, ray = np.zeros((*u.shape, 3)), np.stack([u, v, -np.ones_like(u)], axis=-1)
    depth, normal = np.full(u.shape, np.inf), np.zeros((*u.shape, 3))
    base, row = np.zeros((*u.shape, 3)), np.full(u.shape, -1)

    def meet(t: np.ndarray, along_normal: np.ndarray, colour: np.ndarray, atom: np.ndarray, ok: np.ndarray) -> None:
        hit = ok & (t >= camera.near) & (t < depth)
        depth[hit], base[hit], row[hit] = t[hit], np.broadcast_to(colour, base.shape)[hit], (atom + 0 * row)[hit]
        facing = np.where(((along_normal * ray).sum(-1) > 0)[..., None], -along_normal, along_normal)
        normal[hit] = facing[hit]

    with np.errstate(invalid="ignore", divide="ignore"):
        for i, (centre, r) in enumerate(zip(scene.xyz, scene.radius, strict=True)):
            p = origin - centre
            a, b, c = (ray * ray).sum(-1), (p * ray).sum(-1), (p * p).sum(-1) - r * r
            reach = b * b - a * c
            for sign in (1, -1):  # the far side first would hide nothing: the nearer one wins by depth
                t = (-b - sign * np.sqrt(reach)) / a
                meet(t, (p + t[..., None] * ray) / r, scene.colour[i] / 255, np.array(i), reach >= 0)
        for first, second in scene.bonds.tolist():
            start, end = scene.xyz[first], scene.xyz[second]
            length = np.sqrt(((end - start) ** 2).sum())
            if length == 0:
                continue
            w, r, p = (end - start) / length, scene.bond_radius, origin - start
            p_across, d_across = p - (p @ w)[..., None] * w, ray - (ray @ w)[..., None] * w
            a, b = (d_across**2).sum(-1), (p_across * d_across).sum(-1)
            reach = b * b - a * ((p_across**2).sum(-1) - r * r)
            for sign in (1, -1):
                t = (-b - sign * np.sqrt(reach)) / a
                h = p @ w + t * (ray @ w)
                beyond = h > length / 2
                colour = np.where(beyond[..., None], scene.colour[second] / 255, scene.colour[first] / 255)
                around = (p_across + t[..., None] * d_across) / r
                meet(t, around, colour, np.where(beyond, second, first), (reach >= 0) & (h >= 0) & (h <= length))

    view = ray / np.sqrt((ray * ray).sum(-1))[..., None]
    key, fill = -(normal @ _KEY), -(normal @ _FILL)
    mirrored = _KEY + 2 * key[..., None] * normal
    shine = np.clip(-(mirrored * view).sum(-1), 0, None) ** 30
    light = 0.32 + 0.8 * np.clip(key, 0, None) + 0.4 * np.clip(fill, 0, None)
    colour = base * light[..., None] + 0.3 * shine[..., None]
    share = np.where(np.isfinite(depth), camera.cue(depth), 0)[..., None] if scene.depth_cue else 1.0
    back = np.array(scene.background) / 255
    shaded = np.clip(share * colour + (1 - share) * back, 0, 1)
    shaded = np.where(np.isfinite(depth)[..., None], shaded, back)
    return np.floor(shaded * 255 + 0.5).astype(int), depth, row
