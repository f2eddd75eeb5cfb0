"""Files that cannot be used are refused with what is wrong and what to do; what can be used of a broken one is."""

import wave

import av
import numpy as np
import pytest

from r2s2r.errors import MediaError
from r2s2r.media.clip import read_clip
from tests.media.clips import b_frames, ffmpeg, numbered_picture, numbers_in, write_clip


def _cut(path, share, target):
    target.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return target


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Forty frames, with the index before the pictures."""
    folder = tmp_path_factory.mktemp("clips")
    b_frames(folder / "source.mp4")
    ffmpeg("-i", folder / "source.mp4", "-c", "copy", "-movflags", "+faststart", folder / "whole.mp4")
    return folder / "whole.mp4"


def test_a_missing_file(tmp_path):
    with pytest.raises(MediaError, match=r"nowhere\.mp4: there is no such file; check the path in `source\.clip`"):
        read_clip(tmp_path / "nowhere.mp4")


def test_a_folder(tmp_path):
    with pytest.raises(MediaError, match="no such file"):
        read_clip(tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(MediaError, match=r"empty\.mp4: the file is empty; copy it again"):
        read_clip(tmp_path / "empty.mp4")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.png", "clip.txt"])
def test_a_file_that_is_no_media(tmp_path, name):
    (tmp_path / name).write_bytes(b"no pictures in here\n" * 200)
    with pytest.raises(MediaError, match="not a video or picture that can be read"):
        read_clip(tmp_path / name)


def test_an_mp4_cut_off_before_its_index(tmp_path):
    b_frames(tmp_path / "source.mp4")
    with pytest.raises(MediaError, match="cut off before its index"):
        read_clip(_cut(tmp_path / "source.mp4", 0.8, tmp_path / "cut.mp4"))


def test_sound_alone(tmp_path):
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    with pytest.raises(MediaError, match="has only sound; give a clip with a video stream"):
        read_clip(tmp_path / "sound.wav")


def test_sound_with_a_cover_picture(tmp_path):
    write_clip(tmp_path / "cover.png", [numbered_picture(3)], codec="png", pix_fmt="rgb24", format="image2")
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=duration=1", "-i", tmp_path / "cover.png", "-map", "0", "-map", "1"),
        *("-c:v", "copy", "-disposition:v:0", "attached_pic", tmp_path / "song.m4a"),
    )
    with pytest.raises(MediaError, match="has only sound"):
        read_clip(tmp_path / "song.m4a")


@pytest.mark.parametrize("name", ["nothing.mp4", "nothing.mkv", "nothing.avi"])
def test_a_video_without_frames(tmp_path, name):
    with av.open(tmp_path / name, "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
        container.start_encoding()
    with pytest.raises(MediaError, match=r"nothing.*: (the clip has no frames|has no pictures|not a video)"):
        read_clip(tmp_path / name)


@pytest.mark.parametrize(("height", "width"), [(8, 96), (64, 12), (16, 8210)])
def test_absurd_sizes(tmp_path, height, width):
    path = write_clip(tmp_path / "clip.mkv", [np.zeros((height, width, 3), np.uint8)], codec="ffv1", pix_fmt="bgr0")
    with pytest.raises(MediaError, match=rf"{width}x{height}.* each side has to be 16 to 8192 pixels"):
        read_clip(path)


@pytest.mark.parametrize("container", ["mp4", "mkv"])
@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_what_lies_before_the_cut_keeps_its_numbers(whole, tmp_path, container, share):
    ffmpeg("-i", whole, "-c", "copy", "-movflags", "+faststart", tmp_path / f"whole.{container}")
    clip = read_clip(_cut(tmp_path / f"whole.{container}", share, tmp_path / f"cut.{container}"))
    count = len(clip.timeline.times_s)
    assert not clip.timeline.whole
    assert 1 <= count < 40
    assert clip.timeline.times_s == pytest.approx(np.arange(count) / 25, abs=1e-3)
    assert numbers_in(clip.pictures(0, count - 1)) == list(range(count))


@pytest.fixture(scope="module")
def damaged(whole, tmp_path_factory):
    """The clip with a hole in one frame's data."""
    content = bytearray(whole.read_bytes())
    with av.open(whole) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        packet = packets[20]
        hole = (packet.pos, packet.size, sorted(other.pts for other in packets).index(packet.pts))
    content[hole[0] : hole[0] + hole[1]] = bytes(hole[1])
    path = tmp_path_factory.mktemp("damaged") / "damaged.mp4"
    path.write_bytes(content)
    return path, hole[2]


def test_a_frame_that_cannot_be_decoded_is_named(damaged):
    path, number = damaged
    with pytest.raises(MediaError, match=rf"damaged\.mp4: frame {number} \(0\.\d\d s\) cannot be decoded"):
        list(read_clip(path).pictures(0, 39))


def test_damage_outside_the_window_does_no_harm(damaged):
    path, number = damaged
    assert numbers_in(read_clip(path).pictures(0, number - 4)) == list(range(number - 3))
    assert numbers_in(read_clip(path).pictures(36, 39)) == [36, 37, 38, 39]


def test_a_clip_that_changes_size_is_refused(tmp_path):
    for name, size in (("a", (64, 96)), ("b", (48, 64))):
        pictures = [numbered_picture(number, height=size[0], width=size[1]) for number in range(5)]
        write_clip(tmp_path / f"{name}.h264", pictures, format="h264")
    (tmp_path / "both.h264").write_bytes((tmp_path / "a.h264").read_bytes() + (tmp_path / "b.h264").read_bytes())
    clip = read_clip(tmp_path / "both.h264")
    assert numbers_in(clip.pictures(0, 3)) == [0, 1, 2, 3]
    with pytest.raises(MediaError, match="frame 5 is 64x48 pixels, the first is 96x64"):
        list(clip.pictures(0, 9))
