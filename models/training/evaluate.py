"""How well dreamnet follows its teacher on photos that it has never seen."""

import torch

from images import centre_crop
from student import NAMES


@torch.no_grad()
def evaluate(net, taught, files, classes):
    """files: photos; classes: their ImageNet class numbers; taught(x) gives the teacher's tensors in the student's units.

    Returns R² of each block (per channel over all positions of all photos, averaged over the channels that the teacher uses:
    variance above a thousandth of the block's mean) and classification figures.
    """
    x = torch.stack([centre_crop(f) for f in files])
    mine = [net(p) for p in x.split(10)]
    its = [taught(p) for p in x.split(10)]
    figures = {"r2": {}}
    for name in NAMES:
        a, t = (torch.cat([o[name] for o in out]).float().transpose(0, 1).flatten(1) for out in (mine, its))
        var = t.var(1)
        live = var > var.mean() * 1e-3
        r2 = 1 - ((a - t).square().mean(1) / var)[live]
        figures["r2"][name] = round(float(r2.mean()), 3)
    a, t = (torch.cat([o["logits"] for o in out]).float() for out in (mine, its))
    labels = torch.tensor(classes)
    top = a.topk(5).indices
    figures["teacherTop1"] = round(float((a.argmax(1) == t.argmax(1)).float().mean()), 3)
    figures["labelTop1"] = round(float((a.argmax(1) == labels).float().mean()), 3)
    figures["labelTop5"] = round(float((top == labels[:, None]).any(1).float().mean()), 3)
    figures["teacherLabelTop1"] = round(float((t.argmax(1) == labels).float().mean()), 3)
    return figures
