"""The detector as a small fully convolutional network with three strides."""

from __future__ import annotations

import math
from typing import Any

from tools.sample.measures import CLASSES

STRIDES = (8, 16, 32)


def build_network(widths: tuple[int, ...] = (16, 24, 32, 40, 56), neck: int = 32) -> Any:
    """The detector as a torch module; its output is the one of the exported file."""
    import torch
    from torch import nn

    def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )

    class Residual(nn.Module):
        """Two convolutions through half the channels, added to the input."""

        def __init__(self, channels: int) -> None:
            super().__init__()
            self.body = nn.Sequential(conv(channels, channels // 2), conv(channels // 2, channels))

        def forward(self, x: Any) -> Any:
            return x + self.body(x)

    class Detector(nn.Module):
        """Backbone with strides 2..32, a top-down neck and one small head per stride."""

        def __init__(self) -> None:
            super().__init__()
            a, b, c, d, e = widths
            self.stem = nn.Sequential(conv(3, a, 3, 2), conv(a, b, 3, 2))
            self.stage8 = nn.Sequential(conv(b, c, 3, 2), Residual(c))
            self.stage16 = nn.Sequential(conv(c, d, 3, 2), Residual(d))
            self.stage32 = nn.Sequential(conv(d, e, 3, 2), Residual(e))
            self.side = nn.ModuleList(conv(width, neck, 1) for width in (c, d, e))
            self.head = nn.ModuleList(conv(neck, neck) for _ in STRIDES)
            self.final = nn.ModuleList(nn.Conv2d(neck, 4 + len(CLASSES), 1) for _ in STRIDES)
            self.grow = nn.Upsample(scale_factor=2, mode="nearest")
            for last in self.final:
                nn.init.normal_(last.weight, std=0.01)
                nn.init.constant_(last.bias[:4], math.log(2.0))
                nn.init.constant_(last.bias[4:], -4.6)

        def raw(self, images: Any) -> list[Any]:
            """Maps of the three strides."""
            x8 = self.stage8(self.stem(images))
            x16 = self.stage16(x8)
            x32 = self.stage32(x16)
            p32 = self.side[2](x32)
            p16 = self.side[1](x16) + self.grow(p32)
            p8 = self.side[0](x8) + self.grow(p16)
            return [
                final(head(p)) for final, head, p in zip(self.final, self.head, (p8, p16, p32), strict=True)
            ]

        def decode(self, maps: list[Any]) -> tuple[Any, Any, Any]:
            """Corners [B, N, 4] in pixels, class logits [B, N, C], cell centres [N, 2]."""
            corners, logits, centres = [], [], []
            for stride, one in zip(STRIDES, maps, strict=True):
                ones = torch.ones_like(one[:1, :1])
                x = (ones.cumsum(3) - 0.5) * stride
                y = (ones.cumsum(2) - 0.5) * stride
                reach = one[:, :4].clamp(-4, 4).exp() * stride  # to the left, top, right, bottom
                corners.append(
                    torch.cat(
                        (x - reach[:, 0:1], y - reach[:, 1:2], x + reach[:, 2:3], y + reach[:, 3:4]), 1
                    ).flatten(2)
                )
                logits.append(one[:, 4:].flatten(2))
                centres.append(torch.cat((x, y), 1).flatten(2))
            return torch.cat(corners, 2), torch.cat(logits, 2), torch.cat(centres, 2)

        def forward(self, images: Any) -> Any:
            corners, logits, _ = self.decode(self.raw(images))
            first, last = corners[:, :2], corners[:, 2:]
            return torch.cat(((first + last) * 0.5, last - first, logits.sigmoid()), 1)

    return Detector()
