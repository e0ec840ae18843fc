"""Batches of pictures on a GPU, with NVIDIA Warp (the extra ``gpu``); nothing here is imported until it is asked for."""
