import torch
from torch import nn
from captum.attr import IntegratedGradients, Saliency, DeepLift, LayerGradCam, Occlusion, FeatureAblation, GradientShap, GuidedBackprop, LayerConductance, InputXGradient, NeuronConductance, ShapleyValueSampling
from filled import filled, show, inputs
model = filled(nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3))).eval()
x = inputs(2, 1, 8, 8)
for name, attributions in (
    ("ig", IntegratedGradients(model).attribute(x, target=1, n_steps=20)), ("saliency", Saliency(model).attribute(x.clone().requires_grad_(), target=1)),
    ("deeplift", DeepLift(model).attribute(x, target=1)), ("gradcam", LayerGradCam(model, model[0]).attribute(x, target=1)),
    ("occlusion", Occlusion(model).attribute(x, target=1, sliding_window_shapes=(1, 4, 4), strides=(1, 4, 4))),
    ("ablation", FeatureAblation(model).attribute(x, target=1)), ("guided", GuidedBackprop(model).attribute(x, target=1)),
    ("conductance", LayerConductance(model, model[2]).attribute(x, target=1, n_steps=10)), ("xgrad", InputXGradient(model).attribute(x, target=1)),
):
    show(name, attributions)
