"""dreamnet itself: a thin Inception network whose block outputs are GoogLeNet's own channels, in GoogLeNet's order.

Every block has three branches: 1×1; 1×1 → 3×3 → 1×1; 1×1 → 5×5 → 1×1. The last one stands for GoogLeNet's 5×5 branch and
its pooling branch together. The spatial convolutions write to a narrow linear basis, which a 1×1 convolution spreads over the
output channels. There is no normalisation layer and no pooling with stride 1.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

MEAN, STD = 117.0, 64.0  # pixel 0..255, the same for R, G and B
CONV1, CONV2_HIDDEN, CONV2_REDUCE, CONV2 = 32, 64, 32, 96


@dataclass(frozen=True)
class Block:
    """Widths of one block."""

    name: str
    teacher: str
    one: int  # 1×1 branch
    three: int  # 3×3 branch
    five: int  # 5×5 branch and the teacher's pooling branch
    reduce3: int
    basis3: int
    reduce5: int
    basis5: int
    kernel5: int = 5
    pool: bool = False  # 3×3 max pooling with stride 2 in front

    @property
    def out(self):
        return self.one + self.three + self.five


BLOCKS = [
    Block("mixed3a", "inception_3a", 64, 128, 64, 48, 48, 32, 32, 3),
    Block("mixed3b", "inception_3b", 128, 192, 160, 64, 48, 32, 32, 3),
    Block("mixed4a", "inception_4a", 192, 208, 112, 64, 64, 32, 32, pool=True),
    Block("mixed4b", "inception_4b", 160, 224, 128, 80, 64, 32, 32),
    Block("mixed4c", "inception_4c", 128, 256, 128, 80, 64, 32, 32),
    Block("mixed4d", "inception_4d", 112, 288, 128, 80, 64, 32, 32),
    Block("mixed4e", "inception_4e", 256, 320, 256, 96, 80, 48, 48),
    Block("mixed5a", "inception_5a", 256, 320, 256, 96, 80, 48, 48, 3, pool=True),
    Block("mixed5b", "inception_5b", 384, 384, 256, 96, 96, 48, 48, 3),
]
CLASSES, CLASS_BASIS = 1000, 232


class Mixed(nn.Module):
    def __init__(self, spec, inputs):
        super().__init__()
        self.spec = spec
        self.point = nn.Conv2d(inputs, spec.one + spec.reduce3 + spec.reduce5, 1)  # the three 1×1 that read the input
        self.basis3 = nn.Conv2d(spec.reduce3, spec.basis3, 3, padding=1, bias=False)
        self.basis5 = nn.Conv2d(spec.reduce5, spec.basis5, spec.kernel5, padding=spec.kernel5 // 2, bias=False)
        self.spread3 = nn.Conv2d(spec.basis3, spec.three, 1)
        self.spread5 = nn.Conv2d(spec.basis5, spec.five, 1)

    def forward(self, x):
        return self.mix(F.max_pool2d(x, 3, 2, ceil_mode=True) if self.spec.pool else x)

    def mix(self, x):
        s = self.spec
        one, r3, r5 = F.relu(self.point(x)).split([s.one, s.reduce3, s.reduce5], 1)
        three = F.relu(self.spread3(self.basis3(r3)))
        five = F.relu(self.spread5(self.basis5(r5)))
        return torch.cat([one, three, five], 1)


class Dreamnet(nn.Module):
    """Input: RGB, N×3×H×W, pixel values 0..255. Returns {name: activation after ReLU} with `logits` (N×1000)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, CONV1, 7, 2, 3)
        # two 1×1 convolutions in a row: the hidden units learn what local response normalisation does in the teacher
        self.conv2_hidden = nn.Conv2d(CONV1, CONV2_HIDDEN, 1)
        self.conv2_reduce = nn.Conv2d(CONV2_HIDDEN, CONV2_REDUCE, 1)
        self.conv2 = nn.Conv2d(CONV2_REDUCE, CONV2, 3, padding=1)
        width = CONV2
        self.blocks = nn.ModuleList()
        for spec in BLOCKS:
            self.blocks.append(Mixed(spec, width))
            width = spec.out
        self.class_basis = nn.Linear(width, CLASS_BASIS, bias=False)
        self.classify = nn.Linear(CLASS_BASIS, CLASSES)

    def stem(self, rgb):
        x = ((rgb - MEAN) / STD).contiguous(memory_format=torch.channels_last)
        conv1 = F.relu(self.conv1(x))
        x = self.normalise(F.max_pool2d(conv1, 3, 2, ceil_mode=True))
        return conv1, F.relu(self.conv2(x))

    def normalise(self, x):
        return F.relu(self.conv2_reduce(F.relu(self.conv2_hidden(x))))

    def forward(self, rgb, until="logits"):
        out = {}
        out["conv1"], out["conv2"] = self.stem(rgb)
        x = F.max_pool2d(out["conv2"], 3, 2, ceil_mode=True)
        for block in self.blocks:
            x = out[block.spec.name] = block(x)
            if block.spec.name == until:
                return out
        out["logits"] = self.classify(self.class_basis(x.mean((2, 3))))
        return out


def multiply_adds(size=224):
    """Multiply-adds of each part for one image of size²."""
    c = size // 2
    macs = {"conv1": c * c * CONV1 * 147}
    c //= 2
    macs["conv2"] = c * c * (CONV2_HIDDEN * (CONV1 + CONV2_REDUCE) + 9 * CONV2_REDUCE * CONV2)
    c //= 2
    width = CONV2
    for s in BLOCKS:
        c = c // 2 if s.pool else c
        per = width * (s.one + s.reduce3 + s.reduce5) + s.basis3 * (9 * s.reduce3 + s.three)
        per += s.basis5 * (s.kernel5**2 * s.reduce5 + s.five)
        macs[s.name] = c * c * per
        width = s.out
    macs["logits"] = CLASS_BASIS * (width + CLASSES)
    return macs


if __name__ == "__main__":
    print("parameters", sum(p.numel() for p in Dreamnet().parameters()))
    total = 0
    for name, m in multiply_adds().items():
        total += m
        print(f"{name:10} {m / 1e6:7.1f} M   sum {total / 1e6:7.1f} M")
