"""Files that a scene names: there, not empty, and where scenes may reach."""

import os

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.load import load_scene


def _scene(clip):
    return f"version: 1\nname: x\nsource: {{clip: '{clip}'}}\nshots: {{a: {{}}}}\n"


def _error(write, clip):
    with pytest.raises(SceneError) as caught:
        load_scene(write(_scene(clip)))
    (finding,) = caught.value.findings
    assert str(finding).startswith("scene.yaml:3:16: source.clip: ")
    return finding.message


def test_a_missing_clip_names_the_nearest(write, folder):
    (folder / "media").mkdir()
    (folder / "media" / "bigbuckbunny.mp4").write_bytes(b"x")
    assert _error(write, "clop.mp4") == "file not found: clop.mp4; nearest: clip.mp4"
    assert (
        _error(write, "media/bigbukbunny.mp4")
        == "file not found: media/bigbukbunny.mp4; nearest: media/bigbuckbunny.mp4"
    )
    assert _error(write, "medja/x.mp4") == "file not found: medja/x.mp4; nearest: media"
    assert _error(write, "zzz/yyy.mov") == "file not found: zzz/yyy.mov"


def test_an_empty_clip_is_named(write, folder):
    (folder / "empty.mp4").touch()
    assert _error(write, "empty.mp4").startswith("empty.mp4 is empty (0 bytes)")


def test_a_folder_or_a_pipe_is_no_clip(write, folder):
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    assert _error(write, "sub") == "sub is a folder; name a file"
    assert _error(write, "pipe") == "pipe is not a regular file"


@pytest.mark.parametrize(
    "clip", ["../secret.mp4", "../scenes/../secret.mp4", "/etc/passwd", "link.mp4", "linked/secret.mp4"]
)
def test_a_path_that_leaves_the_scenes_folder_is_refused_and_says_how_to_allow_it(write, folder, clip):
    (folder.parent / "secret.mp4").write_bytes(b"x")
    (folder / "link.mp4").symlink_to(folder.parent / "secret.mp4")
    (folder / "linked").symlink_to(folder.parent)
    message = _error(write, clip)
    assert f"{clip} leaves the scene's folder" in message
    assert "media_roots in r2s2r.yaml" in message


def test_a_media_root_allows_it(write, folder):
    footage = folder.parent / "footage"
    footage.mkdir()
    (footage / "a.mp4").write_bytes(b"x")
    (folder / "link.mp4").symlink_to(footage / "a.mp4")
    write("version: 1\nmedia_roots: [../footage]\n", "r2s2r.yaml")
    for clip in ("../footage/a.mp4", str(footage / "a.mp4"), "link.mp4"):
        assert load_scene(write(_scene(clip))).clip == footage / "a.mp4"


def test_a_media_root_may_be_a_symlink(write, folder):
    (folder.parent / "disk").mkdir()
    (folder.parent / "disk" / "a.mp4").write_bytes(b"x")
    (folder.parent / "footage").symlink_to(folder.parent / "disk")
    write("version: 1\nmedia_roots: [../footage]\n", "r2s2r.yaml")
    assert load_scene(write(_scene("../footage/a.mp4"))).clip == folder.parent / "disk" / "a.mp4"


def test_a_scene_may_lie_behind_a_symlink(write, folder, monkeypatch):
    write(_scene("clip.mp4"))
    (folder.parent / "alias").symlink_to(folder)
    monkeypatch.chdir(folder.parent)
    assert load_scene(folder.parent / "alias" / "scene.yaml").clip == folder / "clip.mp4"


@pytest.mark.parametrize("clip", ["a" * 600, "loop"])
def test_what_the_system_takes_for_no_path_is_refused(write, folder, clip):
    (folder / "loop").symlink_to("loop")
    assert clip in _error(write, clip)


def test_a_nul_in_a_path_is_refused(write):
    path = write('version: 1\nname: x\nsource: {clip: "a\\0b"}\nshots: {a: {}}\n')
    with pytest.raises(SceneError, match="cannot be used as a path"):
        load_scene(path)


def test_a_clip_that_may_not_be_read_is_named_before_the_run(write, folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the owner of tests may be one who reads all
    assert _error(write, "clip.mp4") == "clip.mp4 may not be read by this user: check its permissions"
