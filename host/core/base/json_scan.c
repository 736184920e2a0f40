/* json_scan: see json_scan.h. Strings are skipped; malformed text is left to the parser, which
   reports it. */
#include "core/base/json_scan.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SAFE_DIGITS = 15, /* a number with so many digits keeps all of them as a double */
  MOST_DIGITS = 17, /* digits that distinguish any two doubles */
};

static bool json_scan_is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *json_scan_behind_digits(const char *at, const char *end) {
  while (at < end && json_scan_is_digit(*at)) at++;
  return at;
}

/* Returns the position after the string that begins at `at`; `end` when the string is not
   closed. */
static const char *json_scan_behind_string(const char *at, const char *end) {
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\' && at + 1 < end) at++;
  return at < end ? at + 1 : end;
}

/* Returns the position after the fraction and the exponent at `at`; NULL when they are
   malformed. */
static const char *json_scan_behind_fraction(const char *at, const char *end) {
  if (at < end && *at == '.') {
    const char *digits = ++at;
    at = json_scan_behind_digits(at, end);
    if (at == digits) return NULL;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    const char *digits = at;
    at = json_scan_behind_digits(at, end);
    if (at == digits) return NULL;
  }
  return at;
}

/* Returns the position after the number that begins at `at`; NULL when it is malformed. */
static const char *json_scan_behind_number(const char *at, const char *end, bool *is_integer) {
  if (*at == '-') at++;
  const char *digits = at, *whole = json_scan_behind_digits(at, end);
  if (whole == digits || (*digits == '0' && whole > digits + 1)) return NULL;
  at = json_scan_behind_fraction(whole, end);
  *is_integer = at == whole;
  return at;
}

/* Copies the significant digits, at most MOST_DIGITS of them: without sign, point, exponent, and
   zeros at either end. Returns the number of significant digits, which may be larger. */
static size_t json_scan_significant(const char *at, const char *end, char digits[MOST_DIGITS + 1]) {
  size_t count = 0, zeros = 0;
  memset(digits, 0, MOST_DIGITS + 1);
  for (; at < end && *at != 'e' && *at != 'E'; at++) {
    if (!json_scan_is_digit(*at) || (*at == '0' && count == 0)) continue;
    if (*at == '0') {
      zeros++;
      continue;
    }
    for (; zeros > 0; zeros--, count++)
      if (count < MOST_DIGITS) digits[count] = '0';
    if (count < MOST_DIGITS) digits[count] = *at;
    count++;
  }
  return count;
}

/* Returns true when a double keeps the digits of this fraction. A fraction out of range counts as
   kept, because the parser refuses it. */
static bool json_scan_survives(const char *start, const char *end) {
  char given[MOST_DIGITS + 1], back[MOST_DIGITS + 1], text[32];
  size_t count = json_scan_significant(start, end, given);
  double number = strtod(start, NULL);
  if (count == 0 || !isfinite(number)) return true;
  if (count > MOST_DIGITS || number == 0) return false;
  int len = snprintf(text, sizeof text, "%.*e", (int)count - 1, number);
  json_scan_significant(text, text + len, back);
  return strcmp(given, back) == 0;
}

static bool json_scan_has_exponent(const char *start, const char *end) {
  size_t len = (size_t)(end - start);
  return memchr(start, 'e', len) != NULL || memchr(start, 'E', len) != NULL;
}

static bool json_scan_is_kept(const char *start, const char *end, bool is_integer) {
  if (end - start <= SAFE_DIGITS && !json_scan_has_exponent(start, end)) return true;
  return !is_integer && json_scan_survives(start, end);
}

static const char *json_scan_behind_blanks(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

/* Returns the position after the next text that a parser keeps unchanged; NULL when `part` begins
   at `at`. */
static const char *json_scan_behind_kept(const char *at, const char *end, os2_json_part *part) {
  if (*at == '"') return json_scan_behind_string(at, end);
  if (*at == '[') {
    const char *close = json_scan_behind_blanks(at + 1, end);
    if (close == end || *close != ']') return at + 1;
    *part = (os2_json_part){.start = at, .end = close + 1};
    return NULL;
  }
  if (*at != '-' && !json_scan_is_digit(*at)) return at + 1;
  bool is_integer = false;
  const char *behind = json_scan_behind_number(at, end, &is_integer);
  if (behind == NULL) return at + 1;
  if (json_scan_is_kept(at, behind, is_integer)) return behind;
  *part = (os2_json_part){.start = at, .end = behind, .is_number = true};
  return NULL;
}

bool os2_json_scan(const char *at, const char *end, os2_json_part *part) {
  while (at < end) {
    at = json_scan_behind_kept(at, end, part);
    if (at == NULL) return true;
  }
  return false;
}
