"""Normals of solids: smooth where they are round, sharp at their edges, and no speck where a sliver lies."""

import numpy as np
import trimesh

from r2s2r.geometry.normals import face_normals, unit
from r2s2r.stages.lift.entities.shapes.patches import normals_by_patch


def with_a_sliver_on_each_tenth_edge(ball: trimesh.Trimesh):
    """Split faces beside an edge; what is left between the split and the edge stands up like a blade."""
    vertices, faces = list(ball.vertices), [list(face) for face in ball.faces]
    slivers = []
    for face in range(0, len(ball.faces), 10):
        a, b, c = faces[face]
        middle = len(vertices)
        vertices.append((vertices[a] + vertices[b]) / 2 * 1.004)
        faces[face] = [a, middle, c]
        faces += [[middle, b, c], [a, b, middle]]
        slivers.append(len(faces) - 1)
    return np.array(vertices), np.array(faces, np.int32), slivers


def test_slivers_have_the_normals_of_what_is_round_them():
    vertices, faces, slivers = with_a_sliver_on_each_tenth_edge(trimesh.creation.icosphere(subdivisions=3))
    leaning = unit(face_normals(vertices, faces))[slivers]
    outwards = unit(vertices)
    assert ((leaning * outwards[faces[slivers, 0]]).sum(axis=1) < 0.5).all()  # so they would be specks
    normals = normals_by_patch(vertices, faces, crease_deg=40.0)
    off_deg = np.degrees(np.arccos(np.clip((normals * outwards[faces]).sum(axis=-1), -1, 1)))
    assert off_deg.max() < 8


def test_the_edges_of_a_box_stay_sharp():
    box = trimesh.creation.box().subdivide()
    normals = normals_by_patch(np.asarray(box.vertices), np.asarray(box.faces, np.int32), crease_deg=40.0)
    assert np.allclose(normals, box.face_normals[:, None], atol=1e-6)
