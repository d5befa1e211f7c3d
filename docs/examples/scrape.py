"""I/O-bound: fetch a page and find its title, as one would begin to."""
import re
from urllib.request import urlopen


def fetch(url):
    with urlopen(url) as page:
        text = page.read().decode(errors="replace")
    title = re.search("<title>(.*?)</title>", text, re.S)
    return title and title[1].strip()
