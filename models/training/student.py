"""dreamnet itself: a thin Inception network below, GoogLeNet's own blocks above. Block outputs are GoogLeNet's channels, in its order.

Where a step spends its time, up to mixed4c, the blocks are thin. They have two branches: 1×1; and 1×1 → 3×3 → 1×1, which stands for
GoogLeNet's 3×3, 5×5 and pooling branches together, because one wide convolution takes less time than three narrow ones. Its 3×3
writes to a narrow linear basis, which a 1×1 convolution spreads over the output channels. From mixed4d on, where pictures are small
and weights many, the blocks are whole: GoogLeNet's four branches at their full width. There is no normalisation layer.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

MEAN, STD = 117.0, 64.0  # pixel 0..255, the same for R, G and B
CONV1, CONV2_HIDDEN, CONV2_REDUCE, CONV2 = 32, 48, 32, 64
CLASSES = 1000


@dataclass(frozen=True)
class ThinBlock:
    """Widths of a block with two branches."""

    name: str
    teacher: str
    one: int  # 1×1 branch
    reduce: int
    basis: int
    spatial: int  # 3×3 branch: the teacher's 3×3, 5×5 and pooling branches
    pool: bool = False  # 3×3 max pooling with stride 2 in front

    @property
    def out(self):
        return self.one + self.spatial

    def multiply_adds(self, inputs):
        """At one position."""
        return inputs * (self.one + self.reduce) + self.basis * (9 * self.reduce + self.spatial)


@dataclass(frozen=True)
class WholeBlock:
    """Widths of a block with the teacher's four branches."""

    name: str
    teacher: str
    one: int
    reduce3: int
    three: int
    reduce5: int
    five: int
    project: int  # pooling branch
    pool: bool = False

    @property
    def out(self):
        return self.one + self.three + self.five + self.project

    def multiply_adds(self, inputs):
        """At one position."""
        reading = inputs * (self.one + self.reduce3 + self.reduce5 + self.project)
        return reading + 9 * self.reduce3 * self.three + 25 * self.reduce5 * self.five


BLOCKS = [
    ThinBlock("mixed3a", "inception_3a", 64, 64, 48, 192),
    ThinBlock("mixed3b", "inception_3b", 128, 80, 64, 352),
    ThinBlock("mixed4a", "inception_4a", 192, 80, 64, 320, True),
    ThinBlock("mixed4b", "inception_4b", 160, 80, 64, 352),
    ThinBlock("mixed4c", "inception_4c", 128, 80, 64, 384),
    WholeBlock("mixed4d", "inception_4d", 112, 144, 288, 32, 64, 64),
    WholeBlock("mixed4e", "inception_4e", 256, 160, 320, 32, 128, 128),
    WholeBlock("mixed5a", "inception_5a", 256, 160, 320, 32, 128, 128, True),
    WholeBlock("mixed5b", "inception_5b", 384, 192, 384, 48, 128, 128),
]
NAMES = [b.name for b in BLOCKS]
LAST_THIN = [b.name for b in BLOCKS if isinstance(b, ThinBlock)][-1]


def halve(x):
    return F.max_pool2d(x, 3, 2, ceil_mode=True)


def framed(rgb):
    """Pictures in the network's units, with the zeros around them that make 6×6 windows lie where the teacher's 7×7 ones do."""
    return F.pad((rgb - MEAN) / STD, (2, 3, 2, 3))


class Thin(nn.Module):
    def __init__(self, spec, inputs):
        super().__init__()
        self.spec = spec
        self.point = nn.Conv2d(inputs, spec.one + spec.reduce, 1)  # the two 1×1 that read the input
        self.basis = nn.Conv2d(spec.reduce, spec.basis, 3, padding=1, bias=False)
        self.spread = nn.Conv2d(spec.basis, spec.spatial, 1)

    def forward(self, x):
        s = self.spec
        one, reduced = F.relu(self.point(halve(x) if s.pool else x)).split([s.one, s.reduce], 1)
        return torch.cat([one, F.relu(self.spread(self.basis(reduced)))], 1)


class Whole(nn.Module):
    def __init__(self, spec, inputs):
        super().__init__()
        self.spec = spec
        self.point = nn.Conv2d(inputs, spec.one + spec.reduce3 + spec.reduce5, 1)
        self.three = nn.Conv2d(spec.reduce3, spec.three, 3, padding=1)
        self.five = nn.Conv2d(spec.reduce5, spec.five, 5, padding=2)
        self.project = nn.Conv2d(inputs, spec.project, 1)

    def forward(self, x):
        s = self.spec
        x = halve(x) if s.pool else x
        one, r3, r5 = F.relu(self.point(x)).split([s.one, s.reduce3, s.reduce5], 1)
        pooled = F.max_pool2d(x, 3, 1, 1)
        return torch.cat([one, *(F.relu(y) for y in (self.three(r3), self.five(r5), self.project(pooled)))], 1)


class Dreamnet(nn.Module):
    """Input: RGB, N×3×H×W, pixel values 0..255. Returns {name: activation after ReLU} with `logits` (N×1000)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, CONV1, 6, 2)
        # two 1×1 convolutions in a row: the hidden units learn what local response normalisation does in the teacher
        self.conv2_hidden = nn.Conv2d(CONV1, CONV2_HIDDEN, 1)
        self.conv2_reduce = nn.Conv2d(CONV2_HIDDEN, CONV2_REDUCE, 1)
        self.conv2 = nn.Conv2d(CONV2_REDUCE, CONV2, 3, padding=1)
        width = CONV2
        self.blocks = nn.ModuleList()
        for spec in BLOCKS:
            self.blocks.append((Thin if isinstance(spec, ThinBlock) else Whole)(spec, width))
            width = spec.out
        self.classify = nn.Linear(width, CLASSES)

    def stem(self, rgb):
        conv1 = F.relu(self.conv1(framed(rgb).contiguous(memory_format=torch.channels_last)))
        return conv1, F.relu(self.conv2(self.normalise(halve(conv1))))

    def normalise(self, x):
        return F.relu(self.conv2_reduce(F.relu(self.conv2_hidden(x))))

    def forward(self, rgb, until="logits"):
        out = {}
        out["conv1"], out["conv2"] = self.stem(rgb)
        x = halve(out["conv2"])
        for block in self.blocks:
            x = out[block.spec.name] = block(x)
            if block.spec.name == until:
                return out
        out["logits"] = self.classify(x.mean((2, 3)))
        return out


def multiply_adds(size=224):
    """Multiply-adds of each part for one image of size²."""
    c = size // 2
    macs = {"conv1": c * c * CONV1 * 108}
    c //= 2
    macs["conv2"] = c * c * (CONV2_HIDDEN * (CONV1 + CONV2_REDUCE) + 9 * CONV2_REDUCE * CONV2)
    c //= 2
    width = CONV2
    for s in BLOCKS:
        c = c // 2 if s.pool else c
        macs[s.name] = c * c * s.multiply_adds(width)
        width = s.out
    macs["logits"] = width * CLASSES
    return macs


if __name__ == "__main__":
    print("parameters", sum(p.numel() for p in Dreamnet().parameters()))
    total = 0
    for name, m in multiply_adds().items():
        total += m
        print(f"{name:10} {m / 1e6:7.1f} M   sum {total / 1e6:7.1f} M")
