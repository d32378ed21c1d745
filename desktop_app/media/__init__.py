"""Files on this machine: what WeChat takes, told by content, copied into the cache before anything else.

Everything raises ``MediaError``. Codes and arguments:

``media.missing`` ``media.locked`` ``media.folder`` ``media.not_a_file`` (FIFO, device) ``media.empty``
``media.unreadable`` · ``media.unknown`` (no format that we know) · ``media.kind`` (kind, wanted: belongs elsewhere) ·
``media.format`` (format, kind, formats: WeChat does not take it) · ``media.too_big`` (size_bytes, limit, kind) ·
``media.too_long`` (seconds, limit) · ``media.too_many_pixels`` (width, height, limit) · ``media.damaged`` (kind) ·
``media.no_video`` (an MP4 without picture) · ``media.changed`` (while it was copied) · ``media.disk_full`` ·
``media.cache`` (the cache folder cannot be written).
"""
