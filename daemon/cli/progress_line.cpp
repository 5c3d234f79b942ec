#include "daemon/cli/progress_line.h"

#include <algorithm>
#include <ostream>

namespace tidewaiter {
namespace {

constexpr std::size_t kBarWidth = 24;
constexpr std::chrono::milliseconds kRedraw{100};

double share_done(const CycleProgress& progress) {
  const bool by_bytes = progress.bytes_total > 0;
  const std::int64_t total = by_bytes ? progress.bytes_total : progress.records_total;
  const std::int64_t done = by_bytes ? progress.bytes : progress.records;
  if (progress.done) return 1.0;
  if (total <= 0) return -1.0;
  return std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
}

std::string bar(double share, bool unicode) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
  std::string out = "[";
  for (std::size_t i = 0; i < kBarWidth; ++i) {
    out += i < full ? (unicode ? "█" : "#") : (unicode ? "░" : ".");
  }
  return out + "]";
}

}  // namespace

std::string progress_text(const CycleProgress& progress, const Terminal& terminal) {
  std::string out(phase_name(progress.phase));
  if (!progress.source.empty()) out += " " + printable(progress.source);
  const double share = share_done(progress);
  if (share >= 0 && !progress.done) {
    out += "  " + bar(share, terminal.unicode) + "  " +
           std::to_string(static_cast<int>(share * 100.0)) + "%";
  }
  if (progress.records > 0) out += "  " + counted(progress.records, "record");
  if (progress.records_per_second >= 1.0) {
    out += "  " + grouped(static_cast<std::int64_t>(progress.records_per_second)) + "/s";
  }
  if (progress.left && !progress.done) {
    const Duration whole_seconds{progress.left->us / kSecond.us * kSecond.us};
    out += "  " + format_duration(whole_seconds) + " left";
  }
  if (progress.done) out += "  done";
  return out;
}

ProgressLine::ProgressLine(std::ostream& stream, const Terminal& terminal)
    : stream_(stream), terminal_(terminal) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (!drawn_) return;
  stream_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

void ProgressLine::show(const CycleProgress& progress) {
  if (!terminal_.live) {
    if (progress.done && progress.records > 0) {
      stream_ << progress_text(progress, terminal_) << '\n';
    }
    return;
  }
  if (progress.done) {
    clear();
    return;
  }
  draw(progress_text(progress, terminal_));
}

void ProgressLine::show(std::string_view text) {
  if (terminal_.live) draw(text);
}

void ProgressLine::draw(std::string_view text) {
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_drawn_ < kRedraw) return;
  const std::size_t width = terminal_.width == 0 ? 80 : terminal_.width;
  stream_ << "\r\x1b[K" << cut_to_width(text, width - 1, terminal_.unicode) << std::flush;
  drawn_ = true;
  last_drawn_ = now;
}

}  // namespace tidewaiter
