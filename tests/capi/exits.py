#!/usr/bin/python3
"""Runs exit_in_flight with many delays, so that the end comes at many moments of the work."""
import subprocess
import sys

program, how = sys.argv[1:3]
for delay in list(range(0, 2000, 200)) + list(range(2000, 60000, 6000)):
    result = subprocess.run([program, how, str(delay)], capture_output=True, text=True, timeout=100)
    if result.returncode:
        sys.exit(f"{how} after {delay} us: exit status {result.returncode}\n{result.stderr}")
print("20 ends, none bad")
