# cmake -DPAGE=docs/diagnostics.md -DOUTPUT=diagnostics_page.cpp -P embed_page.cmake
# Writes a source file that holds the page's bytes.
file(READ ${PAGE} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUTPUT}
"#include \"policies/lint/diagnostic_page.h\"

namespace tidewaiter {
namespace {
constexpr char kPage[] = {
${bytes}
};
}  // namespace

std::string_view diagnostics_page() { return {kPage, sizeof(kPage)}; }

}  // namespace tidewaiter
")
