/* frames: splits the multiplexed output of a container, as the Docker Engine sends it, into its
   streams. */
#include "core/base/frames.h"

#include <string.h>

static size_t frames_min_size(size_t a, size_t b) { return a < b ? a : b; }

/* Copies bytes to the header until it is complete. Returns how many were copied. */
static size_t frames_take_header(os2_frames *f, const char *bytes, size_t len) {
  size_t n = frames_min_size(sizeof f->header - f->header_len, len);
  memcpy(f->header + f->header_len, bytes, n);
  f->header_len += n;
  return n;
}

/* Reads a complete header. Returns -1 when the bytes are not a header. */
static int frames_read_header(os2_frames *f) {
  const uint8_t *h = f->header;
  if (h[0] > OS2_FRAMES_ERROR || h[1] != 0 || h[2] != 0 || h[3] != 0) return -1;
  f->payload_left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
  return 0;
}

int os2_frames_feed(os2_frames *f, const char *bytes, size_t len, os2_frames_fn fn, void *data) {
  while (len > 0) {
    size_t n;
    if (f->payload_left > 0) {
      n = frames_min_size(f->payload_left, len);
      fn(data, (os2_frames_stream)f->header[0], bytes, n);
      f->payload_left -= (uint32_t)n;
    } else {
      n = frames_take_header(f, bytes, len);
      if (f->header_len == sizeof f->header) {
        f->header_len = 0;
        if (frames_read_header(f) != 0) return -1;
      }
    }
    bytes += n;
    len -= n;
  }
  return 0;
}

int os2_frames_complete(const os2_frames *f) { return f->header_len == 0 && f->payload_left == 0; }
