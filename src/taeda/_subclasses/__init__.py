"""Subclasses of tensors that PyTorch keeps to itself; see fake_tensor."""
