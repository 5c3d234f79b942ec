#include "policies/engine/packed_samples.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include "policies/engine/accumulators.h"

namespace tidewaiter {
namespace {

// A sample is a byte that says which of its parts are there; its time and number; and these parts.
constexpr unsigned kWeighs = 1;  // else it weighs 1
constexpr unsigned kKeyed = 2;   // else its key is 0, or that of the number
constexpr unsigned kReal = 4;    // else its number is +0
constexpr unsigned kKeyOfReal = 8;
constexpr unsigned kGrouped = 16;  // else its group is 0
constexpr unsigned kMillis = 32;   // its time is whole milliseconds away from the first …
constexpr unsigned kSeconds = 64;  // … or whole seconds

constexpr std::int64_t kMilli = 1'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::size_t kMost = 1 + 5 * VarintWriter::kMost + sizeof(double);

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
  if (away % kSecond == 0) return parts | kSeconds;
  return away % kMilli == 0 ? parts | kMillis : parts;
}

std::int64_t unit_of(unsigned parts) {
  if ((parts & kSeconds) != 0) return kSecond;
  return (parts & kMillis) != 0 ? kMilli : 1;
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

PackedSamples::Found PackedSamples::find(const Header& header, std::int64_t time,
                                         std::int64_t seq) const {
  VarintReader reader(bytes_.get() + sizeof(Header));
  Found found{sizeof(Header), sizeof(Header)};
  for (std::uint32_t left = header.count; left > 0; --left) {
    const Sample sample = read(reader, header);
    if (std::tie(sample.time, sample.seq) >= std::tie(time, seq)) return found;
    found.before = std::exchange(found.at, static_cast<std::uint32_t>(reader.at() - bytes_.get()));
  }
  return found;
}

bool PackedSamples::ends_before(const Header& header, const Sample& sample) const {
  if (header.count == 0) return true;
  VarintReader reader(bytes_.get() + header.last);
  const unsigned parts = reader.byte();
  const std::int64_t time = read_time(reader, parts, header.time);
  if (time != sample.time) return time < sample.time;
  return reader.difference(header.seq) < sample.seq;
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

  const auto count = static_cast<std::uint32_t>(writer.at() - bytes.data());
  if (ends_before(all, sample)) {
    all.last = all.size;
    insert(all, all.size, bytes.data(), count);
  } else {
    insert(all, find(all, sample.time, sample.seq).at, bytes.data(), count);
    all.last += count;
  }
  ++all.count;
  std::memcpy(bytes_.get(), &all, sizeof(all));
}

void PackedSamples::remove(std::int64_t time, std::int64_t seq) {
  if (bytes_ == nullptr) return;
  Header all = header();
  const Found found = find(all, time, seq);
  if (found.at == all.size) return;
  VarintReader reader(bytes_.get() + found.at);
  const Sample sample = read(reader, all);
  if (sample.time != time || sample.seq != seq) return;
  const auto end = static_cast<std::uint32_t>(reader.at() - bytes_.get());
  std::memmove(bytes_.get() + found.at, bytes_.get() + end, all.size - end);
  all.size -= end - found.at;
  all.last = all.last == found.at ? found.before : all.last - (end - found.at);
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
  if (all.size != saved.size()) throw std::runtime_error("samples of another length than they say");
  all.room = all.size;
  std::memcpy(bytes_.get(), &all, sizeof(all));
}

}  // namespace tidewaiter
