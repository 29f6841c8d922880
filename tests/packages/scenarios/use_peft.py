import torch
from transformers import GPT2Config, GPT2LMHeadModel
from peft import LoraConfig, get_peft_model, IA3Config
from filled import filled, show
ids = torch.arange(20).view(2, 10) % 50
for config in (LoraConfig(r=4, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True, lora_dropout=0.0), LoraConfig(r=4, use_dora=True, target_modules=["c_attn"], fan_in_fan_out=True), IA3Config(target_modules=["c_attn"], feedforward_modules=[], fan_in_fan_out=True)):
    base = GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=64, resid_pdrop=0, attn_pdrop=0, embd_pdrop=0))
    model = get_peft_model(filled(base), config)
    filled(model)
    model.train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
    losses = []
    for step in range(3):
        loss = model(input_ids=ids, labels=ids).loss
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        losses.append(round(loss.item(), 4))
    model.eval()
    before = model(input_ids=ids).logits
    merged = model.merge_and_unload()
    show(type(config).__name__, losses, before, merged(input_ids=ids).logits, sum(p.numel() for p in model.parameters() if p.requires_grad))
