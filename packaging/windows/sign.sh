#!/bin/sh
# Signs a Windows program on Linux, in place: sign.sh FILE. Needs osslsigncode, and in the environment WINDOWS_CERTIFICATE (the
# path of a .pfx file) and WINDOWS_CERTIFICATE_PASSWORD. installers.py calls it where WINDOWS_SIGN_COMMAND names it.
set -eu
umask 077
password=$(mktemp)
trap 'rm -f "$password" "$1.signed"' EXIT
printf %s "$WINDOWS_CERTIFICATE_PASSWORD" >"$password"
osslsigncode sign -pkcs12 "$WINDOWS_CERTIFICATE" -readpass "$password" -h sha256 \
    -ts http://timestamp.digicert.com -n Reelscope -in "$1" -out "$1.signed"
mv "$1.signed" "$1"
