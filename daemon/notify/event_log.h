#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog::sinks {
class sink;
}

namespace tidewaiter {

/// What the operator must do: error: act; warn: look soon; info: nothing; debug: for developers;
/// trace: each request and each page, for whoever looks for what a server does.
enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t { kText, kJson };

/// The level's name, as spdlog has it: `trace` `debug` `info` `warn` `error`.
[[nodiscard]] std::string_view log_level_word(LogLevel level);
/// All names, from the most talkative on; the place of each is its level's value.
[[nodiscard]] std::span<const std::string_view> log_level_words();

/// One `key=value` of a log line. Keys name their unit: `elapsed_ms`, `bytes`.
struct LogField {
  std::string_view key;
  std::variant<std::string, std::int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, std::int64_t v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
};

/// A text as the value of a log line: as it is if it consists of plain characters only, else in
/// double quotes with \", \\, \n, \r, \t and \xHH for other control characters. One line, always.
[[nodiscard]] std::string log_value(std::string_view text);

/// The program's log: one event a line, `event=NAME key=value …` or one JSON object. Both with
/// their time, unless it goes to the journal, which has its own. Never given
/// secrets, prompts or completions. Safe from any thread.
class EventLog {
 public:
  /// Writes to stderr; under systemd ($JOURNAL_STREAM) with a priority prefix and without a time.
  EventLog(LogLevel level, LogFormat format);
  /// Writes to `sink`, without prefix or time: for tests.
  EventLog(LogLevel level, LogFormat format, std::shared_ptr<spdlog::sinks::sink> sink);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void set_level(LogLevel level);
  void set_format(LogFormat format);
  /// Whether a line of this level is written: what costs something to say is not made otherwise.
  [[nodiscard]] bool writes(LogLevel level) const;
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
  void trace(std::string_view event, std::initializer_list<LogField> fields);
  void debug(std::string_view event, std::initializer_list<LogField> fields);
  void info(std::string_view event, std::initializer_list<LogField> fields);
  void warn(std::string_view event, std::initializer_list<LogField> fields);
  void error(std::string_view event, std::initializer_list<LogField> fields);

 private:
  struct Logger;
  std::atomic<LogFormat> format_;
  std::unique_ptr<Logger> logger_;
};

}  // namespace tidewaiter
