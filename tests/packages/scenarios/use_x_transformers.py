import torch
from x_transformers import TransformerWrapper, Decoder, Encoder, XTransformer, AutoregressiveWrapper, ContinuousTransformerWrapper
from filled import filled, show, inputs
ids = torch.arange(20).view(2, 10) % 17
for name, options in (("plain", {}), ("rotary", dict(rotary_pos_emb=True, attn_flash=True)), ("swiglu", dict(ff_swish=True, ff_glu=True, use_rmsnorm=True)), ("alibi", dict(alibi_pos_bias=True)), ("kv", dict(attn_kv_heads=2, attn_qk_norm=True))):
    model = filled(TransformerWrapper(num_tokens=17, max_seq_len=32, attn_layers=Decoder(dim=32, depth=2, heads=4, **options)))
    wrapper = AutoregressiveWrapper(model)
    loss = wrapper(ids)
    loss.backward()
    torch.optim.AdamW(model.parameters(), lr=0.001).step()
    show(name, loss, model(ids), [p.grad for p in model.parameters() if p.grad is not None])
    print(wrapper.generate(ids[:, :4], 5, temperature=0.0).tolist())
