"""Writes a training log at full speed: MEGABYTES of coloured lines with progress bars, then one last line.

Waits for the file `go` in the working folder, so that the page is open before the first byte.
"""
import os
import sys
import time

while not os.path.exists("go"):
    time.sleep(0.01)
goal = int(sys.argv[1]) * 2**20
written = lines = 0
out = sys.stdout.buffer
while written < goal:
    piece = []
    for _ in range(200):
        lines += 1
        piece.append(b"\x1b[36m(TaskRunner pid=%d)\x1b[0m step:%d - critic/rewards/mean:\x1b[32m0.%03d\x1b[0m - timing_s/step:1.25 \xe5\xa5\x96\xe5\x8a\xb1\n" % (4242, lines, lines % 1000))
        if lines % 10 == 0:
            piece.append(b"\rTraining:  %2d%%|%s| %d/100000" % (lines % 100, b"#" * (lines % 50), lines))
    data = b"".join(piece)
    out.write(data)
    written += len(data)
out.write(b"\nend of flood %d %d\n" % (lines, written))
out.flush()
with open("written", "w") as record:
    record.write("%d %d" % (lines, written + len(b"\nend of flood %d %d\n" % (lines, written))))
