#include "daemon/cli/sigma_run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/sources/byte_stream.h"
#include "daemon/sources/line_reader.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

/// Where the logs that Sigma is written for keep an event's time.
constexpr std::array<std::string_view, 7> kTimeFields = {"TimeCreated_SystemTime",
                                                         "@timestamp",
                                                         "eventTime",
                                                         "EventTime",
                                                         "UtcTime",
                                                         "timestamp",
                                                         "time"};

/// One line may be a whole Windows event with its message.
constexpr std::size_t kMaxEventLine = std::size_t{8} << 20U;

std::optional<UtcTime> time_in(const SigmaEvent& event, std::string_view field) {
  const std::vector<SigmaValue>* values = event.find(field);
  if (values == nullptr) return std::nullopt;
  const Result<UtcTime> time = parse_time(values->front().text, true);
  return time ? std::optional(*time) : std::nullopt;
}

class SigmaRun {
 public:
  SigmaRun(const SigmaSet& set, const SigmaMapping* mapping, const SigmaEventOptions& options)
      : options_(options),
        matcher_(set, mapping),
        correlator_(set),
        reader_(options.names),
        of_records_(mapping != nullptr &&
                    std::any_of(mapping->sources.begin(), mapping->sources.end(),
                                [](const SigmaSource& s) { return s.reads.has_value(); })) {}

  /// A line that is blank is nothing.
  void read(std::string_view line, const std::string& file, std::int64_t number) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    place_ = file + ":" + std::to_string(number);
    if (of_records_) {
      read_record(line);
    } else {
      read_event(line);
    }
  }

  void refuse(const std::string& why) {
    if (report_.unreadable++ == 0) report_.first_unreadable = place_ + ": " + why;
  }

  SigmaEventReport finish() {
    for (const SigmaCorrelationMatch& match : correlator_.finish()) {
      std::string place = format_time(match.time);
      for (const auto& [name, value] : match.group) {
        place.append(" ").append(name).append("=").append(value);
      }
      report_.correlations[match.correlation].add(std::move(place));
    }
    return std::move(report_);
  }

 private:
  void read_event(std::string_view line) {
    const Result<SigmaEvent> event = reader_.read(line);
    if (!event) return refuse(event.error().message);
    count(matcher_.matches(*event), [this, &event] { return time_of(*event); });
  }

  void read_record(std::string_view line) {
    Record defaults;
    defaults.source = "events";
    const Result<Record> record = records_.read(line, defaults);
    if (!record) return refuse(record.error().message);
    count(matcher_.matches(*record), [&record] { return std::optional(record->time); });
  }

  [[nodiscard]] std::optional<UtcTime> time_of(const SigmaEvent& event) const {
    if (!options_.time_field.empty()) return time_in(event, options_.time_field);
    for (const std::string_view field : kTimeFields) {
      if (const auto time = time_in(event, field)) return time;
    }
    return std::nullopt;
  }

  template <class TimeOf>
  void count(const SigmaMatcher::Matches& matches, const TimeOf& time_of) {
    ++report_.events;
    if (!matches.found.empty()) ++report_.events_matched;
    for (const SigmaMatcher::Match& match : matches.found) {
      report_.rules[match.rule].add(place_);
      if (!correlator_.wants(match.rule)) continue;
      const std::optional<UtcTime> time = time_of();
      if (!time || !correlator_.add(match.rule, *time, *match.event)) ++report_.without_time;
    }
  }

  const SigmaEventOptions& options_;
  SigmaMatcher matcher_;
  SigmaCorrelator correlator_;
  SigmaEventReader reader_;
  RecordJsonReader records_;
  bool of_records_;
  std::string place_;  ///< "file:line" of the event at hand
  SigmaEventReport report_;
};

Result<void> read_file(const std::filesystem::path& path, SigmaRun& run,
                       const std::function<UtcTime()>& now, const ProgressSink& progress,
                       const std::stop_token& stop) {
  constexpr std::int64_t kEvery = 1024;
  Result<InputFile> file = InputFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const Result<FileFacts> facts = file->facts();
  if (!facts) return tl::unexpected(facts.error());
  const PullWatch watch{stop, {}};
  Result<std::unique_ptr<ByteStream>> bytes = open_byte_stream(*std::move(file), watch);
  if (!bytes) return tl::unexpected(bytes.error());
  LineReader lines(*std::move(bytes), kMaxEventLine);
  const ProgressMeter meter(CyclePhase::kJudge, path.filename().string(), now());
  std::int64_t count = 0;
  while (true) {
    const Result<std::optional<Line>> line = lines.next();
    if (!line) return tl::unexpected(line.error());
    const bool end = !line->has_value();
    if (end || ++count % kEvery == 0) {
      progress(meter.at(now(), count, 0, lines.bytes().file_bytes(), facts->size, end));
    }
    if (end) return {};
    if ((*line)->too_long) {
      run.refuse("the line is longer than 8 MiB");
    } else {
      run.read((*line)->text, path.string(), (*line)->number);
    }
  }
}

}  // namespace

void SigmaTally::add(std::string place) {
  ++matches;
  if (places.size() < kMostSigmaPlaces) places.push_back(std::move(place));
}

Result<SigmaEventReport> run_sigma(const SigmaSet& set, const SigmaMapping* mapping,
                                   const std::vector<std::filesystem::path>& files,
                                   const SigmaEventOptions& options,
                                   const std::function<UtcTime()>& now,
                                   const ProgressSink& progress, const std::stop_token& stop) {
  SigmaRun run(set, mapping, options);
  for (const std::filesystem::path& file : files) {
    const Result<void> read = read_file(file, run, now, progress, stop);
    if (!read) return tl::unexpected(read.error());
  }
  return run.finish();
}

}  // namespace tidewaiter
