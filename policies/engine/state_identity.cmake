# Writes the definition of state_identity() to OUT: the SHA-256 over names and hashes of all sources
# in policies/model, policies/linkage and policies/engine below ROOT, and of the machine's kind.
set(parts "${MACHINE}")
foreach(room model linkage engine)
  file(GLOB sources "${ROOT}/${room}/*.h" "${ROOT}/${room}/*.cpp")
  list(SORT sources)
  foreach(source IN LISTS sources)
    file(SHA256 "${source}" hash)
    file(RELATIVE_PATH name "${ROOT}" "${source}")
    string(APPEND parts "\n${name} ${hash}")
  endforeach()
endforeach()
string(SHA256 identity "${parts}")
file(WRITE "${OUT}"
  "#include \"policies/engine/state_identity.h\"\n"
  "\n"
  "namespace tidewaiter {\n"
  "\n"
  "std::string_view state_identity() {\n"
  "  return \"${identity}\";\n"
  "}\n"
  "\n"
  "}  // namespace tidewaiter\n")
