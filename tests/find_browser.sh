#!/bin/sh
# Print the browser that tests and benchmarks drive. With --install BIN, fetch one where there is none:
# Debian's chromium where apt is there, otherwise Playwright's own.
find() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    ls -d "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome 2>/dev/null | tail -n 1 | grep .
}

if [ "$1" != --install ]; then
    find
    exit
fi
find >/dev/null && exit
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
fi
find >/dev/null || "$2/playwright" install chromium
find >/dev/null || echo "No browser could be had: the tests that need one will say so."
