"""Parts of fx that PyTorch has not settled; see proxy_tensor."""
