#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidewaiter {

/// A JSON text that is canonical by RFC 8785, read in one pass where it lies: that it is canonical
/// shows from its bytes, without writing the document again, and each value is known by its place
/// in them. What it takes is exactly what is_jcs() of jcs.h says of a text below 4 GiB: the two
/// are held against each other by a property test and by a fuzz target.
///
/// An object is used for text after text, and keeps its memory: nothing is allocated but for texts
/// that have escapes and numbers that have a fraction. Not copied: values point into it. One thread
/// at a time may read(); the values of what was read are safe from any.
class CanonicalJson {
 public:
  class Value;
  struct Member;
  class Elements;
  class Members;

  CanonicalJson() = default;
  CanonicalJson(const CanonicalJson&) = delete;
  CanonicalJson& operator=(const CanonicalJson&) = delete;
  ~CanonicalJson() = default;

  /// Takes `text` in, which outlives the values. False unless it is canonical: UTF-8, no white
  /// space, members sorted by UTF-16 code units and none twice, the shortest escapes, numbers in
  /// the form of ECMAScript, no whole number beyond ±(2^53 − 1), depth at most 64.
  [[nodiscard]] bool read(std::string_view text);

  /// The whole document; a value that is not there, unless the last read() gave true.
  [[nodiscard]] Value root() const;

 private:
  enum class Kind : std::uint8_t { kNull, kBoolean, kWhole, kFraction, kText, kArray, kObject };

  /// Nodes stand in the order of the text; those of an object are its names and values in turns.
  struct Node {
    const char* begin = nullptr;  ///< the value's bytes, of a text those between the quotes
    std::uint32_t size = 0;
    std::uint32_t next = 0;     ///< the node behind this value and all that is in it
    std::uint32_t decoded = 0;  ///< 1 + index in decoded_ of a text with escapes; 0: without
    Kind kind = Kind::kNull;
  };
  class Reader;

  [[nodiscard]] std::string_view text_of(const Node& node) const {
    return node.decoded != 0 ? std::string_view(decoded_[node.decoded - 1])
                             : std::string_view(node.begin, node.size);
  }

  std::vector<Node> nodes_;
  std::deque<std::string> decoded_;
};

/// A value of a document, valid until the document reads another text. Made from nothing it is a
/// value that is not there, which is of no kind.
class CanonicalJson::Value {
 public:
  Value() = default;

  [[nodiscard]] bool is_null() const { return is(Kind::kNull); }
  [[nodiscard]] bool is_boolean() const { return is(Kind::kBoolean); }
  [[nodiscard]] bool is_whole_number() const { return is(Kind::kWhole); }
  [[nodiscard]] bool is_text() const { return is(Kind::kText); }
  [[nodiscard]] bool is_array() const { return is(Kind::kArray); }
  [[nodiscard]] bool is_object() const { return is(Kind::kObject); }

  /// Its bytes, which are canonical by themselves; empty of a value that is not there.
  [[nodiscard]] std::string_view bytes() const;
  /// A text without quotes and escapes; empty of any other value.
  [[nodiscard]] std::string_view text() const;
  /// A whole number, within ±(2^53 − 1); 0 of any other value.
  [[nodiscard]] std::int64_t whole_number() const;

  /// The elements of an array; none of any other value.
  [[nodiscard]] Elements elements() const;
  /// The members of an object, sorted by UTF-16 code units; none of any other value.
  [[nodiscard]] Members members() const;
  /// The value of a member; one that is not there where the object lacks it, or this is none.
  [[nodiscard]] Value operator[](std::string_view name) const;
  /// The same, and which of the members it is, counted from 0.
  [[nodiscard]] std::pair<Value, std::size_t> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return (*this)[name].exists(); }
  [[nodiscard]] bool exists() const { return document_ != nullptr; }

 private:
  friend class CanonicalJson;
  Value(const CanonicalJson* document, std::uint32_t at) : document_(document), at_(at) {}
  [[nodiscard]] const Node& node() const { return document_->nodes_[at_]; }
  [[nodiscard]] bool is(Kind kind) const { return exists() && node().kind == kind; }

  const CanonicalJson* document_ = nullptr;
  std::uint32_t at_ = 0;
};

struct CanonicalJson::Member {
  std::string_view name;
  Value value;
};

class CanonicalJson::Elements {
 public:
  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Value operator*() const { return at_; }
    Iterator& operator++() {
      at_.at_ = at_.node().next;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_.at_ == other.at_.at_; }

   private:
    friend class Elements;
    explicit Iterator(Value at) : at_(at) {}
    Value at_;
  };

  [[nodiscard]] Iterator begin() const { return Iterator(first_); }
  [[nodiscard]] Iterator end() const { return Iterator(behind_); }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(std::ranges::distance(begin(), end()));
  }

 private:
  friend class Value;
  Elements(Value first, Value behind) : first_(first), behind_(behind) {}
  Value first_;
  Value behind_;
};

class CanonicalJson::Members {
 public:
  class Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Member operator*() const { return {name_.text(), Value(name_.document_, name_.at_ + 1)}; }
    Iterator& operator++() {
      name_.at_ = name_.document_->nodes_[name_.at_ + 1].next;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return name_.at_ == other.name_.at_; }

   private:
    friend class Members;
    explicit Iterator(Value name) : name_(name) {}
    Value name_;
  };

  [[nodiscard]] Iterator begin() const { return Iterator(first_); }
  [[nodiscard]] Iterator end() const { return Iterator(behind_); }

 private:
  friend class Value;
  Members(Value first, Value behind) : first_(first), behind_(behind) {}
  Value first_;
  Value behind_;
};

}  // namespace tidewaiter
