"""What is measured: ``python -m benchmarks [--quick]`` (``make bench``)."""
