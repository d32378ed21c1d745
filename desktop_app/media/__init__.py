"""Files on this machine: originals told by content and copied into the cache, then made to fit what WeChat takes.

Everything raises ``MediaError``. Codes and arguments:

``media.missing`` ``media.locked`` ``media.folder`` ``media.not_a_file`` (FIFO, device) ``media.empty``
``media.unreadable`` · ``media.unknown`` (no format that we know) · ``media.kind`` (kind, wanted: belongs elsewhere) ·
``media.format`` (format, kind, formats: WeChat does not take it) · ``media.codec`` (codec, format, kind) ·
``media.too_big`` (size_bytes, limit, kind) · ``media.too_long`` (seconds, limit, kind) · ``media.film_too_long``
(seconds, limit in bytes, longest in seconds: no watchable film would fit) · ``media.too_many_pixels`` (width, height,
limit) · ``media.damaged`` (kind) · ``media.no_video`` (an MP4 without picture) · ``media.changed`` (while it was
copied) · ``media.disk_full`` · ``media.cache`` (the cache folder cannot be written) · ``media.ffmpeg`` (the program
does not start) · ``media.ffmpeg_old`` (it cannot put a HEIC together).

``fix`` in the arguments names what ``prepare`` can do about it when a person agrees; ``needs="ffmpeg"``: only with
that program, and there is none.
"""
