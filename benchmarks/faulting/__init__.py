"""What it takes to kill the processes of runs at random, and to say afterwards what that cost."""
