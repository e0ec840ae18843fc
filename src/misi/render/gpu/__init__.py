"""Batches of pictures on a GPU, with NVIDIA Warp (the extra ``gpu``); imported when one is asked for."""
