import torch, torchmetrics as M
from filled import inputs
p, t = inputs(40, 3).softmax(-1), torch.arange(40) % 3
b, bt = inputs(40).sigmoid(), torch.arange(40) % 2
for name, metric, args in (("accuracy", M.Accuracy("multiclass", num_classes=3), (p, t)), ("auroc", M.AUROC("multiclass", num_classes=3), (p, t)), ("f1", M.F1Score("multiclass", num_classes=3, average="macro"), (p, t)),
    ("ap", M.AveragePrecision("binary"), (b, bt)), ("mcc", M.MatthewsCorrCoef("binary"), (b, bt)), ("calibration", M.CalibrationError("binary"), (b, bt)), ("mse", M.MeanSquaredError(), (b, bt.float())),
    ("r2", M.R2Score(), (b, bt.float())), ("pearson", M.PearsonCorrCoef(), (b, bt.float())), ("spearman", M.SpearmanCorrCoef(), (b, bt.float())), ("ssim", M.image.StructuralSimilarityIndexMeasure(data_range=1.0), (inputs(1, 3, 16, 16).sigmoid(), inputs(1, 3, 16, 16, seed=5).sigmoid())),
    ("psnr", M.image.PeakSignalNoiseRatio(data_range=1.0), (b, bt.float())), ("confusion", M.ConfusionMatrix("multiclass", num_classes=3), (p, t)), ("ppl", M.text.Perplexity(), (p[None], t[None])), ("wer", M.text.WordErrorRate(), (["a b c"], ["a c c"])), ("bleu", M.text.BLEUScore(2), (["the cat is here"], [["the cat sat here"]]))):
    for chunk in range(2): metric.update(*args)
    print(name, [round(v, 4) for v in metric.compute().double().reshape(-1).tolist()])
