#include "daemon/notify/event_log.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr std::array kSpdlogLevels = {spdlog::level::trace, spdlog::level::debug,
                                      spdlog::level::info, spdlog::level::warn, spdlog::level::err};
constexpr std::array<std::string_view, kSpdlogLevels.size()> kLevelWords = {
    "trace", "debug", "info", "warn", "error"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  return kSpdlogLevels[static_cast<std::size_t>(level)];
}

bool under_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
  return stream != nullptr && *stream != '\0';
}

/// The syslog priority that journald takes from "<N>" at a line's start (sd-daemon(3)).
std::string_view priority_prefix(LogLevel level) {
  static constexpr std::array<std::string_view, kSpdlogLevels.size()> kPrefixes = {
      "<7>", "<7>", "<6>", "<4>", "<3>"};
  return kPrefixes[static_cast<std::size_t>(level)];
}

std::string shown(const LogField& field) {
  struct Show {
    std::string operator()(const std::string& text) const { return log_value(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return nlohmann::json(number).dump(); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  };
  return std::visit(Show{}, field.value);
}

std::string text_line(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = "event=";
  line += event;
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += shown(field);
  }
  return line;
}

std::string time_now() {
  return format_time({std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count()});
}

std::string json_line(const std::string& time, LogLevel level, std::string_view event,
                      std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line;
  if (!time.empty()) line["time"] = time;
  line["level"] = log_level_word(level);
  line["event"] = event;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string(field.key)] = value; }, field.value);
  }
  // Text that is not UTF-8 is shown with replacement characters rather than lost.
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

struct EventLog::Logger {
  spdlog::logger spd;
  bool journal = false;
  bool timed = true;  ///< lines carry their time
};

std::string_view log_level_word(LogLevel level) {
  return kLevelWords[static_cast<std::size_t>(level)];
}

std::span<const std::string_view> log_level_words() { return kLevelWords; }

std::string log_value(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  bool plain = !text.empty();
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || c == '"' || c == '\\' || c == '=') plain = false;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return plain ? out : "\"" + out + "\"";
}

EventLog::EventLog(LogLevel level, LogFormat format)
    : format_(format),
      logger_(new Logger{
          spdlog::logger("tidewaiter", std::make_shared<spdlog::sinks::stderr_sink_mt>()),
          under_journal(), !under_journal()}) {
  logger_->spd.set_pattern("%v");
  set_level(level);
}

EventLog::EventLog(LogLevel level, LogFormat format, std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(format),
      logger_(new Logger{spdlog::logger("tidewaiter", std::move(sink)), false, false}) {
  logger_->spd.set_pattern("%v");
  set_level(level);
}

EventLog::~EventLog() = default;

void EventLog::set_level(LogLevel level) {
  logger_->spd.set_level(to_spdlog(level));
  logger_->spd.flush_on(spdlog::level::trace);
}

void EventLog::set_format(LogFormat format) { format_ = format; }

bool EventLog::writes(LogLevel level) const { return logger_->spd.should_log(to_spdlog(level)); }

void EventLog::write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) {
  if (!writes(level)) return;
  const std::string time = logger_->timed ? time_now() : std::string();
  std::string line;
  if (format_ == LogFormat::kJson) {
    line = json_line(time, level, event, fields);
  } else {
    if (logger_->timed) line = time + " " + std::string(log_level_word(level)) + " ";
    line += text_line(event, fields);
  }
  if (logger_->journal) line.insert(0, priority_prefix(level));
  logger_->spd.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void EventLog::trace(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::kTrace, event, fields);
}
void EventLog::debug(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::kDebug, event, fields);
}
void EventLog::info(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::kInfo, event, fields);
}
void EventLog::warn(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::kWarn, event, fields);
}
void EventLog::error(std::string_view event, std::initializer_list<LogField> fields) {
  write(LogLevel::kError, event, fields);
}

}  // namespace tidewaiter
