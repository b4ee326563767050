"""Writes image-decode.json: small image files of many kinds, and the SHA-256 of their pixels as Pillow reads them.

usage: python test/oracles/image-decode.py > src/data/image/image-decode.json   (needs pillow and numpy)
"""
import base64
import hashlib
import io
import json

import numpy as np
import PIL
from PIL import Image, ImageOps

WIDTH, HEIGHT = 19, 13  # odd, so that rows end inside a byte and blocks inside the picture
ramp = np.add.outer(np.arange(HEIGHT) * 17, np.arange(WIDTH) * 11)
planes = [Image.fromarray(((ramp * k + 40 * k) % 256).astype(np.uint8)) for k in (1, 2, 3, 5)]
grey, rgb, rgba = planes[0], Image.merge("RGB", planes[:3]), Image.merge("RGBA", planes)


def stored(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def on_white(image):
    pixels = np.asarray(image.convert("RGBA")).astype(int)
    alpha = pixels[..., 3:]
    # round half up, of a quotient by 255
    return ((2 * (pixels[..., :3] * alpha + 255 * (255 - alpha)) + 255) // 510).astype(np.uint8)


cases = []


def case(name, data, expected=None):
    expected = on_white(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))) if expected is None else expected
    cases.append({
        "name": name,
        "file": base64.b64encode(data).decode(),
        "width": expected.shape[1],
        "height": expected.shape[0],
        "sha256": hashlib.sha256(expected.tobytes()).hexdigest(),
    })


wide = (np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) * 263 % 65536).astype(np.uint16)
case("PNG, RGB", stored(rgb, "PNG"))
case("PNG, RGB and alpha", stored(rgba, "PNG"))
case("PNG, grey", stored(grey, "PNG"))
case("PNG, grey and alpha", stored(Image.merge("LA", planes[:2]), "PNG"))
case("PNG, 1 bit grey", stored(grey.convert("1"), "PNG"))
case("PNG, 1 bit palette", stored(rgb.quantize(2), "PNG", bits=1))
case("PNG, 2 bit palette", stored(rgb.quantize(4), "PNG", bits=2))
case("PNG, 4 bit palette with alpha", stored(rgb.quantize(11), "PNG", bits=4, transparency=bytes([0, 90, 255])))
case("PNG, 8 bit palette", stored(rgb.quantize(200), "PNG"))
case("PNG, one transparent colour", stored(rgb, "PNG", transparency=rgb.getpixel((3, 3))))
case("PNG, 16 bit grey", stored(Image.fromarray(wide), "PNG"), np.repeat(np.rint(wide / 257).astype(np.uint8)[..., None], 3, 2))
case("JPEG", stored(rgb, "JPEG", quality=90))
case("JPEG, chroma at full size", stored(rgb, "JPEG", quality=90, subsampling=0))
case("JPEG, progressive", stored(rgb, "JPEG", quality=80, progressive=True))
case("JPEG, grey", stored(grey, "JPEG", quality=80))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    case(f"JPEG, EXIF orientation {orientation}", stored(rgb, "JPEG", quality=85, exif=exif))
case("WebP, lossy", stored(rgb, "WEBP", quality=80))
case("WebP, lossless", stored(rgb, "WEBP", lossless=True))
case("WebP, lossless with alpha", stored(rgba, "WEBP", lossless=True))
case("WebP, lossy with alpha", stored(rgba, "WEBP", quality=80))
refused = {
    "cmyk": stored(rgb.convert("CMYK"), "JPEG", quality=50),
    "animation": stored(rgb, "WEBP", save_all=True, append_images=[ImageOps.mirror(rgb)], lossless=True),
    "gif": stored(grey, "GIF"),
    "bmp": stored(rgb, "BMP")[:64],
    "tiff": stored(grey, "TIFF")[:64],
}
print(json.dumps({
    "pillow": PIL.__version__,
    "cases": cases,
    "refused": {name: base64.b64encode(data).decode() for name, data in refused.items()},
}, indent=1))
