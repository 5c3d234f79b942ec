#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace tidewaiter {

/// Numbers that follow from their key alone: the same key, the same numbers, in any process. The
/// distributions are our own, since those of the standard library are each library's own.
class RandomStream {
 public:
  /// A stream for what these numbers name together: a seed, an account, a day, …
  RandomStream(std::initializer_list<std::uint64_t> key);

  std::uint64_t next();
  /// From 0 to `bound` − 1; `bound` > 0.
  std::int64_t below(std::int64_t bound);
  /// From 0, inclusive, to 1.
  double unit();
  bool chance(double probability) { return unit() < probability; }
  /// Of mean 0 and deviation 1 (Box and Muller, "A Note on the Generation of Random Normal
  /// Deviates", 1958).
  double normal();
  /// Its logarithm is normal, with this deviation.
  double log_normal(double median, double spread);
  /// How often something comes that comes `mean` times in the mean (Poisson): by Knuth's products
  /// up to 30, by the normal distribution above.
  std::int64_t poisson(double mean);
  /// A place among weights that are not negative, one of them above 0.
  std::size_t weighted(std::span<const double> weights);

 private:
  std::uint64_t state_ = 0;
};

}  // namespace tidewaiter
