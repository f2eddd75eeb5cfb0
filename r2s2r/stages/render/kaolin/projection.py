"""Faces to the screen, on any device, without asking it for anything.

Kaolin's rasteriser takes faces that are already on the screen and clips nothing. So a face that crosses the near plane
is cut here, as ``cpu.visibility`` does it: a triangle and a near plane make at most two triangles. To know how many it
is in the end, the host would have to wait for the GPU; so every face of an entity that crosses takes two places, and a
place that is not needed holds a face without area, which no rasteriser draws.
"""

import torch
from torch import Tensor


def on_screen(homogeneous: Tensor) -> Tensor:
    """Return (x, y, 1 / depth) of points (x d, y d, d) [..., 3]: pixels and 1/m."""
    inverse = homogeneous[..., 2:].reciprocal()
    return torch.cat([homogeneous[..., :2] * inverse, inverse], dim=-1)


def clipped(corners: Tensor, near_m: float) -> Tensor:
    """Return what lies beyond the near plane of faces [B, F, 3, 3], as corners on the screen [B, 2 F, 3, 3].

    Corners are (x d, y d, d). Of face f it is in places 2 f and 2 f + 1; a place that is not needed is all 0. An edge
    is cut from its far end, so that faces which share it get the same point.
    """
    corners = _lone_corner_first(corners, near_m)
    a, b, c = corners.unbind(-2)
    behind = corners[..., 2] < near_m
    count = behind.sum(-1)[..., None]  # [B, F, 1]
    a_cut_b, a_cut_c = _cut(b, a, near_m), _cut(c, a, near_m)  # where a is the only one behind
    b_cut_a, c_cut_a = _cut(a, b, near_m), _cut(a, c, near_m)  # where it is the only one that is not
    first = torch.stack(
        [
            torch.where(count == 1, a_cut_b, a),
            torch.where(count == 2, b_cut_a, b),
            torch.where(count == 2, c_cut_a, c),
        ],
        dim=-2,
    )
    second = torch.stack([a_cut_b, c, a_cut_c], dim=-2)
    nothing = torch.stack([count == 3, count != 1], dim=2)[..., None]  # [B, F, 2, 1, 1]
    places = on_screen(torch.stack([first, second], dim=2))
    return torch.where(nothing, 0.0, places).flatten(1, 2)


def without_slivers(corners: Tensor) -> Tensor:
    """Return corners [..., 3, 3] on the screen, all 0 where a face has no area: what has none is not drawn."""
    (ax, bx, cx), (ay, by, cy) = corners[..., 0].unbind(-1), corners[..., 1].unbind(-1)
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return torch.where((area == 0)[..., None, None], 0.0, corners)


def _lone_corner_first(corners: Tensor, near_m: float) -> Tensor:
    """Turn faces so that their first corner is alone on its side of the near plane, where one is."""
    front = corners[..., 2] >= near_m
    a, b, c = front.unbind(-1)
    lone = torch.where((b != a) & (b != c), 1, torch.where((c != a) & (c != b), 2, 0))
    order = (lone[..., None] + torch.arange(3, device=corners.device)) % 3
    return torch.gather(corners, -2, order[..., None].expand_as(corners))


def _cut(front: Tensor, behind: Tensor, near_m: float) -> Tensor:
    """Return where edges [..., 3] meet the near plane."""
    t = (near_m - front[..., 2:]) / (behind[..., 2:] - front[..., 2:])
    met = front[..., :2] + t * (behind[..., :2] - front[..., :2])
    return torch.cat([met, torch.full_like(t, near_m)], dim=-1)
