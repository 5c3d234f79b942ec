// An entry that reads as an act is written back with the same open members, and says the same when
// it is read again; so does one in which the program says what becomes of cases. A text that opens
// as sealed seals what it holds.
#include "storage/ledger/act.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/ledger/regrouping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)open_sealed(text);
  const auto document = parse_json_strict(text);
  if (!document || !document->is_object()) return 0;
  const std::string type = text_member(*document, "typ").value_or("");
  if (const auto regrouping = read_regrouping(type, *document)) {
    const LedgerEvent event = regrouping_event(*regrouping);
    const auto fields = nlohmann::json::parse(event.fields);
    for (const auto& [name, value] : fields.items()) {
      if (!document->contains(name) || (*document)[name] != value) std::abort();
    }
    if (event.type != type || read_regrouping(type, fields) != regrouping) std::abort();
  }
  const auto read = read_act(type, *document, "fuzz.example/ledger");
  if (!read) return 0;
  if (act_type(read->act) != type) std::abort();
  (void)check_act_signature(*read);
  const auto fields = act_fields(*read);
  if (!fields) std::abort();
  for (const auto& [name, value] : fields->items()) {
    if (!document->contains(name) || (*document)[name] != value) std::abort();
  }
  const auto again = read_act(type, *fields, "fuzz.example/ledger");
  if (!again || again->act != read->act) std::abort();
  return 0;
}
