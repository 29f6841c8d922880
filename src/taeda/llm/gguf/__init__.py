"""GGUF files: a model, its description, its tokenizer, and its weights in blocks of few bits, in one file.

`file.py` reads the layout, `blocks.py` the weights, `models.py` makes a decoder of them, `tokenizer.py` its tokenizer,
`writing.py` writes all of it. Weights of layers stay as few bits as they are (`taeda.quantization`); of everything else
numbers are made.
"""

from taeda.llm.gguf.models import load_gguf
from taeda.llm.gguf.writing import save_gguf

__all__ = ["load_gguf", "save_gguf"]
