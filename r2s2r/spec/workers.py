"""Programs in environments of their own that lift entities. Only a project file may name them: they are run."""

from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import Field

from r2s2r.spec.base import FileName, Spec

WorkerName: TypeAlias = Literal["sam3d_objects", "sam3d_body"]


class WorkerSpec(Spec):
    """An environment that has a model's own package. Where it is does not change what it makes: not in any key.

    Attributes:
        python: Its Python interpreter, relative to the project file, or absolute.
        timeout_s: A request that takes longer is ended.
        gpu_memory_gb: Free GPU memory it needs; 0 where it needs no GPU.

    Example:
        {python: ../sam3d/.venv/bin/python, timeout_s: 900}
    """

    python: FileName
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = 1800.0
    gpu_memory_gb: Annotated[float, Field(ge=0, le=1000)] = 32.0


class WorkersSpec(Spec):
    """The workers of a project.

    Attributes:
        sam3d_objects: Has SAM 3D Objects.
        sam3d_body: Has SAM 3D Body.

    Example:
        {sam3d_objects: {python: ../sam3d/.venv/bin/python}}
    """

    sam3d_objects: WorkerSpec | None = None
    sam3d_body: WorkerSpec | None = None

    def named(self, name: WorkerName) -> WorkerSpec | None:
        """Return the worker of a name; None where the project has none."""
        match name:
            case "sam3d_objects":
                return self.sam3d_objects
            case "sam3d_body":
                return self.sam3d_body
            case _:
                assert_never(name)
