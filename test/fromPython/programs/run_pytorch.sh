#!/bin/sh
# Writes what PyTorch prints beside each program: NAME.txt.
#   sh test/python/programs/run_pytorch.sh [python]
cd "$(dirname "$0")" || exit 1
python=${1:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1
for program in *.py; do
  OMP_NUM_THREADS=1 "$python" "$program" > "${program%.py}.txt" || exit 1
done
