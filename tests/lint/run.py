#!/usr/bin/env python3
"""Cheap checks of the tree.

  run.py [CHECK...]      all of them without arguments
  run.py selftest        that each check can fail
"""

import sys

import arrows
import claims
import coroutines
import names
import style
import tracked
import version

CHECKS = {
    "arrows": arrows.check,
    "content": tracked.check_content,
    "coroutines": coroutines.check,
    "headers": tracked.check_headers,
    "machine": tracked.check_machine,
    "names": names.check,
    "security": claims.check,
    "size": tracked.check_size,
    "version": version.check,
    "format": style.check,  # last: it skips, where there is no clang-format, all that would follow
}


def selftest():
    for module in (arrows, claims, coroutines, names, style, tracked, version):
        module.selftest()
    return ()


def main():
    checks = {**CHECKS, "selftest": selftest}
    bad = 0
    for name in sys.argv[1:] or CHECKS:
        for complaint in checks[name]():
            print(f"{name}: {complaint}")
            bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
