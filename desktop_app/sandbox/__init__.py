"""A WeChat to try the app with: real HTTP on the loopback address, standard library only."""
