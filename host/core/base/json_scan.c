/* json_scan: see json_scan.h. Strings are passed over; what is no JSON is left to the parser. */
#include "core/base/json_scan.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SAFE_DIGITS = 15, /* any number of so many digits comes back from a double unchanged */
  MOST_DIGITS = 17, /* what tells one double from the next */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *behind_digits(const char *at, const char *end) {
  while (at < end && is_digit(*at)) at++;
  return at;
}

/* Behind the string that begins at `at`; `end` where it is not closed. */
static const char *behind_string(const char *at, const char *end) {
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\' && at + 1 < end) at++;
  return at < end ? at + 1 : end;
}

/* Behind the fraction and the exponent at `at`; NULL when they are no JSON. */
static const char *behind_fraction(const char *at, const char *end) {
  if (at < end && *at == '.') {
    const char *digits = ++at;
    at = behind_digits(at, end);
    if (at == digits) return NULL;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    const char *digits = at;
    at = behind_digits(at, end);
    if (at == digits) return NULL;
  }
  return at;
}

/* Behind the number that begins at `at`; NULL when it is no JSON. */
static const char *behind_number(const char *at, const char *end, bool *is_integer) {
  if (*at == '-') at++;
  const char *digits = at, *whole = behind_digits(at, end);
  if (whole == digits || (*digits == '0' && whole > digits + 1)) return NULL;
  at = behind_fraction(whole, end);
  *is_integer = at == whole;
  return at;
}

/* The digits that count, without sign, point, exponent and zeros at both ends, at most
   MOST_DIGITS of them; their true number is returned. */
static size_t significant(const char *at, const char *end, char digits[MOST_DIGITS + 1]) {
  size_t count = 0, zeros = 0;
  memset(digits, 0, MOST_DIGITS + 1);
  for (; at < end && *at != 'e' && *at != 'E'; at++) {
    if (!is_digit(*at) || (*at == '0' && count == 0)) continue;
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

/* Whether a double gives the digits of this fraction back. One that is out of range is left to the
   parser, which refuses it. */
static bool survives(const char *start, const char *end) {
  char given[MOST_DIGITS + 1], back[MOST_DIGITS + 1], text[32];
  size_t count = significant(start, end, given);
  double number = strtod(start, NULL);
  if (count == 0 || !isfinite(number)) return true;
  if (count > MOST_DIGITS || number == 0) return false;
  int len = snprintf(text, sizeof text, "%.*e", (int)count - 1, number);
  significant(text, text + len, back);
  return strcmp(given, back) == 0;
}

static bool has_exponent(const char *start, const char *end) {
  size_t len = (size_t)(end - start);
  return memchr(start, 'e', len) != NULL || memchr(start, 'E', len) != NULL;
}

static bool is_kept(const char *start, const char *end, bool is_integer) {
  if (end - start <= SAFE_DIGITS && !has_exponent(start, end)) return true;
  return !is_integer && survives(start, end);
}

static const char *behind_blanks(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

/* Behind the text from `at` on that a parser keeps as it is; NULL where `part` begins. */
static const char *behind_kept(const char *at, const char *end, os2_json_part *part) {
  if (*at == '"') return behind_string(at, end);
  if (*at == '[') {
    const char *close = behind_blanks(at + 1, end);
    if (close == end || *close != ']') return at + 1;
    *part = (os2_json_part){.start = at, .end = close + 1};
    return NULL;
  }
  if (*at != '-' && !is_digit(*at)) return at + 1;
  bool is_integer = false;
  const char *behind = behind_number(at, end, &is_integer);
  if (behind == NULL) return at + 1;
  if (is_kept(at, behind, is_integer)) return behind;
  *part = (os2_json_part){.start = at, .end = behind, .is_number = true};
  return NULL;
}

bool os2_json_scan(const char *at, const char *end, os2_json_part *part) {
  while (at < end) {
    at = behind_kept(at, end, part);
    if (at == NULL) return true;
  }
  return false;
}
