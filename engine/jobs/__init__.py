"""Background jobs: processes, the device queue, workers, progress, atomic writes, the array cache, access control."""
