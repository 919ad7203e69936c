"""Writes expected/*.json anew. /usr/bin/python3 test/parity/make.py [FAMILY ...]"""
import importlib
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
every = sorted(name[:-3] for name in os.listdir(os.path.join(here, "families")) if name.endswith(".py"))
for name in sys.argv[1:] or every:
    importlib.import_module(f"families.{name}").family.write()
