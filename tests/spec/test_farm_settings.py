"""What a project file may say of its farm, its nights and its bucket: what is wrong is named where it stands."""

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.project import find_project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("farm: {exectuor: slurm}", "2:8: farm.exectuor: unknown key; did you mean executor?"),
        ("farm: {stages: {difuse: {gpus: 1}}}", "did you mean diffuse?"),
        ("farm: {stages: {diffuse: {gpu: 1}}}", "2:27: farm.stages.diffuse.gpu: unknown key; did you mean gpus?"),
        ('farm: {stages: {diffuse: {partition: "-gpu"}}}', "2:38: farm.stages.diffuse.partition: '-gpu' is not a name"),
        ('farm: {stages: {diffuse: {environment: {A: "b\\0"}}}}', "2:44: farm.stages.diffuse.environment.A: 'b\\x00'"),
        (
            'farm: {stages: {diffuse: {python: "~/bin/python"}}}',
            "2:35: farm.stages.diffuse.python: '~/bin/python' is not a path: ~ is not",
        ),
        ("farm: {local: {gpus: [1, 1]}}", "2:16: farm.local.gpus: names a GPU twice"),
        ('night: {window: "22:00-22:00"}', "2:17: night.window: ends when it begins"),
        ('night: {webhook: "file:///etc/passwd"}', "2:18: night.webhook: 'file:///etc/passwd' is not an address"),
        ('night: {webhook: "https://[bad"}', "2:18: night.webhook: Invalid IPv6 URL"),
        ('night: {webhook: "https://host:99999/"}', "2:18: night.webhook: Port out of range"),
        ('night: {webhook: "https:///path"}', "2:18: night.webhook: names no host"),
        ('remote: {url: "s3://b", endpoint_url: "http://host:99999"}', "remote.endpoint_url: Port out of range"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(write, folder, text: str, expected: str):
    write(f"version: 1\n{text}\n", "r2s2r.yaml")
    with pytest.raises(SceneError) as raised:
        find_project(folder)
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        'night: {webhook: "https://me:p4ssw0rd@host/"}',
        'remote: {url: "s3://b", endpoint_url: "http://me:p4ssw0rd@host"}',
    ],
)
def test_a_password_is_refused_without_being_repeated(write, folder, text: str):
    write(f"version: 1\n{text}\n", "r2s2r.yaml")
    with pytest.raises(SceneError) as raised:
        find_project(folder)
    assert "p4ssw0rd" not in str(raised.value)
