"""Learning, and functions that contain derivatives."""

from __future__ import annotations

from typing import Any

import rose
from models.table import model
from rose import Real, fn

# --- learning -------------------------------------------------------------------------------------


@model("n*8")
def softmax_of_rows(m: Any) -> Any:
    def weights(v: Any) -> Any:
        e: Any = rose.exp(v - v.max())
        return e / e.sum()

    return rose.sum(len(m), lambda i: weights(m[i]) @ m[i])


@model("n*5", "at")
def cross_entropy(m: Any, labels: Any) -> Any:
    def loss(i: Any) -> Any:
        most = m[i].max()
        e: Any = rose.exp(m[i] - most)
        return most + rose.log(e.sum()) - m[i][labels[i] % 5]

    return rose.vec(len(m), loss).mean()


@model("n*4", "4*8", "8", "8")
def perceptron(x: Any, w: Any, b: Any, out: Any) -> Any:
    def loss(row: Any) -> Any:
        h: Any = rose.tanh(row @ w + b)
        return (h @ out) ** 2

    return rose.map(loss, x).mean()


@model("n*4", "4*8", "8", "8")
def rectified(x: Any, w: Any, b: Any, out: Any) -> Any:
    def loss(row: Any) -> Any:
        h: Any = rose.max(row @ w + b, 0)
        return (h @ out) ** 2

    return rose.map(loss, x).mean()


@model("n*4", "4*4", "4")
def recurrent(x: Any, w: Any, h: Any) -> Any:
    return rose.loop(len(x), h, lambda t, h: rose.tanh(w @ h + x[t])).sum()


@model("n*8")
def layer_norm(x: Any) -> Any:
    def one(v: Any) -> Any:
        d = v - v.mean()
        return rose.dot(d / rose.sqrt((d * d).mean() + 1e-5), v)

    return rose.sum(len(x), lambda i: one(x[i]))


@model("n*8", "8*8", "8*8")
def attention(x: Any, query: Any, key: Any) -> Any:
    q, k = x @ query, x @ key

    def attended(i: Any) -> Any:
        e: Any = rose.exp(k @ q[i] / 3)
        return (e @ x).sum() / e.sum()

    return rose.sum(len(x), attended)


@model("n", "n")
def adam(w: Any, g: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        w, m, s = state
        slope = w * g
        m, s = 0.9 * m + 0.1 * slope, 0.99 * s + 0.01 * slope * slope
        return w - 0.1 * m / (rose.sqrt(s) + 1e-3), m, s

    return rose.loop(4, (w, w * 0.0, w * 0.0), step)[0].sum()


# --- derivatives inside ---------------------------------------------------------------------------


@fn
def wavy(x: Real) -> Real:
    return rose.sin(x) * x * x


@fn
def bent(v: Any) -> Any:
    return rose.sum(len(v) - 1, lambda i: (v[i + 1] - v[i] * v[i]) ** 2)


@fn
def neighbours(v: Any) -> Any:
    return rose.vec(len(v), lambda i: v[i] * v[(i + 1) % len(v)])


@model("n")
def slopes(v: Any) -> Any:
    return rose.sum(len(v), lambda i: rose.grad(wavy)(v[i]) ** 2)


@model("n")
def curvatures(v: Any) -> Any:
    return rose.sum(len(v), lambda i: rose.grad(rose.grad(wavy))(v[i]))


@model("n")
def pushed_forward(v: Any) -> Any:
    return rose.sum(len(v), lambda i: rose.jvp(wavy)((v[i],), (1.0,))[1] ** 2)


@model("8", "n")
def descent(w: Any, rates: Any) -> Any:
    return rose.loop(len(rates), w, lambda t, w: w - rates[t] / 100 * rose.grad(bent)(w)).sum()


@model("n")
def size_of_a_gradient(v: Any) -> Any:
    g = rose.grad(bent)(v)
    return rose.dot(g, g)


@model("n")
def hessian_along(v: Any) -> Any:
    h = rose.hvp(bent)((v,), v)
    return rose.dot(h, h)


@model("n")
def size_of_a_hessian(v: Any) -> Any:
    h = rose.hessian(bent)(v)
    return rose.sum(len(v), lambda i: rose.dot(h[i], h[i]))


@model("n", "n")
def pulled_back(v: Any, bar: Any) -> Any:
    _, pullback = rose.vjp(neighbours)(v)
    (found,) = pullback(bar)
    return rose.dot(found, found)
