// What runs around an answer in C++: each result goes to descriptor 3 as a line of JSON.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <limits>
#include <list>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#define main bench_answer_main
#include "answer.cpp"
#undef main

namespace bench {

struct Done {
  std::string value;
  std::vector<std::string> after;
};

static int printed = -1;
static off_t seen = 0;

inline std::string text(const std::string& value) {
  std::string out = "\"";
  char escaped[8];
  for (unsigned char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + "\"";
}

template <class T> std::string encode(const T& value);

template <class Range> std::string items(const char* kind, const Range& all) {
  std::string out = std::string("{\"t\":\"") + kind + "\",\"v\":[";
  bool first = true;
  for (const auto& one : all) {
    if (!first) out += ",";
    first = false;
    out += encode(one);
  }
  return out + "]}";
}

template <class Map> std::string pairs(const Map& all) {
  std::string out = "{\"t\":\"dict\",\"v\":[";
  bool first = true;
  for (const auto& one : all) {
    if (!first) out += ",";
    first = false;
    out += "[" + encode(one.first) + "," + encode(one.second) + "]";
  }
  return out + "]}";
}

inline std::string number(double x) {
  if (std::isnan(x)) return "\"nan\"";
  if (std::isinf(x)) return x > 0 ? "\"inf\"" : "\"-inf\"";
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.17g", x);
  return digits;
}

template <class T, class = void> struct Encoder {
  static std::string of(const T&) { return "{\"t\":\"opaque\",\"type\":\"object\",\"shown\":\"\"}"; }
};
template <class T> struct Encoder<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>>> {
  static std::string of(const T& x) { return "{\"t\":\"int\",\"v\":\"" + std::to_string(x) + "\"}"; }
};
template <class T> struct Encoder<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static std::string of(const T& x) { return "{\"t\":\"float\",\"v\":" + number(static_cast<double>(x)) + "}"; }
};
template <> struct Encoder<bool> {
  static std::string of(const bool& x) { return std::string("{\"t\":\"bool\",\"v\":") + (x ? "true" : "false") + "}"; }
};
template <> struct Encoder<std::string> {
  static std::string of(const std::string& x) { return "{\"t\":\"str\",\"v\":" + text(x) + "}"; }
};
template <> struct Encoder<char> {
  static std::string of(const char& x) { return "{\"t\":\"str\",\"v\":" + text(std::string(1, x)) + "}"; }
};
template <> struct Encoder<const char*> {
  static std::string of(const char* const& x) { return x == nullptr ? "{\"t\":\"null\"}" : encode(std::string(x)); }
};
template <> struct Encoder<char*> {
  static std::string of(char* const& x) { return x == nullptr ? "{\"t\":\"null\"}" : encode(std::string(x)); }
};
template <class T> struct Encoder<std::vector<T>> {
  static std::string of(const std::vector<T>& x) { return items("list", x); }
};
template <> struct Encoder<std::vector<bool>> {
  static std::string of(const std::vector<bool>& x) {
    std::deque<bool> all(x.begin(), x.end());
    return items("list", all);
  }
};
template <class T> struct Encoder<std::deque<T>> {
  static std::string of(const std::deque<T>& x) { return items("list", x); }
};
template <class T> struct Encoder<std::list<T>> {
  static std::string of(const std::list<T>& x) { return items("list", x); }
};
template <class T, std::size_t N> struct Encoder<std::array<T, N>> {
  static std::string of(const std::array<T, N>& x) { return items("list", x); }
};
template <class T> struct Encoder<std::set<T>> {
  static std::string of(const std::set<T>& x) { return items("set", x); }
};
template <class T> struct Encoder<std::unordered_set<T>> {
  static std::string of(const std::unordered_set<T>& x) { return items("set", x); }
};
template <class K, class V> struct Encoder<std::map<K, V>> {
  static std::string of(const std::map<K, V>& x) { return pairs(x); }
};
template <class K, class V> struct Encoder<std::unordered_map<K, V>> {
  static std::string of(const std::unordered_map<K, V>& x) { return pairs(x); }
};
template <class T> struct Encoder<std::optional<T>> {
  static std::string of(const std::optional<T>& x) { return x ? encode(*x) : "{\"t\":\"null\"}"; }
};
template <class A, class B> struct Encoder<std::pair<A, B>> {
  static std::string of(const std::pair<A, B>& x) {
    return "{\"t\":\"tuple\",\"v\":[" + encode(x.first) + "," + encode(x.second) + "]}";
  }
};
template <class... T> struct Encoder<std::tuple<T...>> {
  static std::string of(const std::tuple<T...>& x) {
    std::string out;
    std::apply([&](const auto&... one) { ((out += (out.empty() ? "" : ",") + encode(one)), ...); }, x);
    return "{\"t\":\"tuple\",\"v\":[" + out + "]}";
  }
};

template <class T> std::string encode(const T& value) { return Encoder<T>::of(value); }

/** What is printed goes to a file, and is read from it after each row. */
inline void open() {
  char name[] = "/tmp/bench-printed-XXXXXX";
  printed = ::mkstemp(name);
  ::dup2(printed, 1);
}

inline void say(const std::string& body) {
  std::cout.flush();
  std::fflush(stdout);
  off_t end = ::lseek(printed, 0, SEEK_END);
  std::string out;
  if (end > seen) {
    out.resize(static_cast<std::size_t>(end - seen));
    ssize_t count = ::pread(printed, out.data(), out.size(), seen);
    out.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    seen = end;
  }
  std::string line = "{" + body + ",\"stdout\":" + text(out) + ",\"output\":" + std::to_string(seen) + "}\n";
  const char* at = line.data();
  std::size_t left = line.size();
  while (left > 0) {
    ssize_t count = ::write(3, at, left);
    if (count <= 0) break;
    at += count;
    left -= static_cast<std::size_t>(count);
  }
}

inline void raised(const std::string& types, const std::string& message) {
  say("\"raised\":{\"types\":[" + types + "],\"message\":" + text(message) + ",\"line\":null}");
}

/** Names of the standard's exceptions, the most derived first: a program knows its own by no name. */
inline std::string typesOf(const std::exception& error) {
  std::string out;
  auto add = [&](bool is, const char* name) {
    if (is) out += (out.empty() ? "" : ",") + text(name);
  };
  add(dynamic_cast<const std::invalid_argument*>(&error), "invalid_argument");
  add(dynamic_cast<const std::out_of_range*>(&error), "out_of_range");
  add(dynamic_cast<const std::domain_error*>(&error), "domain_error");
  add(dynamic_cast<const std::length_error*>(&error), "length_error");
  add(dynamic_cast<const std::overflow_error*>(&error), "overflow_error");
  add(dynamic_cast<const std::underflow_error*>(&error), "underflow_error");
  add(dynamic_cast<const std::range_error*>(&error), "range_error");
  add(dynamic_cast<const std::bad_alloc*>(&error), "bad_alloc");
  add(dynamic_cast<const std::logic_error*>(&error), "logic_error");
  add(dynamic_cast<const std::runtime_error*>(&error), "runtime_error");
  add(true, "exception");
  return out;
}

template <class Row> void row(Row run) {
  try {
    Done done = run();
    std::string after;
    for (const auto& one : done.after) after += (after.empty() ? "" : ",") + one;
    say("\"value\":" + done.value + ",\"argsAfter\":[" + after + "]");
  } catch (const std::exception& error) {
    raised(typesOf(error), error.what());
  } catch (const char* error) {
    raised("\"char*\"", error);
  } catch (const std::string& error) {
    raised("\"string\"", error);
  } catch (...) {
    raised("\"unknown\"", "thrown");
  }
}

}  // namespace bench

int main() {
  bench::open();
  // ROWS
  return 0;
}
