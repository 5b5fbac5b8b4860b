# Known answers for test/stats/stratified.test.ts: Rscript test/stats/mantelhaen.R > test/stats/mantelhaen.json
# Each table: [n before, successes before, n after, successes after] of each stratum, and the exact p values of
# mantelhaen.test for fewer successes after, more of them, and either.
set.seed(20261130)
number <- function(x) format(x, digits = 17, scientific = TRUE, trim = TRUE)
tables <- vapply(1:200, function(i) {
  strata <- if (i <= 60) sample(2:4, 1) else if (i <= 120) sample(5:20, 1) else sample(20:60, 1)
  most <- if (i <= 60) 10000 / strata else if (i <= 120) 500 else 12
  shift <- if (i %% 3 == 0) 0 else rnorm(1, 0, if (i <= 60) 0.08 else 0.6)
  rate <- rbeta(strata, 0.8, 0.5)
  least <- if (i <= 10) 1 else 0.1
  before <- pmax(1, floor(runif(strata, least, 1) * most))
  after <- if (i %% 2 == 0) before else pmax(1, floor(runif(strata, 0.1, 1) * most))
  own <- rbinom(strata, before, rate)
  other <- rbinom(strata, after, plogis(qlogis(pmin(pmax(rate, 1e-6), 1 - 1e-6)) - shift))
  # Somewhere something has to vary.
  if (all(own + other == 0 | own + other == before + after)) { own[1] <- before[1]; other[1] <- 0 }
  x <- array(0, c(2, 2, strata))
  x[1, 1, ] <- other; x[1, 2, ] <- own; x[2, 1, ] <- after - other; x[2, 2, ] <- before - own
  p <- vapply(c("less", "greater", "two.sided"), function(side)
    mantelhaen.test(x, exact = TRUE, alternative = side, conf.level = 0.95)$p.value, 0)
  paste0('{"strata":[', paste0("[", before, ",", own, ",", after, ",", other, "]", collapse = ","),
    '],"fewer":', number(p[[1]]), ',"more":', number(p[[2]]), ',"either":', number(p[[3]]), "}")
}, "")
cat("[\n", paste0(tables, collapse = ",\n"), "\n]\n", sep = "")
