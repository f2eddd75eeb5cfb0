"""As much of OmegaConf as the worker calls: YAML as an object whose fields can be set."""

from types import SimpleNamespace

import yaml


class OmegaConf:
    @staticmethod
    def load(path):
        return SimpleNamespace(**yaml.safe_load(path.read_text()))

    @staticmethod
    def to_container(config, resolve):
        assert not resolve
        return vars(config)
