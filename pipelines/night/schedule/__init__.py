"""Schedules: who starts a night each evening. systemd, cron, or Slurm; one file each."""
