"""The pictures to learn from: crops of photos, made-up textures and shapes, and dreams. All RGB, float, 0..255."""

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image


def load_photos(folder):
    """Every picture of a folder as a 3×H×W uint8 tensor."""
    files = sorted(p for p in Path(folder).iterdir() if p.suffix.lower() in (".jpeg", ".jpg", ".png"))
    return [torch.from_numpy(np.array(Image.open(p).convert("RGB"))).permute(2, 0, 1).contiguous() for p in files]


def centre_crop(path, side=224, shorter=256):
    """The usual test crop of one file: shorter side to `shorter`, centre `side`²."""
    photo = Image.open(path).convert("RGB")
    k = shorter / min(photo.size)
    w, h = (max(side, round(v * k)) for v in photo.size)
    left, top = (w - side) // 2, (h - side) // 2
    photo = photo.resize((w, h), Image.Resampling.BILINEAR).crop((left, top, left + side, top + side))
    return torch.from_numpy(np.array(photo)).permute(2, 0, 1).float()


class Images:
    """An endless source of augmented batches. `dreams` is a growing list of pictures made by ascent."""

    def __init__(self, photos, seed):
        self.photos, self.dreams = photos, []
        self.random = np.random.default_rng(seed)
        torch.manual_seed(seed)

    def batch(self, count, side, dreams=0.25, textures=0.05):
        rows = []
        for _ in range(count):
            u = self.random.random()
            if u < textures:
                rows.append(self.texture(side))
            elif u < textures + dreams and self.dreams:
                rows.append(self.crop(self.pick(self.dreams), side, 0.6))
            else:
                rows.append(self.crop(self.pick(self.photos), side, 0.4))
        return self.disturb(torch.stack(rows))

    def pick(self, pictures):
        return pictures[self.random.integers(len(pictures))]

    def crop(self, picture, side, smallest):
        """A random square of `smallest`..1 of the shorter side, mostly flipped at random, sometimes squeezed."""
        r = self.random
        _, h, w = picture.shape
        part = r.uniform(smallest, 1) * min(h, w)
        aspect = math.exp(r.uniform(-0.2, 0.2))
        ch, cw = (int(min(m, max(24, part * a))) for m, a in ((h, aspect), (w, 1 / aspect)))
        top, left = r.integers(h - ch + 1), r.integers(w - cw + 1)
        out = picture[None, :, top : top + ch, left : left + cw].float()
        out = F.interpolate(out, (side, side), mode="bilinear", antialias=True, align_corners=False)[0]
        return out.flip(2) if r.random() < 0.5 else out

    def disturb(self, x):
        """Brightness, contrast, colour, blur, noise and mixtures, each for some of the batch."""
        n = len(x)

        def some(p):
            return torch.rand(n, 1, 1, 1) < p

        mean = x.mean((2, 3), keepdim=True)
        x = torch.where(some(0.4), (x - mean) * (0.5 + torch.rand(n, 1, 1, 1)) + mean, x)
        x = torch.where(some(0.4), x + torch.randn(n, 3, 1, 1) * 14 + torch.randn(n, 1, 1, 1) * 14, x)
        grey = x.mean(1, keepdim=True)
        x = torch.where(some(0.2), grey + (x - grey) * torch.rand(n, 1, 1, 1) * 2, x)
        small = F.interpolate(x, scale_factor=0.5, mode="bilinear", antialias=True, align_corners=False)
        x = torch.where(some(0.08), F.interpolate(small, x.shape[2:], mode="bilinear", align_corners=False), x)
        x = torch.where(some(0.08), x + torch.randn_like(x) * 20 * torch.rand(n, 1, 1, 1), x)
        other = x.flip(0)
        x = torch.where(some(0.06), 0.5 * (x + other), x)
        return x.clamp(0, 255)

    def texture(self, side):
        """Noise with a power-law spectrum, gratings, rings, or overlapping shapes, in random colours."""
        r = self.random
        y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
        kind = r.integers(4)
        if kind == 0:
            f = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]) + 1 / side
            spectrum = np.fft.rfft2(r.standard_normal((3, side, side))) / f ** r.uniform(0.3, 1.6)
            out = np.fft.irfft2(spectrum, (side, side))
            out /= np.abs(out).max()
        elif kind in (1, 2):
            angle, turns = r.uniform(0, math.pi), r.uniform(4, 70)
            u = x * math.cos(angle) + y * math.sin(angle) if kind == 1 else np.hypot(x - r.uniform(-1, 1), y - r.uniform(-1, 1))
            wave = np.sin(u * turns + r.uniform(0, 6) + r.uniform(0, 3) * np.sin(y * r.uniform(1, 12)))
            wave = np.sign(wave) if r.random() < 0.3 else wave
            out = wave[None] * r.uniform(-1, 1, (3, 1, 1))
        else:
            out = np.ones((3, side, side), np.float32) * r.uniform(-0.8, 0.8, (3, 1, 1))
            for _ in range(r.integers(3, 25)):
                cx, cy, a, b = *r.uniform(-1, 1, 2), *r.uniform(0.05, 0.5, 2)
                inside = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1 if r.random() < 0.6 else (abs(x - cx) < a) & (abs(y - cy) < b)
                out = np.where(inside[None], r.uniform(-1, 1, (3, 1, 1)) + 0 * out, out)
        return torch.from_numpy(np.ascontiguousarray(out, dtype=np.float32)) * 110 + 120


def ascend(x, energy, steps, rate=4.0, jitter=8):
    """Gradient ascent on the pixels of a batch: each step changes a pixel by `rate` grey levels on average."""
    for _ in range(steps):
        dy, dx = (int(v) for v in torch.randint(-jitter, jitter + 1, (2,)))
        x = x.roll((dy, dx), (2, 3)).detach().requires_grad_()
        (g,) = torch.autograd.grad(energy(x), x)
        x = x.detach() + g * (rate / (g.abs().mean((1, 2, 3), keepdim=True) + 1e-12))
        x = x.clamp(0, 255).roll((-dy, -dx), (2, 3))
    return x
