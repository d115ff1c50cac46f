"""Write a trained dreamnet as models/dreamnet.onnx (weights in 8 bits, float32 arithmetic) and describe it in dreamnet.json.

The exported file is compared with the trained network, and the figures in the description are measured on the exported file.
"""

import argparse
import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from evaluate import evaluate
from student import BLOCKS, CLASSES, LAST_THIN, MEAN, NAMES, STD, Dreamnet, WholeBlock, multiply_adds
from teacher import Teacher

MODELS = Path(__file__).resolve().parents[1]
SHARED = MODELS.parents[1] / "shared"


def quantise(w):
    """Whole numbers from −127 to 127, and a scale for each output channel, which comes first."""
    scale = w.abs().amax(tuple(range(1, w.dim())), keepdim=True).clamp(min=1e-12) / 127
    return (w / scale).round().to(torch.int8), scale


class Writer:
    """Collects nodes and weights; every method returns the name of the tensor that it writes."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def constant(self, array, name):
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, tensor, name):
        integers, scale = quantise(tensor.detach())
        inputs = [self.constant(integers.numpy(), f"{name}.int8"), self.constant(scale.flatten().numpy(), f"{name}.scale")]
        return self.node("DequantizeLinear", inputs, name, axis=0)

    def bias(self, tensor, name):
        return self.constant(tensor.detach().numpy(), name)

    def conv(self, x, name, weight, bias=None, stride=1):
        inputs = [x, self.weight(weight, f"{name}/weight")]
        if bias is not None:
            inputs.append(self.bias(bias, f"{name}/bias"))
        k = weight.shape[2]
        before, after = k // 2 - (k + 1) % 2, k // 2
        return self.node("Conv", inputs, name, kernel_shape=[k, k], strides=[stride] * 2, pads=[before] * 2 + [after] * 2)

    def relu(self, x, name):
        return self.node("Relu", [x], name)

    def pool(self, x, name, stride=2):
        pads = [0] * 4 if stride == 2 else [1] * 4
        return self.node("MaxPool", [x], name, kernel_shape=[3, 3], strides=[stride] * 2, pads=pads, ceil_mode=int(stride == 2))


def build(net):
    """The ONNX model. Block outputs and branches after ReLU carry plain names; `…/conv` is the value before ReLU."""
    w = Writer()
    x = w.relu(w.conv("data", "conv1/conv", net.conv1.weight, net.conv1.bias, 2), "conv1")
    x = w.pool(x, "pool1")
    x = w.relu(w.conv(x, "conv2/hidden/conv", net.conv2_hidden.weight, net.conv2_hidden.bias), "conv2/hidden")
    x = w.relu(w.conv(x, "conv2/reduce/conv", net.conv2_reduce.weight, net.conv2_reduce.bias), "conv2/reduce")
    x = w.relu(w.conv(x, "conv2/conv", net.conv2.weight, net.conv2.bias), "conv2")
    x = w.pool(x, "pool2")
    pools = 2
    for block in net.blocks:
        s = block.spec
        if s.pool:
            pools += 1
            x = w.pool(x, f"pool{pools}")
        whole = isinstance(s, WholeBlock)
        reading = {"1x1": s.one, "3x3_reduce": s.reduce3, "5x5_reduce": s.reduce5} if whole else {"1x1": s.one, "3x3_reduce": s.reduce}
        weights, biases = (t.split([*reading.values()]) for t in (block.point.weight, block.point.bias))
        one, *reduced = (
            w.relu(w.conv(x, f"{s.name}/{part}/conv", weight, bias), f"{s.name}/{part}")
            for part, weight, bias in zip(reading, weights, biases)
        )
        if whole:
            pooled = w.pool(x, f"{s.name}/pool", 1)
            last = {"3x3": (reduced[0], block.three), "5x5": (reduced[1], block.five), "pool_proj": (pooled, block.project)}
        else:
            last = {"3x3": (w.conv(reduced[0], f"{s.name}/3x3_basis", block.basis.weight), block.spread)}
        branches = [w.relu(w.conv(y, f"{s.name}/{part}/conv", c.weight, c.bias), f"{s.name}/{part}") for part, (y, c) in last.items()]
        x = w.node("Concat", [one, *branches], s.name, axis=1)
    x = w.node("GlobalAveragePool", [x], "average")
    x = w.node("Flatten", [x], "features", axis=1)
    gemm = [x, w.weight(net.classify.weight, "logits/weight"), w.bias(net.classify.bias, "logits/bias")]
    w.node("Softmax", [w.node("Gemm", gemm, "logits", transB=1)], "prob", axis=1)
    graph = helper.make_graph(
        w.nodes,
        "dreamnet",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["N", CLASSES])],
        w.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="dreamnet")
    onnx.checker.check_model(model, full_check=True)
    return model


class Exported:
    """The ONNX file behind the same call as the network: RGB 0..255 in, {name: tensor} out."""

    def __init__(self, model):
        model = onnx.ModelProto.FromString(model.SerializeToString())
        self.names = ["conv1", "conv2", *NAMES, "logits"]
        del model.graph.output[:]
        model.graph.output.extend(helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in self.names)
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def __call__(self, rgb):
        values = self.session.run(self.names, {"data": ((rgb - MEAN) / STD).numpy()})
        return {n: torch.from_numpy(v) for n, v in zip(self.names, values)}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("checkpoint")
    p.add_argument("--teacher", default=SHARED / "models/googlenet.onnx")
    p.add_argument("--test-photos", default=SHARED / "images", help="folder with index.json")
    p.add_argument("--out", default=MODELS)
    args = p.parse_args()

    saved = torch.load(args.checkpoint, map_location="cpu")
    net = Dreamnet()
    net.load_state_dict(saved["net"])
    with torch.no_grad():
        for w in net.parameters():
            if w.dim() > 1:
                integers, scale = quantise(w)
                w.copy_(integers * scale)
    model = build(net)
    exported = Exported(model)
    with torch.no_grad():
        for h, w in ((224, 224), (64, 64), (97, 210)):
            x = torch.rand(1, 3, h, w) * 255
            a, b = net(x), exported(x)
            worst = max(float((a[n] - b[n]).abs().max() / a[n].abs().max()) for n in b)
            print(f"{h}×{w}: largest difference from the rounded network {worst:.2e} of the largest value")
            if worst > 1e-3:
                raise SystemExit("the exported file does not compute what the network computes")

    teacher = Teacher(args.teacher)
    its = {b.name: f"{b.teacher}/output" for b in BLOCKS} | {"logits": "loss3/classifier"}

    def taught(x):
        values = teacher(x, list(its.values()))
        return {n: values[t] / saved["scales"].get(n, 1.0) for n, t in its.items()}

    index = json.loads((Path(args.test_photos) / "index.json").read_text())["images"]
    files = [Path(args.test_photos) / i["file"] for i in index]
    figures = evaluate(exported, taught, files, [i["class"] for i in index])
    print(json.dumps(figures, indent=1))

    out = Path(args.out)
    data = model.SerializeToString()
    (out / "dreamnet.onnx").write_bytes(data)
    macs = multiply_adds()
    names = list(macs)
    description = {
        "name": "dreamnet",
        "file": "dreamnet.onnx",
        "sha256": sha256(data).hexdigest(),
        "bytes": len(data),
        "format": {
            "onnxOpset": 17,
            "irVersion": 8,
            "weights": "int8 initializers with a scale for each output channel (DequantizeLinear); all arithmetic is float32",
            "nodes": len(model.graph.node),
            "parameters": sum(v.numel() for v in net.parameters()),
            "multiplyAdds224": {
                "toMixed4c": sum(macs[n] for n in names[: names.index(LAST_THIN) + 1]),
                "whole": sum(macs.values()),
            },
        },
        "short": "dreamnet",
        "title": "dreamnet, a compact Inception network distilled from BVLC GoogLeNet for dreaming",
        "teacher": "googlenet",
        "input": {
            "name": "data",
            "layout": "NCHW",
            "shape": ["N", 3, "H", "W"],
            "channelOrder": "RGB",
            "mean": [MEAN] * 3,
            "std": [STD] * 3,
            "formula": "value = (pixel - mean) / std, pixel 0..255; mean and std listed in channelOrder order",
            "size": 224,
            "minSize": 64,
            "dynamic": ["N", "H", "W"],
        },
        "outputs": [{"name": "prob", "shape": ["N", CLASSES], "meaning": "softmax probabilities"}],
        "logits": "logits",
        "labels": "imagenet",
        "tensorNames": "A block X joins X/1x1 and X/3x3, and from mixed4d on X/5x5 and X/pool_proj, into X; X/3x3_reduce and X/5x5_reduce feed "
        "the branches; …/conv is a value before its ReLU. Channel c of block mixedYz is channel c of GoogLeNet's inception_Yz/output.",
        "suggestedLayers": ["mixed3b", "mixed4a", "mixed4b", "mixed4c", "mixed4d", "mixed4e", "mixed5b"],
        "dreamLayers": [{"layer": "mixed4c", "weight": 1}, {"layer": "mixed4d", "weight": 1}],
        "units": {
            "meaning": "activation of GoogLeNet = this factor times the activation of dreamnet",
            **{n: round(v, 4) for n, v in saved["scales"].items()},
        },
        "licence": "MIT",
        "source": {
            "teacher": "BVLC GoogLeNet (unrestricted use)",
            "origin": "made for Reverie with models/training: pruned and reduced in rank in closed form up to mixed4c, then distilled; "
            "GoogLeNet's own weights from mixed4d on, in 8 bits",
            "learnedFrom": "about 700 photos, made-up textures and shapes, dreams of the teacher and of the student; no labels",
        },
        "measured": {
            "images": len(files),
            "set": "photos never trained on",
            "preprocessing": "shorter side resized to 256 (bilinear), centre crop 224",
            "r2": figures["r2"],
            "r2Meaning": "1 - squared error / variance for each channel after ReLU against the teacher, averaged over channels",
            "agreementWithTeacherTop1": figures["teacherTop1"],
            "top1": figures["labelTop1"],
            "top5": figures["labelTop5"],
            "teacherTop1": figures["teacherLabelTop1"],
        },
    }
    (out / "dreamnet.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
    print(f"{len(data)} bytes")


if __name__ == "__main__":
    main()
