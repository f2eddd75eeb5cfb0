#!/bin/sh
# What Slurm starts. It becomes the command it is given, so that Slurm's signals reach that.
exec "$@"
