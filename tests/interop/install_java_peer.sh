#!/usr/bin/env bash
# install_java_peer.sh FOLDER MAVEN POM: puts the libraries that the file POM names, and those that they
# need, into FOLDER, unless they are there already. Exit 77: they cannot be had here, and the comparison
# is skipped.
set -euo pipefail
folder="$1" maven="$2" pom="$3"
if [ ! -x "$maven" ]; then
  echo "SKIPPED: there is no mvn; the comparison with the peer needs Maven and a JDK"
  exit 77
fi
if cmp --silent "$pom" "$folder/installed.xml"; then exit 0; fi
rm -rf "$folder"
mkdir -p "$folder"
if ! "$maven" --quiet --batch-mode --file "$pom" dependency:copy-dependencies \
  -DoutputDirectory="$(realpath "$folder")"; then
  echo "SKIPPED: Maven could not fetch the peer; the comparison needs a package registry"
  rm -rf "$folder"
  exit 77
fi
cp "$pom" "$folder/installed.xml"
