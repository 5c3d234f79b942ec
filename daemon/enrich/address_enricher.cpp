#include "daemon/enrich/address_enricher.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "daemon/enrich/address_facts.h"
#include "daemon/enrich/client_network.h"
#include "daemon/enrich/mmdb_file.h"
#include "daemon/enrich/network_list.h"
#include "policies/language/ip_network.h"
#include "policies/model/country_code.h"
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

/// A file that has not changed for so long is not being written.
constexpr Duration kAtRest{5 * kSecond.us};

/// Which file stands under a name, so that another one that is put there is seen.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  UtcTime changed;
  bool operator==(const FileStamp&) const = default;
};

/// One that cannot be looked at differs from all others: opening it says what is wrong.
FileStamp stamp_of(const std::filesystem::path& path) {
  constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  const std::int64_t second = std::clamp<std::int64_t>(found.st_mtim.tv_sec, 0, kLastSecond);
  return {found.st_dev, found.st_ino, found.st_size,
          UtcTime{second * kSecond.us + found.st_mtim.tv_nsec / 1000}};
}

std::string day_of_file(UtcTime built) { return format_time(built).substr(0, 10); }

/// What one file says of one address.
struct Saying {
  std::optional<std::string> country;
  std::optional<std::int64_t> asn;
  std::vector<std::string> anonymizers;
  bool silence_tells = false;  ///< without anonymizers: it is none of them
};

/// Whether silence about an address says that it hides nobody.
bool knows_all_anonymizers(std::string_view type) {
  return type.find("Anonymous") != std::string_view::npos;
}

/// What a database of a known type cannot give; nothing where it may.
std::optional<std::string_view> not_given(std::string_view type, const AddressFile& file) {
  const auto is = [type](std::string_view part) {
    return type.find(part) != std::string_view::npos;
  };
  if (file.gives_country && (is("ASN") || is("Anonymous"))) return "country";
  if (file.gives_asn && (is("Country") || is("Anonymous"))) return "asn";
  if (file.gives_anonymizer && (is("ASN") || is("Country"))) return "anonymizer";
  return std::nullopt;
}

/// A word of a database that an address hides somebody, without the way in which it does.
bool says_anonymous(const nlohmann::json& record) {
  const auto is_set = [](const nlohmann::json& object) {
    const auto found = object.find("is_anonymous");
    return found != object.end() && *found == true;
  };
  if (!record.is_object()) return false;
  const auto traits = record.find("traits");
  return is_set(record) || (traits != record.end() && traits->is_object() && is_set(*traits));
}

}  // namespace

bool HeldAddressFile::holds_at(UtcTime time) const {
  const std::int64_t away = time.us > built.us ? time.us - built.us : built.us - time.us;
  return away <= file.holds_for.us;
}

/// A file of the configuration, open.
class AddressEnricher::Opened {
 public:
  enum class Reading : std::uint8_t { kToAnswer, kToLook };
  static Result<std::unique_ptr<Opened>> open(const AddressFile& file, Reading reading) {
    const FileStamp stamp = stamp_of(file.path);
    std::unique_ptr<Opened> opened(new Opened(file, stamp));
    Result<void> done = file.form == AddressFile::Form::kDatabase ? opened->open_database(reading)
                                                                  : opened->open_list();
    if (!done) return tl::unexpected(done.error());
    if (stamp_of(file.path) != stamp) {
      return fail(ErrorCode::kUnavailable,
                  in_backticks(file.path.string()) + " is being written: try again");
    }
    return opened;
  }

  [[nodiscard]] const AddressFile& file() const { return held_.file; }
  /// Whether another file stands there that has not been tried yet, and is at rest.
  [[nodiscard]] bool is_outdated(UtcTime now) {
    const FileStamp standing = stamp_of(held_.file.path);
    if (standing == stamp_ || standing == refused_) return false;
    if (standing != waiting_) {
      waiting_ = standing;
      waits_since_ = now;
    }
    return now - waits_since_ >= kAtRest || now < waits_since_;
  }
  void refuse() { refused_ = waiting_; }
  [[nodiscard]] const HeldAddressFile& held() const { return held_; }
  /// "GeoLite2-Country 2026-11-24"
  [[nodiscard]] const std::string& note() const { return note_; }

