"""A stand-in for Kaolin's one function, on CPU tensors: what its documentation and its published kernel say it does.

Written from their meaning (Kaolin 0.18, ``kaolin.render.mesh.rasterize``, backend 'cuda'), with the arithmetic that
matters here: where samples lie, that a box holds its lower bounds only, that edges belong to both sides, affine z, the
first of equal z. Nothing is clipped. That the real one does the same can only be seen on a GPU.
"""

import numpy as np
import torch
from numba import njit


def rasterize(
    height,
    width,
    face_vertices_z,
    face_vertices_image,
    face_features,
    valid_faces=None,
    multiplier=1000,
    eps=1e-8,
    backend="cuda",
):
    assert valid_faces is None
    assert backend == "cuda"
    assert face_vertices_z.dtype == face_vertices_image.dtype == face_features.dtype
    x = _places(width, multiplier)
    y = -_places(height, multiplier)  # row 0 is on top, where y is largest
    images = face_vertices_image.numpy() * multiplier
    found = [_nearest(x, y, image, z, eps) for image, z in zip(images, face_vertices_z.numpy(), strict=True)]
    features = torch.zeros((len(images), height, width, face_features.shape[-1]), dtype=face_features.dtype)
    return features, torch.from_numpy(np.array(found))


def _places(count, multiplier):
    """Where samples lie along a side: computed in single precision, as the kernel does."""
    step = np.float32(multiplier) / np.float32(count)
    return (step * (2 * np.arange(count) + 1 - count).astype(np.float32)).astype(np.float64)


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest(x, y, image, z, eps):
    nearest, face_idx = np.full((len(y), len(x)), -np.inf), np.full((len(y), len(x)), -1)
    rising = y[::-1]
    for face in range(len(image)):
        (ax, ay), (bx, by), (cx, cy) = image[face]
        rows = np.searchsorted(rising, np.array([min(ay, by, cy), max(ay, by, cy)]))
        columns = np.searchsorted(x, np.array([min(ax, bx, cx), max(ax, bx, cx)]))
        for row in range(len(y) - rows[1], len(y) - rows[0]):
            for column in range(columns[0], columns[1]):
                px, py = x[column], y[row]
                w0 = (bx - px) * (cy - py) - (by - py) * (cx - px)
                w1 = (cx - px) * (ay - py) - (cy - py) * (ax - px)
                w2 = (ax - px) * (by - py) - (ay - py) * (bx - px)
                total = w0 + w1 + w2
                total += np.copysign(eps, total)
                w0, w1, w2 = w0 / total, w1 / total, w2 / total
                at = w0 * z[face, 0] + w1 * z[face, 1] + w2 * z[face, 2]
                if w0 >= 0 and w1 >= 0 and w2 >= 0 and at > nearest[row, column]:
                    nearest[row, column], face_idx[row, column] = at, face
    return face_idx
