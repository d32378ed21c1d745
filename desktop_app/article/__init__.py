"""Editor HTML → HTML that WeChat keeps: plain functions, inline → clean → localise, and the rules of 发送前检查."""
