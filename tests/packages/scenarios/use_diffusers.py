import torch
from diffusers import UNet2DModel, DDPMScheduler, DDIMScheduler, AutoencoderKL, UNet2DConditionModel
from filled import filled, show, inputs
model = filled(UNet2DModel(sample_size=16, in_channels=1, out_channels=1, block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=4, down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"), attention_head_dim=8))
scheduler = DDPMScheduler(num_train_timesteps=100)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
x, noise, t = inputs(2, 1, 16, 16), inputs(2, 1, 16, 16, seed=2), torch.tensor([10, 70])
for _ in range(3):
    loss = torch.nn.functional.mse_loss(model(scheduler.add_noise(x, noise, t), t).sample, noise)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    print(f"{loss.item():.4f}")
ddim = DDIMScheduler(num_train_timesteps=100); ddim.set_timesteps(5)
sample = noise
with torch.no_grad():
    for step in ddim.timesteps:
        sample = ddim.step(model(sample, step).sample, step, sample).prev_sample
show("sample", sample)
vae = filled(AutoencoderKL(block_out_channels=(8,), latent_channels=2, norm_num_groups=4))
show("vae", vae(inputs(1, 3, 16, 16)).sample)
unet = filled(UNet2DConditionModel(sample_size=8, in_channels=2, out_channels=2, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, cross_attention_dim=8, attention_head_dim=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D")))
y = unet(inputs(1, 2, 8, 8), 3, inputs(1, 4, 8)).sample
y.square().sum().backward()
show("conditional", y, [p.grad for p in unet.parameters() if p.grad is not None])
