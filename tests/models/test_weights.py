import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from r2s2r.errors import InputError, MissingError
from r2s2r.models.weights import TensorInfo, file_in, files, headers, locate, read_header

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file with two tensors."""
    save_file({"a": torch.zeros(2, 3), "b": torch.zeros(4, dtype=torch.bfloat16)}, tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    """A folder with two shards and their index."""
    save_file({"a": torch.zeros(2)}, tmp_path / "model-1.safetensors")
    save_file({"b": torch.zeros(3)}, tmp_path / "model-2.safetensors")
    index(tmp_path, {"a": "model-1.safetensors", "b": "model-2.safetensors"})
    return tmp_path


def index(folder: Path, weight_map: object) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


def with_header(file: Path, header: bytes, data: bytes = b"") -> Path:
    file.write_bytes(len(header).to_bytes(8, "little") + header + data)
    return file


@pytest.fixture
def cache(tmp_path: Path, monkeypatch) -> Path:
    """An own cache of the hub, with one model in it."""
    folder = tmp_path / "models--owner--name"
    (folder / "snapshots" / COMMIT / "part").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_a_header_says_types_and_shapes(weights):
    found = read_header(weights)
    assert found == {"a": TensorInfo("F32", (2, 3)), "b": TensorInfo("BF16", (4,))}
    assert [info.size_bytes for info in found.values()] == [24, 8]


@pytest.mark.parametrize("suffix", [".bin", ".pt", ".pth", ".ckpt"])
def test_a_pickle_is_refused_with_the_reason(tmp_path, suffix):
    (tmp_path / f"model{suffix}").write_bytes(b"x" * 100)
    with pytest.raises(InputError, match="is a pickle, which runs whatever code it holds"):
        read_header(tmp_path / f"model{suffix}")
    with pytest.raises(InputError, match=f"model{suffix} is a pickle"):
        headers(tmp_path)


@pytest.mark.parametrize("missing", [1, 32])
def test_a_file_cut_in_its_values_is_refused(weights, missing):
    weights.write_bytes(weights.read_bytes()[:-missing])
    with pytest.raises(InputError, match=f"is truncated: {missing} of 32 bytes are missing"):
        read_header(weights)


def test_a_file_cut_in_its_header_is_refused(weights):
    weights.write_bytes(weights.read_bytes()[:40])
    with pytest.raises(InputError, match="is truncated in its header"):
        read_header(weights)


def test_a_file_that_is_longer_than_its_header_says_is_refused(weights):
    weights.write_bytes(weights.read_bytes() + b"more")
    with pytest.raises(InputError, match="its header does not fit its values"):
        read_header(weights)


@pytest.mark.parametrize(
    "header",
    [
        b"no json at all",
        b"[]",
        b'{"a": 3}',
        b'{"a": {"dtype": "F32", "shape": [1]}}',
        b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": []}}',
        b'{"a": {"dtype": "COMPLEX", "shape": [0], "data_offsets": [0, 0]}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_garbage_is_refused(tmp_path, header):
    with pytest.raises(InputError, match="is no safetensors file"):
        read_header(with_header(tmp_path / "model.safetensors", header))


@pytest.mark.parametrize(
    "header",
    [
        b'{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}',
        b'{"a": {"dtype": "U8", "shape": [6], "data_offsets": [0, 6]},'
        b' "b": {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]}}',
    ],
    ids=["size", "hole", "overlap"],
)
def test_values_that_do_not_fit_the_header_are_refused(tmp_path, header):
    with pytest.raises(InputError, match="is damaged"):
        read_header(with_header(tmp_path / "model.safetensors", header, bytes(8)))


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64, b"\x00" * 64])
def test_what_is_no_safetensors_file_is_refused(tmp_path, content):
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="is no safetensors file"):
        read_header(tmp_path / "model.safetensors")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"model\.safetensors: cannot be read \(No such file"):
        read_header(tmp_path / "model.safetensors")


def test_shards_are_read_as_one(sharded):
    assert headers(sharded) == {"a": TensorInfo("F32", (2,)), "b": TensorInfo("F32", (3,))}
    assert [file.name for file in files(sharded)] == ["model-1.safetensors", "model-2.safetensors"]


def test_a_missing_shard_is_named(sharded):
    (sharded / "model-2.safetensors").unlink()
    with pytest.raises(InputError, match=r"lacks model-2\.safetensors, which model\.safetensors\.index\.json names"):
        headers(sharded)


@pytest.mark.parametrize(
    "weight_map",
    [
        {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-2.safetensors"},
        {"a": "model-1.safetensors", "c": "model-2.safetensors"},
    ],
)
def test_an_index_that_does_not_fit_its_shards_is_refused(sharded, weight_map):
    index(sharded, weight_map)
    with pytest.raises(InputError, match=r"does not fit its shards, which differ in .*c"):
        headers(sharded)


def test_a_tensor_in_two_shards_is_refused(sharded):
    save_file({"a": torch.zeros(2), "b": torch.zeros(3)}, sharded / "model-2.safetensors")
    with pytest.raises(InputError, match="has a, which another shard has too"):
        headers(sharded)


@pytest.mark.parametrize("shard", ["../model.safetensors", "/etc/passwd", "model.bin"])
def test_an_index_that_names_other_files_is_refused(sharded, shard):
    index(sharded, {"a": shard})
    with pytest.raises(InputError, match="is no safetensors file beside it"):
        headers(sharded)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"weight_map": 3}', "\x00"])
def test_a_broken_index_is_refused(sharded, text):
    (sharded / "model.safetensors.index.json").write_text(text)
    with pytest.raises(InputError, match="is no index"):
        headers(sharded)


def test_two_files_without_an_index_are_refused(sharded):
    (sharded / "model.safetensors.index.json").unlink()
    with pytest.raises(InputError, match="has 2 safetensors files but no index"):
        headers(sharded)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="has no safetensors file"):
        headers(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        headers(tmp_path / "nowhere")


def test_a_named_file_is_found_or_said_to_be_missing(weights):
    assert file_in(weights.parent, "model.safetensors") == weights
    with pytest.raises(InputError, match=r"lacks lora\.safetensors$"):
        file_in(weights.parent, "lora.safetensors")


def test_a_path_is_relative_to_what_it_is_written_in(tmp_path):
    (tmp_path / "scene").mkdir()
    (tmp_path / "models").mkdir()
    assert locate("../models", folder=tmp_path / "scene") == tmp_path / "models"
    assert locate(str(tmp_path / "models"), folder=tmp_path / "scene") == tmp_path / "models"


def test_a_path_to_nothing_or_to_a_file_is_refused(weights):
    with pytest.raises(MissingError, match="no such folder of weights; put them there"):
        locate("./nowhere", folder=weights.parent)
    with pytest.raises(InputError, match="is a file; weights are named by the folder"):
        locate("./model.safetensors", folder=weights.parent)


def test_a_hub_name_is_found_among_what_was_downloaded(cache):
    snapshot = cache / "models--owner--name" / "snapshots" / COMMIT
    assert locate("owner/name", folder=cache) == snapshot
    assert locate("owner/name/part@main", folder=cache) == snapshot / "part"
    assert locate(f"owner/name@{COMMIT}", folder=cache) == snapshot


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("other/name", "`hf download other/name`"),
        ("owner/name@v2", "`hf download owner/name --revision v2`"),
        ("owner/name/absent", "`hf download owner/name --include 'absent/\\*'`"),
    ],
)
def test_what_was_not_downloaded_is_missing_and_the_command_said(cache, name, command):
    with pytest.raises(MissingError, match=command):
        locate(name, folder=cache)


def test_gated_weights_need_consent_first(cache):
    with pytest.raises(MissingError, match=r"`hf download facebook/sam3` \(.*consent.*`hf auth login`\)"):
        locate("facebook/sam3", folder=cache)


def test_a_name_the_hub_cannot_have_is_refused(cache):
    with pytest.raises(InputError, match="cannot be a name on the hub"):
        locate("owner/na--me", folder=cache)


def test_without_the_hubs_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingError, match=r"pip install -e '\.\[neural\]'"):
        locate("owner/name", folder=tmp_path)
