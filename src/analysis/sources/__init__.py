"""What others deliver: each kind of file in, one validated table out."""
