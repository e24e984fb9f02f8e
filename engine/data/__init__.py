"""Datasets: formats, splits and edits. (Most of it still lives in engine/datasets and its neighbours.)"""
