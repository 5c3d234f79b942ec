#include "daemon/enrich/address_enricher.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "daemon/enrich/address_facts.h"
#include "daemon/enrich/mmdb_file.h"
#include "daemon/enrich/network_list.h"
#include "policies/language/ip_network.h"
#include "policies/model/enriched_fields.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr FieldId kAddress = field_id("client.address");
constexpr FieldId kCountry = field_id("client.country");
constexpr FieldId kAsn = field_id("client.asn");
constexpr FieldId kAnonymizer = field_id("client.anonymizer");
constexpr FieldId kNetwork = field_id("client.network");

/// In the order in which one is chosen.
constexpr std::array<std::string_view, 4> kAnonymizers = {"tor", "vpn", "proxy", "hosting"};

/// Which file stands under a name, so that another one that is put there is seen.
struct FileStamp {
  std::int64_t device = 0;
  std::int64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_us = 0;
  bool operator==(const FileStamp&) const = default;
};

/// One that cannot be looked at differs from all others: opening it says what is wrong.
FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {
      static_cast<std::int64_t>(found.st_dev), static_cast<std::int64_t>(found.st_ino),
      found.st_size,
      static_cast<std::int64_t>(found.st_mtim.tv_sec) * kSecond.us + found.st_mtim.tv_nsec / 1000};
}

std::string day_of_file(UtcTime built) { return format_time(built).substr(0, 10); }

/// The /24 of an IPv4 address, the /48 of any other.
IpNetwork network_of(const IpAddress& address) {
  constexpr int kIpv4Bits = kMappedBits + 24;
  constexpr int kIpv6Bits = 48;
  IpNetwork network{address, is_ipv4(address) ? kIpv4Bits : kIpv6Bits};
  for (std::size_t byte = static_cast<std::size_t>(network.prefix) / 8; byte < 16; ++byte) {
    network.base.bytes[byte] = 0;
  }
  return network;
}

/// What one file says of one address.
struct Saying {
  std::optional<std::string> country;
  std::optional<std::int64_t> asn;
  std::vector<std::string> anonymizers;
};

/// ISO 3166-1 alpha-2: a database that has something else there says nothing that policies know.
bool is_country_code(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Whether silence about an address says that it hides nobody.
bool knows_all_anonymizers(const std::string& type) {
  return type.find("Anonymous") != std::string::npos;
}

}  // namespace

/// A file of the configuration, open.
class AddressEnricher::Opened {
 public:
  static Result<std::unique_ptr<Opened>> open(const AddressFile& file) {
    // Before the file is read: one that is put there meanwhile is opened anew.
    const FileStamp stamp = stamp_of(file.path);
    std::unique_ptr<Opened> opened(new Opened(file, stamp));
    Result<void> done =
        file.form == AddressFile::Form::kDatabase ? opened->open_database() : opened->open_list();
    if (!done) return tl::unexpected(done.error());
    return opened;
  }

  [[nodiscard]] const AddressFile& file() const { return file_; }
  [[nodiscard]] bool has_changed() const { return stamp_of(file_.path) != stamp_; }
  [[nodiscard]] HeldAddressFile held() const { return {file_, title_, built_, bad_lines_}; }
  /// "GeoLite2-Country 2026-11-24"
  [[nodiscard]] const std::string& note() const { return note_; }
  [[nodiscard]] bool holds_at(UtcTime time) const {
    const std::int64_t away = time.us > built_.us ? time.us - built_.us : built_.us - time.us;
    return away <= file_.holds_for.us;
  }
  [[nodiscard]] bool gives_anonymizer() const {
    return file_.form == AddressFile::Form::kList || file_.gives_anonymizer;
  }
  [[nodiscard]] bool silence_tells() const { return silence_tells_; }

  [[nodiscard]] Result<Saying> say(const IpAddress& address) const {
    Saying saying;
    if (const auto* const list = std::get_if<NetworkList>(&*data_)) {
      if (list->find(address)) saying.anonymizers.push_back(file_.anonymizer);
      return saying;
    }
    const auto answer = std::get<MmdbFile>(*data_).find(address);
    if (!answer) return tl::unexpected(answer.error());
    if (!*answer) return saying;
    AddressFacts facts = address_facts(*(*answer)->record);
    if (file_.gives_country && facts.country && is_country_code(*facts.country)) {
      saying.country = std::move(facts.country);
    }
    if (file_.gives_asn && facts.asn.value_or(-1) >= 0) saying.asn = facts.asn;
    if (file_.gives_anonymizer) saying.anonymizers = std::move(facts.anonymizers);
    return saying;
  }

 private:
  Opened(AddressFile file, FileStamp stamp) : file_(std::move(file)), stamp_(stamp) {}

  Result<void> open_database() {
    Result<MmdbFile> database = MmdbFile::open_copy(file_.path);
    if (!database) return tl::unexpected(database.error());
    title_ = database->identity().type;
    built_ = database->identity().built;
    silence_tells_ = file_.gives_anonymizer && knows_all_anonymizers(title_);
    data_.emplace(std::move(*database));
    return name_it();
  }

  Result<void> open_list() {
    Result<NetworkList> list = NetworkList::open(file_.path);
    if (!list) return tl::unexpected(list.error());
    bad_lines_ = list->bad_lines();
    if (list->size() == 0 && bad_lines_ > 0) {
      const BadNetworkLine& first = list->first_bad().front();
      return fail(ErrorCode::kInvalidInput,
                  "no line of " + in_backticks(file_.path.string()) +
                      " is read: a list has one address or network a line; line " +
                      std::to_string(first.line) + ": " + first.reason);
    }
    title_ = file_.path.filename().string();
    built_ = UtcTime{stamp_.changed_us};
    data_.emplace(std::move(*list));
    return name_it();
  }

