"""A first dreamnet in closed form: the teacher's layers, pruned and reduced in rank by least squares on its activations.

Going from the input upwards, every convolution of the student is the ridge regression from what the student has below it to the
teacher's values before ReLU. Channels that stay are chosen by exact backward elimination; the narrow spatial bases
are reduced-rank regressions. Training then starts from a network that already works.
"""

import torch
import torch.nn.functional as F

from student import BLOCKS, NAMES, WholeBlock, framed, halve


def rows(x):
    """N×C×H×W → positions × channels."""
    return x.permute(0, 2, 3, 1).flatten(0, 2).float()


def patches(x, kernel):
    """N×C×H×W → positions × (C·kernel²), zero padded, weight order."""
    return F.unfold(x.float(), kernel, padding=kernel // 2).transpose(1, 2).flatten(0, 1)


class Regression:
    """Sums for least squares of y on [x, 1], filled in chunks."""

    def __init__(self, chunks, ridge=3e-3):
        a = b = None
        for x, y in chunks:
            x = torch.cat([x, torch.ones(len(x), 1)], 1)
            a, b = (x.T @ x, x.T @ y) if a is None else (a + x.T @ x, b + x.T @ y)
        self.n = float(a[-1, -1])
        diagonal = a.diagonal().clone()
        diagonal[-1] = 0
        self.a = (a + torch.diag(ridge * diagonal + 1e-6 * self.n)).double()
        self.b = b.double()

    def solve(self):
        """Weights (outputs × inputs) and bias."""
        w = torch.linalg.solve(self.a, self.b)
        return w[:-1].T.float(), w[-1].float()

    def low_rank(self, rank, scale):
        """Best rank-`rank` solution when each output counts by 1/scale²: basis, spread, bias."""
        w = torch.linalg.solve(self.a, self.b) / scale.double()
        top = w[:-1].T
        gram = self.a[:-1, :-1] - torch.outer(self.a[:-1, -1], self.a[-1, :-1]) / self.n
        _, u = torch.linalg.eigh(top @ gram @ top.T)
        u = u[:, -rank:]
        return (u.T @ top).float(), (scale.double()[:, None] * u).float(), (w[-1] * scale.double()).float()

    def choose(self, keep, scale, group=1):
        """Indices of the `keep` input groups that predict y best, by backward elimination."""
        inverse = torch.linalg.inv(self.a)
        w = inverse @ (self.b / scale.double())
        alive = list(range((len(self.a) - 1) // group))
        while len(alive) > keep:
            costs = []
            for g in alive:
                s = slice(g * group, (g + 1) * group)
                costs.append(float((w[s] * torch.linalg.solve(inverse[s, s], w[s])).sum()))
            g = alive.pop(min(range(len(costs)), key=costs.__getitem__))
            s = slice(g * group, (g + 1) * group)
            step = inverse[:, s] @ torch.linalg.inv(inverse[s, s])
            w = w - step @ w[s]
            inverse = inverse - step @ inverse[s]
            inverse[s] = 0
            inverse[:, s] = 0
            inverse[range(s.start, s.stop), range(s.start, s.stop)] = 1
        return alive


def spread_of(x):
    """Standard deviation of each channel after ReLU, never zero."""
    s = F.relu(x.float()).transpose(0, 1).flatten(1).std(1)
    return s.clamp(min=float(s.mean()) * 0.1)


CHUNK = 32  # pictures at a time
PARTS = ("1x1/conv", "3x3_reduce/conv", "3x3/conv", "5x5_reduce/conv", "5x5/conv", "pool_proj/conv", "output")


def every(count, height, width, limit):
    """Every how many pictures to take so that about `limit` positions remain."""
    return max(1, count * height * width // limit)


def pairs(x, y, kernel=1, limit=60000):
    """Chunks of inputs and outputs of a convolution, for a Regression."""
    step = every(x.shape[0], *x.shape[2:], limit)
    for i in range(0, len(x), CHUNK * step):
        s = slice(i, i + CHUNK * step, step)
        yield (patches(x[s], kernel) if kernel > 1 else rows(x[s])), rows(y[s])


def over(call, x):
    """`call` on chunks of pictures, joined."""
    return torch.cat([call(p) for p in x.split(CHUNK)])


def ask(teacher, images, names, half=True):
    """The teacher's tensors over all images, {name: tensor}, in bfloat16 to save memory if `half`."""
    kept = {n: [] for n in names}
    for p in images.split(CHUNK):
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            out = teacher(p, names)
        for n in names:
            kept[n].append(out[n].bfloat16() if half else out[n])
    return {n: torch.cat(v) for n, v in kept.items()}


@torch.no_grad()
def compress(teacher, images, net, scales, first=None, last="logits"):
    """Fill `net` from block `first` (None: from the stem) to `last`, and `scales` with the spread of each of the teacher's
    blocks (teacher value = scale × student value). images: N×3×H×W. Whole blocks and the classifier are the teacher's own."""
    chosen = NAMES[NAMES.index(first or NAMES[0]) : NAMES.index(last) + 1 if last in NAMES else None]
    if first is None:
        compress_stem(teacher, images, net)
    parts = {b.name: ("output",) if isinstance(b, WholeBlock) else PARTS for b in BLOCKS}
    wanted = [f"{b.teacher}/{p}" for b in BLOCKS if b.name in chosen for p in parts[b.name]]
    says = ask(teacher, images, wanted)
    x, below = over(lambda p: halve(net.stem(p)[1]), images), 1.0
    for block, spec in zip(net.blocks, BLOCKS):
        if spec.name in chosen:
            truth = [says.pop(f"{spec.teacher}/{p}").float() for p in parts[spec.name]]
            scales[spec.name] = float(truth[-1].std())
            if isinstance(spec, WholeBlock):
                inherit_block(teacher, block, below, scales[spec.name])
            else:
                compress_block(block, halve(x) if spec.pool else x, truth, scales[spec.name])
            y = over(block, x)
            print(f"{spec.name}: R² of the closed form {1 - nmse(y, truth[-1] / scales[spec.name]):.3f}", flush=True)
        else:
            y = over(block, x)
        if spec.name == last:
            return
        x, below = y, scales[spec.name]
    inherit(net.classify, teacher, "loss3/classifier", below, 1.0)


def compress_stem(teacher, images, net):
    """conv1 keeps filters of the teacher; two 1×1 convolutions learn LRN; conv2 is a regression."""
    few = images[:: every(len(images), images.shape[2] // 4, images.shape[3] // 4, 120000)]
    names = ["conv1/7x7_s2/conv", "pool1/3x3_s2", "conv2/3x3_reduce/conv", "conv2/3x3_reduce", "conv2/3x3/conv", "conv2/norm2", "pool2/3x3_s2"]
    conv1_pre, pool1, reduce_pre, reduce, conv2_pre, norm2, pool2 = ask(teacher, few, names, half=False).values()
    readers = ("1x1/conv", "3x3_reduce/conv", "5x5_reduce/conv", "pool_proj/conv")
    below = torch.cat(list(ask(teacher, few, [f"inception_3a/{r}" for r in readers]).values()), 1)

    keep = Regression(pairs(pool1, reduce_pre)).choose(net.conv1.out_channels, spread_of(reduce_pre))
    scale = float(pool1[:, keep].std())
    fit_conv1(net.conv1, few, conv1_pre[:, keep] / scale)

    keep = Regression(pairs(reduce, conv2_pre, 3)).choose(net.conv2_reduce.out_channels, spread_of(conv2_pre), 9)
    x = over(lambda p: halve(F.relu(net.conv1(framed(p)))), few)
    learn_normalisation(net, x, reduce[:, keep] / spread_of(reduce[:, keep]).view(1, -1, 1, 1))

    keep = Regression(pairs(pool2, below)).choose(net.conv2.out_channels, spread_of(below))
    pre, norm2 = conv2_pre[:, keep], norm2[:, keep]
    # the second LRN is nearly a scale: the negative values before ReLU get the same one
    scale = (norm2.sum((0, 2, 3)) / F.relu(pre).sum((0, 2, 3))).view(1, -1, 1, 1)
    target = torch.where(pre > 0, norm2, pre * scale) / float(pool2[:, keep].std())
    w, b = Regression(pairs(over(net.normalise, x), target, 3)).solve()
    net.conv2.weight.copy_(w.view_as(net.conv2.weight))
    net.conv2.bias.copy_(b)


def fit_conv1(conv1, images, target):
    """The teacher's 7×7 filters as 6×6 ones: neighbouring pixels are so much alike that hardly anything is lost."""

    def chunks():
        for x, y in zip(images.split(CHUNK), target.split(CHUNK)):
            yield F.unfold(framed(x), conv1.kernel_size, stride=2).transpose(1, 2).flatten(0, 1), rows(y)

    w, b = Regression(chunks(), ridge=1e-4).solve()
    conv1.weight.copy_(w.view_as(conv1.weight))
    conv1.bias.copy_(b)


def compress_block(block, x, truth, scale):
    """x: what the block reads, already pooled; truth: the teacher's PARTS."""
    spec = block.spec
    one, r3, three, r5, five, pool, _ = truth
    one, spatial = one / scale, torch.cat([three, five, pool], 1) / scale

    # the 1×1 that read the input: the teacher's own units, the most useful of them
    units = torch.cat([r3, r5, pool], 1)
    units = units[:, Regression(pairs(F.relu(units), spatial, 3)).choose(spec.reduce, spread_of(spatial), 9)]
    units = units / spread_of(units).view(1, -1, 1, 1)
    w, b = Regression(pairs(x, torch.cat([one, units], 1))).solve()
    block.point.weight.copy_(w[:, :, None, None])
    block.point.bias.copy_(b)

    reduced = over(lambda p: F.relu(block.point(p)[:, spec.one :]), x)
    a, c, d = Regression(pairs(reduced, spatial, 3)).low_rank(spec.basis, spread_of(spatial))
    size = float((a @ a.T).diagonal().mean().sqrt()) * a.shape[1] ** 0.5 / 2
    block.basis.weight.copy_((a / size).view_as(block.basis.weight))
    block.spread.weight.copy_((c * size)[:, :, None, None])
    block.spread.bias.copy_(d)


def inherit(layer, teacher, name, below, scale):
    """The teacher's own weights, for an input in units of `below` and an output in units of `scale`."""
    layer.weight.copy_(teacher.weights[f"{name}/weight"] * (below / scale))
    layer.bias.copy_(teacher.weights[f"{name}/bias"] / scale)


def inherit_block(teacher, block, below, scale):
    """A whole block is the teacher's; everything in it has the units of its output."""
    name = block.spec.teacher
    point = [[teacher.weights[f"{name}/{part}/{n}"] for part in ("1x1", "3x3_reduce", "5x5_reduce")] for n in ("weight", "bias")]
    block.point.weight.copy_(torch.cat(point[0]) * (below / scale))
    block.point.bias.copy_(torch.cat(point[1]) / scale)
    inherit(block.three, teacher, f"{name}/3x3", scale, scale)
    inherit(block.five, teacher, f"{name}/5x5", scale, scale)
    inherit(block.project, teacher, f"{name}/pool_proj", below, scale)


@torch.enable_grad()
def learn_normalisation(net, x, target, steps=6000, size=4096):
    """Fit the two 1×1 convolutions, position by position: the one part of the start that needs gradient descent."""
    x, target = rows(x), rows(target)
    layers = [net.conv2_hidden, net.conv2_reduce]
    parameters = [p for layer in layers for p in layer.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=4e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 4e-3 * (1 - step / steps)
        i = torch.randint(len(x), (size,))
        y = x[i]
        for layer in layers:
            y = F.relu(F.linear(y, layer.weight.flatten(1), layer.bias))
        loss = (y - target[i]).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 1000 == 999:
            print(f"normalisation: error {loss.item():.3f} after {step + 1} steps", flush=True)


def nmse(x, y):
    """Mean over channels of squared error / variance; channels that hardly ever fire are left out."""
    x, y = rows(x), rows(y)
    var = y.var(0)
    live = var > var.mean() * 1e-3
    return float((((x - y) ** 2).mean(0) / var)[live].mean())
