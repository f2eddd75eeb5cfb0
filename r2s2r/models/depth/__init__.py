"""Networks that measure depth, as transformers has them, but for its image processors, which need torchvision."""
