"""A worker that answers with known geometry: a real process, speaking `r2s2r lift-worker` 1 by its documentation alone.

It is started as the environment's interpreter would be, ``stand_in.py SCRIPT REQUEST RESPONSE``; the first word of the
weights' folder's ``mode.txt`` says how it behaves, and ``truth.npz`` beside it holds what it answers.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def main():
    script, request, response = (Path(word) for word in sys.argv[1:])
    asked = json.loads((request / "request.json").read_text())
    weights = Path(asked["weights"])
    seen = weights.with_name("seen")  # and not among the weights, which are looked at before and after
    seen.mkdir(exist_ok=True)
    mode = (weights / "mode.txt").read_text().split()[0]
    (seen / "asked.json").write_text(json.dumps({**asked, "script": script.name, "environment": dict(os.environ)}))
    sys.stderr.write("stand-in: looking\n")
    misbehave(mode, seen, response)
    truth = truth_of(weights)
    said = {"protocol": asked["protocol"], "version": 1, "model": asked["model"], "ok": True}
    said["frames"] = [one["frame"] for one in asked["frames"] if one["frame"] not in truth["nobody_in"]]
    if mode == "srgb":
        said["colours"] = "srgb"
    answer = objects if asked["model"] == "sam3d_objects" else body
    answer(truth, response, said["frames"], mode)
    wrong = {"version": ("version", 2), "model": ("model", "sam3d_hands")}
    said |= dict([wrong[mode]] if mode in wrong else [])
    (response / "response.json").write_text(json.dumps(said))


def truth_of(weights):
    import numpy as np  # who misbehaves does so before this takes its time: it is given seconds

    return np.load(weights / "truth.npz")


def misbehave(mode, seen, response):
    if mode == "crash":
        sys.stderr.write("RuntimeError: the weights are of another shape\n")
        sys.exit(1)
    if mode in ("failed", "missing"):
        said = {"protocol": "r2s2r lift-worker", "version": 1, "ok": False, "model": "sam3d_objects"}
        said["error"] = "CUDA out of memory" if mode == "failed" else "ModuleNotFoundError: No module named 'kaolin'"
        (response / "response.json").write_text(json.dumps(said))
        sys.exit(1 if mode == "failed" else 3)
    if mode == "hang":
        child = subprocess.Popen(["sleep", "600"])
        (seen / "pids.part").write_text(f"{os.getpid()} {child.pid}")
        (seen / "pids.part").rename(seen / "pids.txt")
        time.sleep(600)
    if mode == "leaves":
        child = subprocess.Popen(["sleep", "600"])
        (seen / "pids.txt").write_text(f"{child.pid}")
    if mode == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "garbage":
        (response / "response.json").write_text("{]")
        sys.exit(0)
    if mode in ("pipe", "link", "silent"):
        answer_with_no_file(mode, response)


def answer_with_no_file(mode, response):
    if mode == "pipe":
        os.mkfifo(response / "response.json")
    if mode == "link":
        (response / "response.json").symlink_to("/dev/zero")
    sys.exit(0)


def objects(truth, response, frames, mode):
    import numpy as np
    import trimesh

    mesh = trimesh.Trimesh(truth["vertices"], truth["faces"], vertex_colors=truth["colours"], process=False)
    data = mesh.export(file_type="glb")
    (response / "mesh.glb").write_bytes(data[: len(data) // 2] if mode == "truncated" else data)
    pose = {name: truth[name] for name in ("rotation", "translation", "scale")}
    if mode == "nan":
        pose["translation"] = pose["translation"] * np.nan
    if mode == "shape":
        pose["rotation"] = pose["rotation"][:3]
    if mode == "pickle":
        pose["scale"] = np.array([{"no": "number"}], object)
    if mode == "behind":
        pose["translation"] = pose["translation"] * -1
    np.savez(response / "pose.npz", **pose)
    if mode == "huge":
        with (response / "mesh.glb").open("r+b") as file:
            file.truncate(2_000_000_000)
    if mode == "bomb":
        np.savez_compressed(response / "pose.npz", **{**pose, "scale": np.zeros(65_000_000)})


def body(truth, response, frames, mode):
    import numpy as np

    np.savez(response / "faces.npz", faces=truth["faces"] + (10_000 if mode == "shape" else 0))
    (response / "frames").mkdir()
    for number in frames:
        found = {"pred_vertices": truth["vertices"]}
        found["pred_cam_t"] = truth["translation"] + [0.01 * (number - frames[0]), 0, 0]
        if mode == "nan":
            found["pred_vertices"] = found["pred_vertices"] * np.nan
        path = response / "frames" / f"{number:06d}.npz"
        np.savez(path, **found)
        if mode == "truncated":
            path.write_bytes(path.read_bytes()[:500])


if __name__ == "__main__":
    main()
