"""What a user can do, free of Qt: ``open_profile`` gives the store and the services of one profile."""

from desktop_app.services.profile import Profile, open_profile

__all__ = ["Profile", "open_profile"]