  [[nodiscard]] Result<Saying> say(const IpAddress& address) const {
    Saying saying;
    if (const auto* const list = std::get_if<NetworkList>(&*data_)) {
      if (list->find(address)) saying.anonymizers.push_back(held_.file.anonymizer);
      return saying;
    }
    const MmdbFile& database = std::get<MmdbFile>(*data_);
    const auto answer = database.find(address);
    if (!answer) return tl::unexpected(answer.error());
    const bool is_covered = database.identity().ip_version != 4 || is_ipv4(address);
    saying.silence_tells = held_.file.gives_anonymizer && is_covered &&
                           knows_all_anonymizers(held_.title) &&
                           !(*answer && says_anonymous(*(*answer)->record));
    if (*answer) take(address_facts(*(*answer)->record), saying);
    return saying;
  }

 private:
  Opened(AddressFile file, FileStamp stamp) : held_{std::move(file), {}, {}}, stamp_(stamp) {}

  void take(AddressFacts facts, Saying& saying) const {
    if (held_.file.gives_country && facts.country && is_assigned_country(*facts.country)) {
      saying.country = std::move(facts.country);
    }
    if (held_.file.gives_asn && facts.asn.value_or(-1) >= 0) saying.asn = facts.asn;
    if (held_.file.gives_anonymizer) saying.anonymizers = std::move(facts.anonymizers);
  }

  Result<void> open_database(Reading reading) {
    Result<MmdbFile> database = reading == Reading::kToAnswer ? MmdbFile::open_copy(held_.file.path)
                                                              : MmdbFile::open(held_.file.path);
    if (!database) return tl::unexpected(database.error());
    const MmdbIdentity& identity = database->identity();
    if (const auto what = not_given(identity.type, held_.file)) {
      return fail(ErrorCode::kInvalidInput, in_backticks(held_.file.path.string()) + " is a " +
                                                enriched_title(identity.type) +
                                                ", which gives no " + std::string(*what));
    }
    held_.entries = identity.nodes;
    name_it(identity.type, identity.built);
    data_.emplace(std::move(*database));
    return {};
  }

  Result<void> open_list() {
    Result<NetworkList> list = NetworkList::open(held_.file.path);
    if (!list) return tl::unexpected(list.error());
    held_.entries = static_cast<std::int64_t>(list->size());
    held_.bad_lines = list->bad_lines();
    if (auto fits = check_list(*list); !fits) return fits;
    name_it(held_.file.path.filename().string(), stamp_.changed);
    data_.emplace(std::move(*list));
    return {};
  }

  /// A list that has become something else says that nobody is what it lists.
  [[nodiscard]] Result<void> check_list(const NetworkList& list) const {
    constexpr std::int64_t kOneInHundred = 100;
    const std::string name = in_backticks(held_.file.path.string());
    if (list.size() == 0 && held_.bad_lines == 0) {
      return fail(ErrorCode::kInvalidInput, name +
                                                " is empty: a list that has no address says "
                                                "that no address is of its kind");
    }
    if (held_.bad_lines * kOneInHundred <= held_.entries) return {};
    const BadNetworkLine& first = list.first_bad().front();
    return fail(ErrorCode::kInvalidInput,
                "more than one line in a hundred of " + name +
                    " is not read: a list has one address or network a line; line " +
                    std::to_string(first.line) + ": " + first.reason);
  }

  void name_it(std::string_view title, UtcTime built) {
    held_.title = enriched_title(title);
    held_.built = built;
    note_ = held_.title + " " + day_of_file(built);
  }

  HeldAddressFile held_;
  FileStamp stamp_;
  FileStamp waiting_;    ///< of another file that stands there
  UtcTime waits_since_;  ///< when that was seen first
  FileStamp refused_;
  std::optional<std::variant<MmdbFile, NetworkList>> data_;
  std::string note_;
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
    Result<std::unique_ptr<Opened>> one = Opened::open(file, Opened::Reading::kToAnswer);
    if (!one) return tl::unexpected(one.error());
    opened.push_back(std::move(*one));
  }
  return std::unique_ptr<AddressEnricher>(new AddressEnricher(std::move(opened)));
}

