# What cmake --install installs.
