"""The teacher, BVLC GoogLeNet, read from its ONNX file into plain PyTorch calls."""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def _attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def local_response_norm(x, size, alpha, beta, bias):
    """x / (bias + alpha · mean of squares over `size` channels)^beta; the sums are a 1×1 convolution, which is much faster than F's."""
    c = torch.arange(x.shape[1], device=x.device)
    band = ((c[:, None] - c).abs() <= size // 2).to(x) * (alpha / size)
    return x * (F.conv2d(x.square(), band[:, :, None, None]) + bias).pow(-beta)


class Teacher:
    """Runs the nodes of an ONNX graph in order and returns the tensors asked for, by name.

    Input: RGB, N×3×H×W, pixel values 0..255 (the network's own BGR order and mean are applied here).
    """

    MEAN_BGR = (104.0, 117.0, 123.0)

    def __init__(self, path, device="cpu"):
        graph = onnx.load(path).graph
        self.weights = {
            w.name: torch.from_numpy(np.array(numpy_helper.to_array(w))).to(device)
            for w in graph.initializer
        }
        for name, w in self.weights.items():
            if w.dim() == 4:
                self.weights[name] = w.contiguous(memory_format=torch.channels_last)
        self.nodes = [(n.op_type, list(n.input), n.output[0], _attributes(n)) for n in graph.node]
        self.input = graph.input[0].name
        self.mean = torch.tensor(self.MEAN_BGR, device=device).view(1, 3, 1, 1)

    def __call__(self, rgb, names):
        x = (rgb.flip(1) - self.mean).contiguous(memory_format=torch.channels_last)
        return self.raw(x, names)

    def raw(self, x, names):
        """Like a call, but for an input already in the network's own form."""
        values, wanted = {self.input: x}, set(names)
        for op, inputs, output, at in self.nodes:
            a = [values[i] if i in values else self.weights[i] for i in inputs]
            values[output] = self._apply(op, a, at)
            wanted.discard(output)
            if not wanted:
                break
        return {n: values[n] for n in names}

    @staticmethod
    def _apply(op, a, at):
        if op == "Conv":
            return F.conv2d(a[0], a[1], a[2], at.get("strides", 1), at.get("pads", [0, 0])[:2])
        if op == "Relu":
            return F.relu(a[0])
        if op == "MaxPool":
            pad = at.get("pads", [0, 0])[:2]
            return F.max_pool2d(a[0], at["kernel_shape"], at["strides"], pad, ceil_mode=bool(at.get("ceil_mode", 0)))
        if op == "LRN":
            return local_response_norm(a[0], at["size"], at["alpha"], at["beta"], at.get("bias", 1.0))
        if op == "Concat":
            return torch.cat(a, 1)
        if op == "GlobalAveragePool":
            return a[0].mean((2, 3), keepdim=True)
        if op == "Flatten":
            return a[0].flatten(1)
        if op == "Gemm":
            return F.linear(a[0], a[1] if at.get("transB", 0) else a[1].T, a[2])
        if op == "Softmax":
            return F.softmax(a[0], 1)
        raise ValueError(f"operator {op} is not one of GoogLeNet's")
