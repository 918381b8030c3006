"""Worker processes: ``ordered_pool`` for quick items in order, ``crash_tolerant_pool`` for long jobs that may crash."""
