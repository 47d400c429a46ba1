"""PyTorch's autograd tutorial, with `import adcompiler as torch`: first on the tape, then as decorated functions.

The first half is the notebook of the tutorial cell by cell, with nothing changed but the import. Random cells print other
numbers than the notebook's.
"""
# ruff: noqa: E501, RUF003, W191  (the notebook's own lines)
# fmt: off

# %%
import adcompiler as torch

# %%
x = torch.ones(2, 2, requires_grad=True)   # 追踪tensor上的所有操作
print(x)

# %%
y = x + 2   # y was created as a result of an operation, so it has a grad_fn.
print(y)    # grad_fn:y是通过张量x进行加法操作得到的

# %%
z = y * y * 3
print(z)
out = z.mean()
print(z, out)    # 张量z先通过乘法操作。然后再取平均

# %% [markdown]
# #### 打开梯度操作

# %%
print(out)   # 这里的out是一个one item tensor
out.backward()  # 进行梯度计算

# %% [markdown]
# Print gradients d(out)/dx: `out` is $o = \frac{1}{4}\sum_i z_i$ with $z_i = 3(x_i+2)^2$, so
# $\frac{\partial o}{\partial x_i} = \frac{3}{2}(x_i+2)$, which is 4.5 at $x_i = 1$.

# %%
print(x.grad)    # 计算最终结果对x求导的值

# %%
a = torch.randn(2, 2)
a = ((a * 3) / (a - 1))
print(a.requires_grad)
a.requires_grad_(True)   # 开启梯度操作记录
print(a.requires_grad)
b = (a * a).sum()
print(b.grad_fn)

# %%
x = torch.randn(3, requires_grad=True)

y = x * 2
while y.data.norm() < 1000:    # data (array_like) – Initial data for the tensor. Can be a list, tuple, NumPy ndarray, scalar, and other types
    print(y.data.norm)
    y = y * 2

print(y)

# %%
print(x)
v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)

print(x.grad)

# %% [markdown]
# #### stop autograd from tracking history on Tensors
# * .requires_grad=True
# * by wrapping the code block in with torch.no_grad():

# %%
print(x.requires_grad)
print((x ** 2).requires_grad)

with torch.no_grad():
	print((x ** 2).requires_grad)

# %%
print(x.requires_grad)
y = x.detach()
print(y.requires_grad)
print(x.eq(y).all())

# %% [markdown]
# The same computations as decorated functions: plain NumPy, compiled into adjoint code, one node on the tape.
# fmt: on

# %%
import numpy as np

import adcompiler as ad


@ad.differentiable
def tutorial(x):
    y = x + 2
    z = y * y * 3
    return z.mean()


@ad.differentiable
def square_sum(a):
    return np.sum(a * a)


@ad.differentiable
def doubling(x):
    y = x * 2
    while np.linalg.norm(y) < 1000:
        y = y * 2
    return y


# %%
x = ad.ones(2, 2, requires_grad=True)
out = tutorial(x)
print(out)
out.backward()
print(x.grad)
print(ad.grad(tutorial)(np.ones((2, 2))))

# %%
taped = ad.ones(2, 2, requires_grad=True)
y = taped + 2
(y * y * 3).mean().backward()
print("both ways agree:", torch.equal(taped.grad, x.grad))

# %%
ad.manual_seed(0)
a = ad.randn(2, 2, requires_grad=True)
square_sum(a).backward()
compiled, a.grad = a.grad, None
(a * a).sum().backward()
print("both ways agree:", torch.equal(compiled, a.grad))

# %%
x = ad.randn(3, requires_grad=True)
y = doubling(x)
print(y.grad_fn.name())
y.backward(v)
compiled, x.grad = x.grad, None
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
y.backward(v)
print("both ways agree:", torch.equal(compiled, x.grad))

# %% [markdown]
# The adjoints, as a person would have written them.

# %%
print(ad.source(tutorial))
print(ad.source(doubling))
