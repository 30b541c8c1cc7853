#!/bin/sh
# Installs Reelscope from this folder, for you alone or, with --prefix, for everybody; installs over an older one.
#
#   ./install.sh [--prefix DIR]               default: ~/.local
#   ./install.sh --uninstall [--prefix DIR]   removes what was installed and nothing else
set -eu

prefix=${HOME}/.local
action=install
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -ge 2 ] || { echo "install.sh: --prefix needs a folder" >&2; exit 2; }
        prefix=$2
        shift
        ;;
    --uninstall) action=uninstall ;;
    *)
        sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
    esac
    shift
done
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
id=org.reelscope.Reelscope
program=$prefix/lib/reelscope
link=$prefix/bin/reelscope
share=$prefix/share

refresh() {
    if command -v update-desktop-database >/dev/null; then
        update-desktop-database -q "$share/applications" || true
    fi
    if command -v gtk-update-icon-cache >/dev/null; then
        gtk-update-icon-cache -qtf "$share/icons/hicolor" || true
    fi
}

remove() {
    rm -rf "$program"
    # One that pip or somebody else put there is none of ours.
    if [ "$(readlink "$link" 2>/dev/null)" = "$program/reelscope" ]; then
        rm -f "$link"
    fi
    rm -f "$share/applications/$id.desktop" "$share/metainfo/$id.metainfo.xml"
    rm -f "$share"/icons/hicolor/*/apps/$id.png "$share/icons/hicolor/scalable/apps/$id.svg"
}

if [ "$action" = uninstall ]; then
    remove
    refresh
    echo "Reelscope is removed. Settings and models of yours are left: see docs/privacy.md."
    exit 0
fi

mkdir -p "$prefix/lib"
new=$program.new.$$
trap 'rm -rf "$new"' EXIT
cp -R "$here/Reelscope" "$new"
remove
mv "$new" "$program"
mkdir -p "$prefix/bin" "$share/applications" "$share/metainfo"
if [ -e "$link" ] || [ -L "$link" ]; then
    echo "$link was there before and is left as it is: start $program/reelscope."
else
    ln -s "$program/reelscope" "$link"
fi
sed "s|@PROGRAM@|$program/Reelscope|" "$here/share/$id.desktop" >"$share/applications/$id.desktop"
cp "$here/share/$id.metainfo.xml" "$share/metainfo/"
for picture in "$here"/share/icons/*.png; do
    size=$(basename "$picture" .png)
    mkdir -p "$share/icons/hicolor/${size}x$size/apps"
    cp "$picture" "$share/icons/hicolor/${size}x$size/apps/$id.png"
done
mkdir -p "$share/icons/hicolor/scalable/apps"
cp "$here/share/icons/reelscope.svg" "$share/icons/hicolor/scalable/apps/$id.svg"
refresh
echo "Reelscope is installed: $program/reelscope"
case :$PATH: in
*":$prefix/bin:"*) ;;
*) echo "$prefix/bin is not on your PATH: add it, or start Reelscope from the menu." ;;
esac
