"""PyTorch's older place of `taeda.hub`'s downloads."""

from tqdm import tqdm

from taeda.hub import load_state_dict_from_url as load_url

__all__ = ["load_url", "tqdm"]
