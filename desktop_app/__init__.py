"""群发台 Qunfa: write, check and mass-send messages of a WeChat Official Account."""

__version__ = "0.1.0"