Result<HeldAddressFile> AddressEnricher::look(const AddressFile& file) {
  const Result<std::unique_ptr<Opened>> opened = Opened::open(file, Opened::Reading::kToLook);
  if (!opened) return tl::unexpected(opened.error());
  return (*opened)->held();
}

Result<std::vector<HeldAddressFile>> AddressEnricher::refresh(UtcTime now) {
  std::vector<HeldAddressFile> renewed;
  std::optional<Error> failed;
  for (std::unique_ptr<Opened>& one : opened_) {
    if (!one->is_outdated(now)) continue;
    Result<std::unique_ptr<Opened>> anew = Opened::open(one->file(), Opened::Reading::kToAnswer);
    if (anew) {
      one = std::move(*anew);
      renewed.push_back(one->held());
    } else {
      one->refuse();
      if (!failed) failed = anew.error();
    }
  }
  if (!renewed.empty()) cache_->known.clear();
  if (failed) return tl::unexpected(*failed);
  return renewed;
}

const AddressEnricher::Known& AddressEnricher::known_of(const std::string& written) {
  auto& known = cache_->known;
  if (const auto found = known.find(written); found != known.end()) return found->second;
  if (known.size() >= Cache::kMost) known.clear();
  Known& made = known[written];
  const auto parsed = parse_ip(written);
  const auto address = parsed ? client_address(*parsed) : std::nullopt;
  if (!address) return made;
  made.network = network_text(client_network(*address));
  for (const std::unique_ptr<Opened>& one : opened_) {
    Result<Saying> saying = one->say(*address);
    if (!saying && !fault_) fault_ = saying.error();
    made.by_file.push_back(saying ? std::optional(std::move(*saying)) : std::nullopt);
  }
  return made;
}

void AddressEnricher::enrich(Record& record) {
  const Value* const address = find_value(record, kAddress);
  if (address == nullptr || has_enriched(record)) return;
  const Known& known = known_of(std::get<std::string>(*address));
  if (known.network.empty()) return;
  if (find_value(record, kNetwork) == nullptr) set_enriched(record, kNetwork, known.network, {});
  if (known.by_file.empty()) return;
  fill_from(known, record);
  if (lacks_for_time(known, record)) ++out_of_time_;
}

void AddressEnricher::fill_from(const Known& known, Record& record) {
  const bool needs_anonymizer = find_value(record, kAnonymizer) == nullptr;
  std::size_t chosen = kAnonymizers.size();
  const Opened* names_it = nullptr;
  const Opened* names_nothing = nullptr;
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    const Opened& file = *opened_[i];
    if (!known.by_file[i] || !file.held().holds_at(record.time)) continue;
    const Saying& saying = *known.by_file[i];
    if (saying.country && find_value(record, kCountry) == nullptr) {
      set_enriched(record, kCountry, *saying.country, file.note());
    }
    if (saying.asn && find_value(record, kAsn) == nullptr) {
      set_enriched(record, kAsn, *saying.asn, file.note());
    }
    if (names_nothing == nullptr && saying.silence_tells) names_nothing = &file;
    for (const std::string& anonymizer : saying.anonymizers) {
      const auto place = static_cast<std::size_t>(std::ranges::find(kAnonymizers, anonymizer) -
                                                  kAnonymizers.begin());
      if (place >= chosen) continue;
      chosen = place;
      names_it = &file;
    }
  }
  if (!needs_anonymizer) return;
  if (names_it != nullptr) {
    set_enriched(record, kAnonymizer, std::string(kAnonymizers[chosen]), names_it->note());
  } else if (names_nothing != nullptr) {
    set_enriched(record, kAnonymizer, std::string("none"), names_nothing->note());
  }
}

bool AddressEnricher::lacks_for_time(const Known& known, const Record& record) const {
  const auto lacks = [&record](FieldId id) { return find_value(record, id) == nullptr; };
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    if (!known.by_file[i] || opened_[i]->held().holds_at(record.time)) continue;
    const Saying& saying = *known.by_file[i];
    if ((saying.country && lacks(kCountry)) || (saying.asn && lacks(kAsn))) return true;
    if ((saying.silence_tells || !saying.anonymizers.empty()) && lacks(kAnonymizer)) return true;
  }
  return false;
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
