# Run by each kernel that `analysis lab` starts.
from analysis import lab

lab.write_swedish()
del lab
