"""From a photo to a product picture: upright, on white if wanted, square, in three sizes, nothing but pixels.

`darkroom` hands photos to a process of its own; only that process loads what decodes and draws (`pipeline`, `whiten`).
"""
