#!/bin/sh
# Writes what PyTorch prints beside each listing: NAME.txt. Three trainings are chaotic: PyTorch's own rounding, which
# depends on the number of threads and on the processor, decides where they end. For those NAME.other-runs.txt has the
# same program's output under other settings.
#   sh examples/tutorial/run_pytorch.sh [python]
cd "$(dirname "$0")" || exit 1
python=${1:-/usr/bin/python3}
export PYTHONDONTWRITEBYTECODE=1
for listing in [0-9]*.py; do
  OMP_NUM_THREADS=1 "$python" "$listing" > "${listing%.py}.txt" || exit 1
done
for listing in 14-complete-example 17-deep-resnet 18-fine-tuning; do
  for setting in OMP_NUM_THREADS=2 OPENBLAS_CORETYPE=Nehalem ATEN_CPU_CAPABILITY=default "ATEN_CPU_CAPABILITY=default OPENBLAS_CORETYPE=Nehalem"; do
    echo "# $setting"
    env OMP_NUM_THREADS=1 $setting "$python" "$listing.py" || exit 1
  done > "$listing.other-runs.txt"
done
