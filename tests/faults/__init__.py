"""Faults on purpose: processes killed, disks that are full, files that are damaged. `make faults` runs many of them."""
