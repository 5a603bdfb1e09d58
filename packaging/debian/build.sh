#!/bin/sh
# Makes the Debian packages of a build tree: libsafe1, libsafe-dev, safe-tools.
#
#   build.sh BUILD-TREE OUTPUT-FOLDER
#
# The tree must have been configured with Debian's library folder, as make does:
#   -DCMAKE_INSTALL_LIBDIR=lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
# Needs no root. The same tree gives the same bytes (SOURCE_DATE_EPOCH, default: the last commit).
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
fail() {
    printf 'package: %s\n' "$*" >&2
    exit 1
}
[ $# = 2 ] || fail "build.sh BUILD-TREE OUTPUT-FOLDER"
for tool in dpkg-deb dpkg-shlibdeps dpkg-gensymbols dpkg-architecture cmake gzip md5sum strip; do
    command -v $tool >/dev/null || fail "$tool is missing: run packaging/setup.sh build"
done
tree=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

cached() { sed -n "s/^$1:[^=]*=//p" "$tree/CMakeCache.txt"; }
version=$(cached CMAKE_PROJECT_VERSION)-1
arch=$(dpkg-architecture -qDEB_HOST_ARCH)
libdir=lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
[ "$(cached CMAKE_INSTALL_LIBDIR)" = "$libdir" ] ||
    fail "$tree installs into $(cached CMAKE_INSTALL_LIBDIR); configure it with -DCMAKE_INSTALL_LIBDIR=$libdir"
maintainer="${DEBFULLNAME:-The libsafe authors} <${DEBEMAIL:-libsafe@example.org}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for component in Runtime Development Tools; do
    cmake --install "$tree" --prefix "$work/$component/usr" --component $component >"$work/install.log" ||
        { cat "$work/install.log" >&2; fail "cannot install the component $component of $tree"; }
done
mv "$work/Runtime" "$work/libsafe1"
mv "$work/Development" "$work/libsafe-dev"
mv "$work/Tools" "$work/safe-tools"
[ -f "$work/safe-tools/usr/bin/safe" ] || fail "$tree has no safe tool: build it with -DSAFE_BUILD_CLI=ON"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$work"/libsafe1/usr/"$libdir"/libsafe.so.*.*
strip --strip-debug --enable-deterministic-archives "$work/libsafe-dev/usr/$libdir/libsafe.a"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$work/safe-tools/usr/bin/safe"
printf 'file(RPATH_REMOVE FILE "%s")\n' "$work/safe-tools/usr/bin/safe" >"$work/rpath.cmake"
cmake -P "$work/rpath.cmake" >"$work/rpath.log" 2>&1 || { cat "$work/rpath.log" >&2; fail "cannot take the run path out of bin/safe"; }

# dpkg's tools want a source package around them.
mkdir -p "$work/debian"
cd "$work"
for package in libsafe1 libsafe-dev safe-tools; do
    mkdir -p "$package/DEBIAN"
    doc=$package/usr/share/doc/$package
    mkdir -p "$doc"
    cp "$here/copyright" "$doc/copyright"
    {
        printf 'libsafe (%s) unstable; urgency=medium\n\n' "$version"
        printf '  * See /usr/share/doc/%s/changelog.gz.\n\n' "$package"
        printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
    } | gzip -9n >"$doc/changelog.Debian.gz"
    gzip -9nc "$root/CHANGELOG.md" >"$doc/changelog.gz"
done
printf 'Source: libsafe\nMaintainer: %s\n' "$maintainer" >debian/control
printf '\nPackage: %s\nArchitecture: any\n' libsafe1 libsafe-dev safe-tools >>debian/control
[ -d safe-tools/usr/share/man ] && find safe-tools/usr/share/man -type f ! -name '*.gz' -exec gzip -9n {} +

# What programs that are linked with libsafe.so.1 depend on, for dpkg-shlibdeps.
soname=1
printf 'libsafe %s libsafe%s (>= %s)\n' $soname $soname "${version%-*}" >libsafe1/DEBIAN/shlibs
printf 'activate-noawait ldconfig\n' >libsafe1/DEBIAN/triggers
dpkg-gensymbols -q -c0 -plibsafe1 "-v${version%-*}" -elibsafe1/usr/"$libdir"/libsafe.so.$soname -Plibsafe1 \
    -Olibsafe1/DEBIAN/symbols

depends_of() { # PROGRAM: what it needs, as in a Depends field
    dpkg-shlibdeps -O --ignore-missing-info "-l$work/libsafe1/usr/$libdir" -L"$work/libsafe1/DEBIAN/shlibs" "$1" \
        2>"$work/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p'
}
libsafe1_depends=$(depends_of "$(ls libsafe1/usr/"$libdir"/libsafe.so.*.*)")
tools_depends=$(depends_of safe-tools/usr/bin/safe)
[ -n "$libsafe1_depends" ] && [ -n "$tools_depends" ] || { cat "$work/shlibdeps.log" >&2; fail "dpkg-shlibdeps failed"; }

control() { # PACKAGE DEPENDS: the control file and the checksums, then the package
    sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@DEPENDS@/$2/; s/@MAINTAINER@/$maintainer/" \
        -e "s/@SIZE@/$(du -sk --apparent-size "$1" | cut -f1)/" "$here/$1.control" >"$1/DEBIAN/control"
    (cd "$1" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    find "$1" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch -h -d "@$SOURCE_DATE_EPOCH"
    dpkg-deb --root-owner-group --build "$1" "$out/${1}_${version}_$arch.deb" >/dev/null
    printf '%s\n' "$out/${1}_${version}_$arch.deb"
}
control libsafe1 "$libsafe1_depends"
control libsafe-dev "libsafe1 (= $version), libc6-dev"
control safe-tools "$tools_depends"
