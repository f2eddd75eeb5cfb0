"""Doctor of the bucket: says what a run would find, and leaves nothing there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.doctor_remote import check_remote
from r2s2r.errors import InputError
from r2s2r.spec.project import find_project
from tests.bucket import CREDENTIALS, SECRET, TestBucket, s3_server


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBucket]:
    with pytest.MonkeyPatch.context() as patched, s3_server(tmp_path_factory.mktemp("server")) as server:
        for name, value in CREDENTIALS.items():
            patched.setenv(name, value)
        yield server.bucket()


def _checked(folder: Path, yaml: str) -> list[tuple[str, str]]:
    (folder / "r2s2r.yaml").write_text(yaml)
    return [(one.state, one.said) for one in check_remote(find_project(folder))]


def test_a_project_without_a_bucket_has_nothing_to_check(tmp_path: Path) -> None:
    assert _checked(tmp_path, "version: 1\n") == []


def test_a_bucket_that_works_is_tried_out_and_left_as_it_was(bucket: TestBucket, tmp_path: Path) -> None:
    said = _checked(tmp_path, bucket.yaml)
    assert said == [("ok", "can be listed; it has 0 results"), ("ok", "can be written, read and cleaned")]
    assert bucket.paths("") == []


def test_a_bucket_that_is_not_there_is_missing(bucket: TestBucket, tmp_path: Path) -> None:
    ((state, said),) = _checked(tmp_path, bucket.yaml.replace(bucket.name, "no-such-bucket"))
    assert state == "missing"
    assert said == "there is no such bucket; make it, or correct `remote.url` in r2s2r.yaml"


def test_a_server_that_is_away_is_missing(bucket: TestBucket, tmp_path: Path) -> None:
    bucket.line.cut()
    ((state, said),) = _checked(tmp_path, bucket.yaml)
    bucket.line.mend()
    assert state == "missing"
    assert "cannot be reached" in said


def test_keys_in_a_project_file_are_refused(tmp_path: Path) -> None:
    address = f"https://tester:{SECRET}@minio.studio:9000"
    (tmp_path / "r2s2r.yaml").write_text(f"version: 1\nremote: {{url: 's3://film', endpoint_url: '{address}'}}\n")
    with pytest.raises(InputError, match="keys do not belong into a project file"):
        find_project(tmp_path)
