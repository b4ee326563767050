"""An HDF5 file with what must not be followed or believed: links out of it, virtual and external data, an unknown filter, claims.

Writes hdf5/hostile.h5.
"""

import pathlib

import h5py
import numpy as np

file = pathlib.Path(__file__).parent / "hdf5" / "hostile.h5"
file.parent.mkdir(exist_ok=True)
with h5py.File(file, "w") as f:
    f.attrs["texts"] = ["a", "bé"]
    f.attrs["fixed"] = np.array([b"kernel:0", b"bias:0"])
    f.attrs["number"] = 3
    f["external link"] = h5py.ExternalLink("/etc/passwd", "/x")
    f["soft link"] = h5py.SoftLink("/plain")
    f["broken link"] = h5py.SoftLink("/nowhere")
    f["plain"] = np.arange(6.0).reshape(2, 3)
    f["half"] = np.array([1, -2, 0.5], "f2")
    f["big-endian"] = np.array([1.5, -2], ">f4")
    f["whole"] = np.array([1, -2], "i8")
    f["scalar"] = np.float32(2.5)
    f["text"] = "a text"
    group = f.create_group("group")
    group["loop"] = group
    f.create_dataset("packed", data=np.tile(np.arange(100, dtype="f4"), (100, 1)), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("packed claim", shape=(10**6, 10**6), dtype="f4", chunks=(100, 100), compression="gzip")
    f.create_dataset("plain claim", shape=(10**5, 10**5), dtype="f4")
    f.create_dataset("unknown filter", data=np.zeros((100, 100), "f4"), compression="lzf")
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "d", shape=(4,))
    f.create_virtual_dataset("virtual", layout)
    f.create_dataset("external data", (3,), dtype="f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