  /// Blanks part the words of a note, and a record holds no text that is not UTF-8.
  Result<void> name_it() {
    std::ranges::replace_if(
        title_, [](char c) { return c <= ' ' || c > '~'; }, '-');
    note_ = title_ + " " + day_of_file(built_);
    return {};
  }

  AddressFile file_;
  FileStamp stamp_;
  std::optional<std::variant<MmdbFile, NetworkList>> data_;
  std::string title_;
  std::string note_;
  UtcTime built_;
  std::int64_t bad_lines_ = 0;
  bool silence_tells_ = false;
};

/// What all files say of one address, and its network.
struct AddressEnricher::Known {
  std::string network;
  std::vector<std::optional<Saying>> by_file;  ///< nothing where the file contradicts itself
};

struct AddressEnricher::Cache {
  static constexpr std::size_t kMost = 65'536;
  std::unordered_map<std::string, Known> known;
};

AddressEnricher::AddressEnricher(std::vector<std::unique_ptr<Opened>> opened)
    : opened_(std::move(opened)), cache_(std::make_unique<Cache>()) {}
AddressEnricher::~AddressEnricher() = default;

Result<std::unique_ptr<AddressEnricher>> AddressEnricher::open(const AddressConfig& config) {
  std::vector<std::unique_ptr<Opened>> opened;
  for (const AddressFile& file : config.files) {
    Result<std::unique_ptr<Opened>> one = Opened::open(file);
    if (!one) return tl::unexpected(one.error());
    opened.push_back(std::move(*one));
  }
  return std::unique_ptr<AddressEnricher>(new AddressEnricher(std::move(opened)));
}

Result<bool> AddressEnricher::refresh() {
  bool any = false;
  std::optional<Error> failed;
  for (std::unique_ptr<Opened>& one : opened_) {
    if (!one->has_changed()) continue;
    Result<std::unique_ptr<Opened>> anew = Opened::open(one->file());
    if (anew) {
      one = std::move(*anew);
      any = true;
    } else if (!failed) {
      failed = anew.error();
    }
  }
  if (any) cache_->known.clear();
  if (failed) return tl::unexpected(*failed);
  return any;
}

const AddressEnricher::Known& AddressEnricher::known_of(const std::string& address) {
  auto& known = cache_->known;
  if (const auto found = known.find(address); found != known.end()) return found->second;
  if (known.size() >= Cache::kMost) known.clear();
  Known& made = known[address];
  const auto ip = parse_ip(address);
  if (!ip) return made;
  made.network = network_text(network_of(*ip));
  for (const std::unique_ptr<Opened>& one : opened_) {
    Result<Saying> saying = one->say(*ip);
    if (!saying && !fault_) fault_ = saying.error();
    made.by_file.push_back(saying ? std::optional(std::move(*saying)) : std::nullopt);
  }
  return made;
}

void AddressEnricher::enrich(Record& record) {
  const Value* const address = find_value(record, kAddress);
  if (address == nullptr) return;
  const Known& known = known_of(std::get<std::string>(*address));
  if (known.network.empty()) return;
  if (find_value(record, kNetwork) == nullptr) set_enriched(record, kNetwork, known.network, {});
  if (!known.by_file.empty()) fill_from(known, record);
}

void AddressEnricher::fill_from(const Known& known, Record& record) {
  const bool needs_anonymizer = find_value(record, kAnonymizer) == nullptr;
  std::size_t chosen = kAnonymizers.size();
  const Opened* names_it = nullptr;
  const Opened* names_nothing = nullptr;
  bool was_out_of_time = false;
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    const Opened& file = *opened_[i];
    if (!known.by_file[i]) continue;
    const Saying& saying = *known.by_file[i];
    if (!file.holds_at(record.time)) {
      was_out_of_time = true;
      continue;
    }
    if (saying.country && find_value(record, kCountry) == nullptr) {
      set_enriched(record, kCountry, *saying.country, file.note());
    }
    if (saying.asn && find_value(record, kAsn) == nullptr) {
      set_enriched(record, kAsn, *saying.asn, file.note());
    }
    if (names_nothing == nullptr && file.silence_tells()) names_nothing = &file;
    for (const std::string& anonymizer : saying.anonymizers) {
      const auto place = static_cast<std::size_t>(std::ranges::find(kAnonymizers, anonymizer) -
                                                  kAnonymizers.begin());
      if (place >= chosen) continue;
      chosen = place;
      names_it = &file;
    }
  }
  if (was_out_of_time) ++out_of_time_;
  if (!needs_anonymizer) return;
  if (names_it != nullptr) {
    set_enriched(record, kAnonymizer, std::string(kAnonymizers[chosen]), names_it->note());
  } else if (names_nothing != nullptr) {
    set_enriched(record, kAnonymizer, std::string("none"), names_nothing->note());
  }
}

std::optional<Error> AddressEnricher::take_fault() { return std::exchange(fault_, std::nullopt); }

std::int64_t AddressEnricher::take_out_of_time() { return std::exchange(out_of_time_, 0); }

std::vector<HeldAddressFile> AddressEnricher::files() const {
  std::vector<HeldAddressFile> files;
  files.reserve(opened_.size());
  for (const std::unique_ptr<Opened>& one : opened_) files.push_back(one->held());
  return files;
}

}  // namespace tidewaiter
