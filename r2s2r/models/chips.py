"""What GPUs can compute, from their makers' papers: bf16 products, summed in fp32, dense matrices."""

# FLOP/s by words of nvidia-smi's name. Sources: NVIDIA's data sheets of H100, H200, H20, B200, A100, A30, A10, L4, L40
# and L40S (half of the number "with sparsity"), and the GA102, Ada and Blackwell architecture white papers for RTX.
_BF16_FLOPS = {
    "B200": 2250e12,
    "H200": 989e12,
    "H100": 989e12,
    "H100 NVL": 835e12,
    "H100 PCIe": 756e12,
    "H20": 148e12,
    "A100": 312e12,
    "A30": 165e12,
    "A10": 125e12,
    "A10G": 70e12,
    "L40S": 362e12,
    "L40": 181e12,
    "L4": 121e12,
    "RTX 6000 Ada": 364e12,
    "RTX A6000": 155e12,
    "RTX A5000": 111e12,
    "RTX 5090": 209e12,
    "RTX 4090": 165e12,
    "RTX 4080": 97e12,
    "RTX 3090": 71e12,
}

# Cut-down or faster relatives, and parts: none of the chips above.
_OTHERS = {"Laptop", "Max", "MIG", "SUPER", "Ti"}


def bf16_flops(name: str) -> float | None:
    """Return the peak of a GPU by the name nvidia-smi gives it; None for one that is not listed."""
    words = name.replace("-", " ").split()
    fitting = [chip for chip in _BF16_FLOPS if _holds(words, chip.split()) and not _OTHERS & set(words)]
    return _BF16_FLOPS[max(fitting, key=len)] if fitting else None


def _holds(words: list[str], chip: list[str]) -> bool:
    """Whether the chip's words stand in the name, in order: ``H100 80GB HBM3`` is no ``H100 PCIe``."""
    rest = iter(words)
    return all(word in rest for word in chip)
