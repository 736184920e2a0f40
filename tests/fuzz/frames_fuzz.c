/* frames_fuzz: however the bytes are cut, the splitter gives the same streams and the same
   verdict. */

#include "core/base/frames.h"
#include "fuzz.h"

/* What was given, as one number per stream and byte, so that the cuts do not count. */
typedef struct {
  uint64_t digest;
  size_t len;
} seen;

static void on_piece(void *data, os2_frames_stream stream, const char *bytes, size_t len) {
  seen *s = data;
  must(len > 0 && stream <= OS2_FRAMES_ERROR);
  for (size_t i = 0; i < len; i++)
    s->digest = (s->digest ^ ((uint64_t)stream << 8 | (uint8_t)bytes[i])) * 1099511628211u;
  s->len += len;
}

/* Feeds in pieces of `step` bytes, as far as the splitter takes them. */
static int split(const uint8_t *bytes, size_t len, size_t step, seen *s, int *is_complete) {
  os2_frames frames = {0};
  int code = 0;
  for (size_t at = 0; at < len && code == 0; at += step) {
    size_t n = len - at < step ? len - at : step;
    code = os2_frames_feed(&frames, (const char *)bytes + at, n, on_piece, s);
  }
  *is_complete = os2_frames_complete(&frames);
  return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  seen whole = {0};
  int is_complete;
  int code = split(bytes, len, len > 0 ? len : 1, &whole, &is_complete);
  must(whole.len <= len);
  for (size_t step = 1; step < 18; step += 4) {
    seen parts = {0};
    int is_also_complete;
    must(split(bytes, len, step, &parts, &is_also_complete) == code);
    must(parts.len == whole.len && parts.digest == whole.digest);
    must(code != 0 || is_also_complete == is_complete);
  }
  return 0;
}
