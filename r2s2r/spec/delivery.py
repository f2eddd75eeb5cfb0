"""What the encode stage reads of a shot."""

from r2s2r.spec.base import Spec
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.output import Side


class DeliverySpec(Spec):
    """How the video is delivered: frames of another size are scaled evenly until they cover it, and cut evenly.

    Attributes:
        width: Columns of the delivered video.
        height: Rows of it.
        encode: Rate and quality.
    """

    width: Side
    height: Side
    encode: EncodeSpec
