"""Distil GoogLeNet into dreamnet: closed-form start, then gradient descent on features and logits together.

python train.py --minutes 60 --out dreamnet.pt      (CPU or GPU; see README.md)
"""

import argparse
import copy
import itertools
import math
import random
import time
from pathlib import Path
from queue import Empty

import torch
import torch.multiprocessing as processes
import torch.nn.functional as F

from compress import compress
from images import Images, ascend, load_photos
from student import BLOCKS, LAST_THIN, NAMES, Dreamnet, Thin
from teacher import Teacher

SHARED = Path(__file__).resolve().parents[3] / "shared"
WEIGHT = {"mixed3b": 1.0, "mixed4c": 1.5, "mixed4e": 1.5, "mixed5b": 1.5, "logits": 0.5}  # the others 0.5
CAREFUL = 0.1  # how fast the layers that were the teacher's are changed, beside the others
AVERAGE = 0.998  # the network that is kept is a running mean of the weights over about 500 steps
SIDES = {128: 32, 160: 20, 192: 14, 224: 10}  # side of a batch: pictures in it


class Distiller:
    """The two networks, the pictures, and a store of taught batches that are used several times each."""

    def __init__(self, args, seed=None):
        seed = args.seed if seed is None else seed
        random.seed(seed)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.teacher = Teacher(args.teacher, self.device)
        self.images = Images(load_photos(args.photos), seed)
        self.net, self.scales, self.variance = Dreamnet().to(self.device, memory_format=torch.channels_last), {}, {}
        self.store, self.args, self.trained = [], args, self.net  # trained: the weights to dream with

    def half(self):
        """bfloat16 where it is fast."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda")

    def taught(self, x, names=(*NAMES, "logits")):
        """The teacher's tensors under the student's names, in the student's units."""
        its = {b.name: f"{b.teacher}/output" for b in BLOCKS} | {"logits": "loss3/classifier"}
        with self.half():
            out = self.teacher(x, [its[n] for n in names])
        return {n: out[its[n]] / self.scales.get(n, 1.0) for n in names}

    def learned(self, x, until="logits"):
        with self.half():
            return self.net(x, until)

    def start(self, first, last, count=1600):
        """Closed form for some blocks, on fresh pictures, always in float32 on the CPU."""
        x = torch.cat([self.images.batch(32, 128, textures=0.05) for _ in range(count // 32)])
        teacher = self.teacher if self.device == "cpu" else Teacher(self.args.teacher)
        net = self.net.cpu()
        compress(teacher, x, net, self.scales, first, last)
        self.net = net.to(self.device)
        with torch.no_grad():
            done = [n for n in NAMES if n in self.scales]
            out = [self.taught(p.to(self.device), done) for p in x.split(32)]
            for n in done:
                v = torch.cat([o[n] for o in out]).float().transpose(0, 1).flatten(1).var(1)
                self.variance[n] = v.clamp(min=float(v.mean()) * 0.02).view(1, -1, 1, 1)

    def produce(self, queue, names):
        """Endlessly: make pictures, ask the teacher, put the answers on the queue. Now and then, dream new pictures."""
        for count in itertools.count():
            if count % 16 == 0:
                self.dream(names)
            side = random.choices(list(SIDES), (3, 2, 2, 3))[0]
            x = self.images.batch(SIDES[side], side)
            with torch.no_grad():
                says = self.taught(x.to(self.device), names)
                share = {n: self.share(v, n).cpu() for n, v in says.items() if n != "logits"}
            queue.put((x.byte(), {n: v.bfloat16().cpu() for n, v in says.items()}, share))

    def batch(self, queue):
        """Pictures, what the teacher says of them, and how much each counts: the newest batch, else one seen before."""
        try:
            self.store.append(queue.get(len(self.store) < 8))
            if len(self.store) > 90:
                self.store.pop(random.randrange(len(self.store)))
            return self.store[-1]
        except Empty:
            return random.choice(self.store)

    def share(self, v, name):
        """How much each picture counts: less where the teacher is excited beyond measure, so that dreams do not outweigh photos."""
        energy = (v.float().square() / self.variance[name]).mean((1, 2, 3), keepdim=True)
        return WEIGHT.get(name, 0.5) / (energy / 3).clamp(min=1)

    def losses(self, batch, until):
        """Weighted losses by name: 1 − R² for the blocks, Kullback–Leibler divergence of softened classes for the logits."""
        x, says, share = batch
        got, out = self.learned(x.to(self.device).float(), until), {}
        for n, its in says.items():
            mine, its = got[n], its.to(self.device)
            if n == "logits":
                t = 2.0
                mine, its = F.log_softmax(mine.float() / t, 1), F.log_softmax(its.float() / t, 1)
                out[n] = WEIGHT[n] * F.kl_div(mine, its, log_target=True, reduction="batchmean")
                continue
            if n in ("mixed3a", "mixed3b"):  # a quarter of the many positions is enough
                dy, dx = random.randrange(2), random.randrange(2)
                mine, its = mine[:, :, dy::2, dx::2], its[:, :, dy::2, dx::2]
            out[n] = ((mine.float() - its.float()).square() * (share[n].to(self.device) / self.variance[n])).mean()
        return out

    def groups(self):
        """Adam's steps have one size for all; here a step is a fraction of the tensor's own size."""
        careful = [w for part in (*self.net.blocks, self.net.classify) if not isinstance(part, Thin) for w in part.parameters()]
        for w in self.net.parameters():
            size = float(w.detach().square().mean().sqrt()) + (0.05 if w.dim() == 1 else 0)
            yield {"params": [w], "size": size * (CAREFUL if any(w is c for c in careful) else 1)}

    @torch.no_grad()
    def follow(self, step):
        """The running mean of the weights; at the beginning a plain one."""
        keep = min(AVERAGE, step / (step + 10))
        for mean, w in zip(self.average.parameters(), self.net.parameters()):
            mean.lerp_(w, 1 - keep)

    def train(self, minutes, until, rate):
        """Adam with a cosine schedule over `minutes`, on the blocks up to `until` ("logits": everything)."""
        context = processes.get_context("spawn")
        queue = context.Queue(3)
        names = NAMES[: NAMES.index(until) + 1] if until in NAMES else [*NAMES, "logits"]
        self.net.share_memory()
        maker = context.Process(target=produce, args=(self.args, self.net, self.scales, self.variance, queue, names), daemon=True)
        maker.start()
        optimiser = torch.optim.Adam(self.groups(), betas=(0.9, 0.99))
        self.average = copy.deepcopy(self.net)
        begin, step, mean, shown = time.time(), 0, {}, 0.0
        while (done := (time.time() - begin) / (60 * minutes)) < 1:
            for group in optimiser.param_groups:
                group["lr"] = group["size"] * rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done))
            losses = self.losses(self.batch(queue), until)
            optimiser.zero_grad()
            sum(losses.values()).backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
            optimiser.step()
            self.follow(step)
            step += 1
            for n, v in losses.items():
                mean[n] = mean.get(n, v.item()) * 0.98 + v.item() * 0.02
            if time.time() - shown > 60:
                shown = time.time()
                print(f"{until} {done:5.1%} step {step} {' '.join(f'{n} {v:.3f}' for n, v in mean.items())}", flush=True)
                self.save()
        maker.terminate()
        self.net.load_state_dict(self.average.state_dict())
        self.save()

    def dream(self, names, count=12, side=144):
        """Add dreams on one of the tensors `names`, of the teacher and of the student, to the pictures that are learned from."""
        self.net.load_state_dict(self.trained.state_dict())  # as it is now, in the other process
        x = self.images.batch(count, side, dreams=0.3, textures=0.2).to(self.device)
        name = random.choice(names[1:])
        model = (lambda v: self.taught(v, [name])) if random.random() < 0.5 else (lambda v: self.learned(v, name))
        channels = torch.randint(1000 if name == "logits" else next(b.out for b in BLOCKS if b.name == name), (count,))
        whole = name != "logits" and random.random() < 0.6

        def energy(v):
            a = model(v)[name].float()
            return a.square().mean() if whole else sum(a[i, c].mean() for i, c in enumerate(channels))

        made = ascend(x, energy, random.choice((6, 10, 16)))
        self.images.dreams += [m for m in made.byte().cpu()]
        while len(self.images.dreams) > 1500:
            self.images.dreams.pop(random.randrange(len(self.images.dreams)))

    def save(self):
        torch.save({"net": self.average.state_dict(), "scales": self.scales, "variance": self.variance}, self.args.out)

    def load(self, path):
        saved = torch.load(path, map_location=self.device)
        self.net.load_state_dict(saved["net"])
        self.scales, self.variance = saved["scales"], saved["variance"]


def produce(args, net, scales, variance, queue, names):
    """The second process: teacher, pictures and dreams. It reads the student's weights while they are being trained."""
    torch.set_num_threads(1)
    maker = Distiller(args, seed=args.seed + 1)
    asleep = Dreamnet()
    asleep.load_state_dict(net.state_dict())
    maker.trained, maker.net, maker.scales, maker.variance = net, asleep.to(maker.device).requires_grad_(False), scales, variance
    maker.produce(queue, names)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--teacher", default=SHARED / "models/googlenet.onnx")
    p.add_argument("--photos", default=SHARED / "training-photos")
    p.add_argument("--stem-minutes", type=float, default=10, help="length of the stage that trains conv1 … mixed3b alone")
    p.add_argument("--thin-minutes", type=float, default=60, help="length of the stage that trains all thin blocks")
    p.add_argument("--minutes", type=float, default=30, help="length of the stage that trains everything")
    p.add_argument("--rate", type=float, default=0.01, help="largest relative step of a weight")
    p.add_argument("--resume", help="a checkpoint to continue from, leaving out the closed-form start")
    p.add_argument("--out", default="dreamnet.pt")
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(max(1, torch.get_num_threads() - 1))  # the second process needs one
    d = Distiller(args)
    if args.resume:
        d.load(args.resume)
    else:
        d.start(None, "mixed3b")
        d.train(args.stem_minutes, "mixed3b", args.rate)
        d.store.clear()
        d.start("mixed4a", "logits")
    for until, minutes, rate in ((LAST_THIN, args.thin_minutes, args.rate), ("logits", args.minutes, args.rate / 2)):
        if minutes > 0:
            d.train(minutes, until, rate)
            d.store.clear()


if __name__ == "__main__":
    main()
