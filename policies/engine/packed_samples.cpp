#include "policies/engine/packed_samples.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "policies/engine/accumulators.h"

namespace tidewaiter {
namespace {

// A sample is a byte that says which of its parts are there; its time and number; these parts; and
// how many bytes that is.
constexpr unsigned kWeighs = 1;  // else it weighs 1
constexpr unsigned kKeyed = 2;   // else its key is 0, or that of the number
constexpr unsigned kReal = 4;    // else its number is +0
constexpr unsigned kKeyOfReal = 8;
constexpr unsigned kGrouped = 16;  // else its group is 0
constexpr unsigned kMillis = 32;   // its time is whole milliseconds away from the first …
constexpr unsigned kSeconds = 64;  // … or whole seconds

constexpr std::int64_t kMilliUs = 1'000;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::size_t kMost = 2 + 5 * VarintWriter::kMost + sizeof(double);
static_assert(kMost <= 256);

/// a − b, as bits: of any two times.
std::int64_t away(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

unsigned parts_of(const Sample& sample, std::int64_t away) {
  unsigned parts = 0;
  if (sample.weight != 1) parts |= kWeighs;
  const bool is_real = std::bit_cast<std::uint64_t>(sample.number) != 0;
  if (is_real) parts |= kReal;
  if (is_real && sample.key == key_of(sample.number)) {
    parts |= kKeyOfReal;
  } else if (sample.key != 0) {
    parts |= kKeyed;
  }
  if (sample.group != 0) parts |= kGrouped;
  if (away % kSecondUs == 0) return parts | kSeconds;
  return away % kMilliUs == 0 ? parts | kMillis : parts;
}

std::int64_t unit_of(unsigned parts) {
  if ((parts & kSeconds) != 0) return kSecondUs;
  return (parts & kMillis) != 0 ? kMilliUs : 1;
}

std::int64_t read_time(VarintReader& reader, unsigned parts, std::int64_t base) {
  const auto units = static_cast<std::uint64_t>(reader.number());
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                   units * static_cast<std::uint64_t>(unit_of(parts)));
}

}  // namespace

PackedSamples::Header PackedSamples::header() const {
  static_assert(std::is_trivially_copyable_v<Header> &&
                std::has_unique_object_representations_v<Header>);
  Header header;
  std::memcpy(&header, bytes_.get(), sizeof(header));
  return header;
}

Sample PackedSamples::read(VarintReader& reader, const Header& header) {
  const unsigned parts = reader.byte();
  Sample sample;
  sample.time = read_time(reader, parts, header.time);
  sample.seq = reader.difference(header.seq);
  sample.weight = (parts & kWeighs) != 0 ? reader.number() : 1;
  if ((parts & kKeyed) != 0) sample.key = reader.number();
  if ((parts & kReal) != 0) sample.number = reader.real();
  if ((parts & kKeyOfReal) != 0) sample.key = key_of(sample.number);
  if ((parts & kGrouped) != 0) sample.group = reader.number();
  return sample;
}

void PackedSamples::append_to(std::vector<Sample>& samples) const {
  samples.reserve(samples.size() + size());
  each([&samples](const Sample& sample) {
    samples.push_back(sample);
    return true;
  });
}

std::uint32_t PackedSamples::find(const Header& header, std::int64_t time, std::int64_t seq) const {
  std::uint32_t end = header.size;
  while (end > sizeof(Header)) {
    const std::uint32_t start = start_before(end);
    VarintReader reader(bytes_.get() + start);
    const unsigned parts = reader.byte();
    const std::int64_t own = read_time(reader, parts, header.time);
    if (own < time || (own == time && reader.difference(header.seq) < seq)) break;
    end = start;
  }
  return end;
}

/// Puts bytes in between, and makes room for them.
void PackedSamples::insert(Header& header, std::uint32_t at, const std::uint8_t* bytes,
                           std::uint32_t count) {
  constexpr std::size_t kStep = 16;
  const std::size_t size = std::size_t{header.size} + count;
  if (size > header.room) {
    const std::size_t room = (size + size / 4 + kStep - 1) / kStep * kStep;
    if (room > std::numeric_limits<std::uint32_t>::max()) {
      throw std::length_error("more samples of one pane than four gigabytes hold");
    }
    auto larger = std::make_unique<std::uint8_t[]>(room);
    if (bytes_ != nullptr) std::copy_n(bytes_.get(), header.size, larger.get());
    bytes_ = std::move(larger);
    header.room = static_cast<std::uint32_t>(room);
  }
  std::uint8_t* const place = bytes_.get() + at;
  std::memmove(place + count, place, header.size - at);
  std::copy_n(bytes, count, place);
  header.size = static_cast<std::uint32_t>(size);
}

void PackedSamples::add(const Sample& sample) {
  Header all = bytes_ == nullptr ? Header() : header();
  if (all.count == 0) {
    all.time = sample.time;
    all.seq = sample.seq;
  }
  std::array<std::uint8_t, kMost> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  VarintWriter writer(bytes.data());
  const std::int64_t away_by = away(sample.time, all.time);
  const unsigned parts = parts_of(sample, away_by);
  writer.byte(parts);
  writer.number(away_by / unit_of(parts));
  writer.difference(sample.seq, all.seq);
  if ((parts & kWeighs) != 0) writer.number(sample.weight);
  if ((parts & kKeyed) != 0) writer.number(sample.key);
  if ((parts & kReal) != 0) writer.real(sample.number);
  if ((parts & kGrouped) != 0) writer.number(sample.group);

  writer.byte(static_cast<unsigned>(writer.at() - bytes.data()));

  const auto count = static_cast<std::uint32_t>(writer.at() - bytes.data());
  insert(all, find(all, sample.time, sample.seq), bytes.data(), count);
  ++all.count;
  std::memcpy(bytes_.get(), &all, sizeof(all));
}

void PackedSamples::remove(std::int64_t time, std::int64_t seq) {
  if (bytes_ == nullptr) return;
  Header all = header();
  const std::uint32_t at = find(all, time, seq);
  if (at == all.size) return;
  VarintReader reader(bytes_.get() + at);
  const Sample sample = read(reader, all);
  if (sample.time != time || sample.seq != seq) return;
  reader.skip(kLength);
  const auto end = static_cast<std::uint32_t>(reader.at() - bytes_.get());
  std::memmove(bytes_.get() + at, bytes_.get() + end, all.size - end);
  all.size -= end - at;
  --all.count;
  std::memcpy(bytes_.get(), &all, sizeof(all));
}

void PackedSamples::clear() {
  if (bytes_ == nullptr) return;
  Header none;
  none.room = header().room;
  std::memcpy(bytes_.get(), &none, sizeof(none));
}

std::vector<std::uint8_t> PackedSamples::saved_bytes() const {
  if (empty()) return {};
  return {bytes_.get(), bytes_.get() + header().size};
}

void PackedSamples::take_saved(const std::vector<std::uint8_t>& saved) {
  bytes_.reset();
  if (saved.empty()) return;
  if (saved.size() < sizeof(Header)) throw std::runtime_error("samples without a header");
  bytes_ = std::make_unique<std::uint8_t[]>(saved.size());
  std::ranges::copy(saved, bytes_.get());
  Header all = header();
  std::uint32_t count = 0;
  auto end = static_cast<std::uint32_t>(saved.size());
  while (end > sizeof(Header) && start_before(end) >= sizeof(Header) && start_before(end) < end) {
    end = start_before(end);
    ++count;
  }
  if (all.size != saved.size() || count != all.count || end != sizeof(Header)) {
    throw std::runtime_error("samples of another length or number than they say");
  }
  all.room = all.size;
  std::memcpy(bytes_.get(), &all, sizeof(all));
}

}  // namespace tidewaiter
