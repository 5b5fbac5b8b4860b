// What tests in C++ assert with: it counts, and nothing leaves it out.
#ifndef BENCH_ASSERT
#define BENCH_ASSERT
#include <cstdio>
#include <cstdlib>
namespace bench {
inline long asserted = 0;
inline void check(bool holds, const char* text, const char* file, int line) {
  if (holds) {
    asserted++;
    return;
  }
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
  std::abort();
}
}  // namespace bench
#endif
#undef assert
#define assert(...) (::bench::check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__))
