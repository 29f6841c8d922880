import torch, torchvision, numpy
from torchvision import models, transforms
from torchvision.transforms import v2
from filled import filled, show, inputs
for name in ("resnet18", "mobilenet_v2", "shufflenet_v2_x0_5", "squeezenet1_1"):
    model = filled(getattr(models, name)(num_classes=5))
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout): m.p = 0.0
    x = inputs(2, 3, 64, 64)
    loss = torch.nn.functional.cross_entropy(model(x), torch.tensor([0, 3]))
    loss.backward()

    show(name, loss, model(x), [p.grad for p in model.parameters() if p.grad is not None])
image = (numpy.arange(40 * 30 * 3) * 7 % 256).astype("uint8").reshape(40, 30, 3)
t = transforms.Compose([transforms.ToPILImage(), transforms.Resize(20), transforms.CenterCrop(16), transforms.ToTensor(),
    transforms.Normalize((0.5,) * 3, (0.25,) * 3)])
show("transforms", t(image))
x = torch.from_numpy(image).permute(2, 0, 1)
t = v2.Compose([v2.Resize(20, antialias=True), v2.CenterCrop(16), v2.ToDtype(torch.float32, scale=True), v2.ColorJitter(brightness=(0.5, 0.5)), v2.Grayscale(3), v2.RandomHorizontalFlip(1.0)])
show("v2", t(x))
show("boxes", torchvision.ops.box_iou(torch.tensor([[0., 0, 2, 2], [1, 1, 3, 3]]), torch.tensor([[0., 1, 2, 3]])), torchvision.ops.generalized_box_iou(torch.tensor([[0., 0, 2, 2], [1, 1, 3, 3]]), torch.tensor([[0., 1, 2, 3]])), torchvision.ops.sigmoid_focal_loss(inputs(3, 4), (inputs(3, 4) > 0).float()), torchvision.ops.box_convert(torch.tensor([[0., 0, 2, 2]]), "xyxy", "cxcywh"))
show("grid", torchvision.utils.make_grid(inputs(5, 3, 4, 4), nrow=2, normalize=True))
