# Writes the definition of snapshot_identity() to OUT: the SHA-256 over names and hashes of all sources
# that say what a snapshot holds and means, in policies/ and daemon/pipeline/ below ROOT, and of what
# they are built with.
set(parts "${BUILT_WITH}")
file(GLOB_RECURSE sources "${ROOT}/policies/*.h" "${ROOT}/policies/*.cpp")
file(GLOB pipeline "${ROOT}/daemon/pipeline/*.h" "${ROOT}/daemon/pipeline/*.cpp")
list(APPEND sources ${pipeline} "${ROOT}/storage/records/told_rulings.h")
list(SORT sources)
foreach(source IN LISTS sources)
  file(SHA256 "${source}" hash)
  file(RELATIVE_PATH name "${ROOT}" "${source}")
  string(APPEND parts "\n${name} ${hash}")
endforeach()
string(SHA256 identity "${parts}")
file(WRITE "${OUT}"
  "#include \"daemon/pipeline/snapshot_identity.h\"\n"
  "\n"
  "namespace tidewaiter {\n"
  "\n"
  "std::string_view snapshot_identity() {\n"
  "  return \"${identity}\";\n"
  "}\n"
  "\n"
  "}  // namespace tidewaiter\n")
