"""Background jobs: Job, executors, the device queue, workers, atomic writes, the array cache, access control."""
