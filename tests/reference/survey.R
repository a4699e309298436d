# Freezes what R's survey package says of survey_input.csv. Run in this folder: Rscript survey.R
# A share is a mean over those who answered, so its design is the subset that answered: nrow and
# degf in svyciprop then count answers. The lonely stratum is centred on the estimate ("adjust").
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 15)

people <- read.csv("survey_input.csv")
questions <- c("q1", "q2", "q3")
for (q in questions) {
  people[[paste0("y", q)]] <- ifelse(is.na(people[[q]]), 0, people[[q]])
  people[[paste0("a", q)]] <- as.numeric(!is.na(people[[q]]))
}
design_of <- function(rows) {
  svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~population, data = rows)
}
designs <- lapply(1:2, function(year) design_of(people[people$year == year, ]))

rows <- list()
keep <- function(what, year, level, measure, value, se, lower = NA, upper = NA, n = NA, df = NA) {
  rows[[length(rows) + 1]] <<- data.frame(
    what, year, level, measure, value = as.numeric(value), se = as.numeric(se),
    lower, upper, n, df, row.names = NULL)
}

share <- function(what, year, level, design, q) {
  answered <- eval(bquote(subset(design, !is.na(.(as.name(q))))))
  formula <- as.formula(paste0("~", q))
  mean <- svymean(formula, answered)
  bounds <- attr(suppressWarnings(svyciprop(formula, answered, method = "beta")), "ci")
  keep(what, year, level, q, coef(mean), SE(mean), bounds[1], bounds[2],
       nrow(answered), degf(answered))
}

scored <- function(what, year, level, design) {
  totals <- svytotal(~yq1 + aq1 + yq2 + aq2 + yq3 + aq3, design)
  both <- svycontrast(totals, quote((2 * yq1 / aq1 + 3 * yq2 / aq2 + 5 * yq3 / aq3) / 3))
  keep(what, year, level, "index", coef(both), SE(both))
}

for (year in 1:2) {
  design <- designs[[year]]
  sizes <- table(design$variables$stratum)
  for (h in names(sizes)[sizes > 1]) {
    area <- subset(design, stratum == as.integer(h))
    for (q in questions) share("area", year, h, area, q)
    scored("area", year, h, area)
  }
  for (h in names(sizes)) {
    others <- subset(design, stratum != as.integer(h))
    for (q in questions) share("rest", year, h, others, q)
    scored("rest", year, h, others)
  }
  for (q in questions) {
    share("everyone", year, "", design, q)
    ratio <- svyratio(as.formula(paste0("~y", q)), as.formula(paste0("~a", q)), design)
    keep("svyratio", year, "", q, coef(ratio), SE(ratio))
    for (split in c("sex", "tenure")) {
      by <- svyby(as.formula(paste0("~", q)), as.formula(paste0("~", split)), design, svymean,
                  na.rm = TRUE)
      for (i in seq_len(nrow(by))) keep("svyby", year, by[[split]][i], q, by[[q]][i], SE(by)[i])
    }
  }
  scored("everyone", year, "", design)
  for (level in c("k", "m")) {
    members <- subset(design, sex == level)
    for (q in questions) share("domain", year, level, members, q)
    scored("domain", year, level, members)
  }
  for (level in c("rent", "own", "coop")) {
    members <- subset(design, tenure == level)
    for (q in questions) share("domain", year, level, members, q)
  }
}

people$both <- interaction(people$year, people$stratum)
pooled <- svydesign(ids = ~1, strata = ~both, weights = ~weight, fpc = ~population, data = people)
for (q in questions) {
  y <- pooled$variables[[paste0("y", q)]]
  a <- pooled$variables[[paste0("a", q)]]
  years <- update(pooled, y1 = y * (year == 1), a1 = a * (year == 1),
                  y2 = y * (year == 2), a2 = a * (year == 2))
  for (h in c("", 0, 1, 2, 4, 5, 6, 7, 8, 9)) {
    area <- if (h == "") years else subset(years, stratum == as.integer(h))
    change <- svycontrast(svytotal(~y1 + a1 + y2 + a2, area), quote(y2 / a2 - y1 / a1))
    keep("difference", 2, h, q, coef(change), SE(change))
  }
}
found <- do.call(rbind, rows)
write.csv(format(found, digits = 15, trim = TRUE), "survey_expected.csv", row.names = FALSE,
          quote = FALSE)

sexes <- data.frame(sex = c("k", "m"), Freq = c(5100, 4835))
tenures <- data.frame(tenure = c("rent", "own", "coop"), Freq = c(4200, 4100, 1635))
post <- postStratify(designs[[1]], ~sex, sexes)
raked <- rake(designs[[1]], list(~sex, ~tenure), list(sexes, tenures),
              control = list(maxit = 500, epsilon = 1e-13))
met <- data.frame(post = weights(post), raked = weights(raked))
write.csv(format(met, digits = 15, trim = TRUE), "survey_weights.csv", row.names = FALSE,
          quote = FALSE)
