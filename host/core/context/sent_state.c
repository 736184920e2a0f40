/* sent_state: what an engine was sent of a context. */
#include "core/context/sent_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/base/random.h"

/* Kernels stamp files with a clock that ticks at least a hundred times a second. */
enum { TICK = 10 * 1000 * 1000 };

static const char MAGIC[16] = "os2 sent state 1";

typedef struct header {
  char magic[sizeof MAGIC];
  unsigned char nonce[16];
  uint64_t checksum; /* over the records */
  uint64_t count;
} header;

/* What is known of a file; hashes, so that a record has one size. */
typedef struct record {
  uint64_t path;
  uint64_t stat;   /* of what the engine compares */
  uint64_t change; /* of what tells that the file is another; 0: it is not known */
} record;

struct os2_sent_state {
  int fd; /* -1: the key is nobody's */
  size_t limit;
  char key[OS2_SENT_KEY_SIZE];
  header head;
  record *records; /* sorted by path */
  uv_mutex_t mutex;
  int transfers;
};

/* ---- hashes (FNV-1a) ---- */

static uint64_t sent_state_hash(uint64_t hash, const void *bytes, size_t len) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < len; i++) hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
  return hash;
}

static const uint64_t seed = UINT64_C(0xCBF29CE484222325);

static uint64_t sent_state_hash_number(uint64_t hash, uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8)
    hash = (hash ^ (number >> shift & 0xff)) * UINT64_C(0x100000001B3);
  return hash;
}

static record sent_state_record_of(const os2_context_entry *entry) {
  const os2_context_stamp *stamp = &entry->stamp;
  uint64_t stat = sent_state_hash_number(seed, stamp->size);
  stat = sent_state_hash_number(stat, (uint64_t)stamp->mtime);
  stat = sent_state_hash_number(stat, entry->tar.mode);
  uint64_t change = sent_state_hash_number(seed, (uint64_t)stamp->ctime);
  change = sent_state_hash_number(change, stamp->inode);
  return (record){.path = sent_state_hash(seed, entry->tar.path, strlen(entry->tar.path)),
                  .stat = stat,
                  .change = change | 1};
}

static bool sent_state_is_file(const os2_context_entry *entry) {
  return entry->tar.type == OS2_TAR_FILE || entry->tar.type == OS2_TAR_HARD_LINK;
}

static int sent_state_compare(const void *a, const void *b) {
  const record *one = a, *other = b;
  return one->path < other->path ? -1 : one->path > other->path;
}

/* ---- the key ---- */

static void sent_state_spell_key(os2_sent_state *s) {
  for (size_t i = 0; i < sizeof s->head.nonce; i++)
    snprintf(s->key + 2 * i, 3, "%02x", s->head.nonce[i]);
}

/* Nothing is known of a fresh key. */
static void sent_state_renew(os2_sent_state *s) {
  free(s->records);
  s->records = NULL;
  s->head = (header){.count = 0};
  memcpy(s->head.magic, MAGIC, sizeof MAGIC);
  os2_random_bytes(s->head.nonce, sizeof s->head.nonce);
  sent_state_spell_key(s);
}

const char *os2_sent_state_key(const os2_sent_state *s) { return s->key; }

/* ---- the file ---- */

static bool sent_state_read_at(int fd, void *bytes, size_t len, size_t at) {
  size_t done = 0;
  while (done < len) {
    ssize_t n = pread(fd, (char *)bytes + done, len - done, (off_t)(at + done));
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return true;
}

static bool sent_state_write_at(int fd, const void *bytes, size_t len, size_t at) {
  size_t done = 0;
  while (done < len) {
    ssize_t n = pwrite(fd, (const char *)bytes + done, len - done, (off_t)(at + done));
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return true;
}

/* Whether the file is a whole state; what is torn or foreign is none. */
static bool sent_state_load(os2_sent_state *s) {
  header head;
  struct stat st;
  if (!sent_state_read_at(s->fd, &head, sizeof head, 0)) return false;
  if (memcmp(head.magic, MAGIC, sizeof MAGIC) != 0 || head.count > s->limit) return false;
  size_t size = (size_t)head.count * sizeof(record);
  if (fstat(s->fd, &st) != 0 || (size_t)st.st_size != sizeof head + size) return false;
  record *records = os2_mem_zero((size_t)head.count, sizeof *records);
  bool is_whole = sent_state_read_at(s->fd, records, size, sizeof head) &&
                  sent_state_hash(seed, records, size) == head.checksum;
  if (!is_whole) {
    free(records);
    return false;
  }
  s->head = head;
  s->records = records;
  sent_state_spell_key(s);
  return true;
}

/* A file of ours alone, locked; -1 where it cannot be had. */
static int sent_state_open_file(const char *path) {
  struct stat st;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return -1;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
      flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close(fd);
  return -1;
}

/* ---- the face ---- */

bool os2_sent_state_fits(const os2_sent_state *s, const os2_context_entry *entry) {
  if (s->records == NULL || !sent_state_is_file(entry)) return true;
  record now = sent_state_record_of(entry);
  const record *known =
      bsearch(&now, s->records, (size_t)s->head.count, sizeof now, sent_state_compare);
  return known == NULL || known->stat != now.stat || known->change == now.change;
}

static bool sent_state_fits_all(const os2_sent_state *s, const os2_context *ctx) {
  const os2_context_entry *entry;
  for (size_t i = 0; (entry = os2_context_entry_at(ctx, i)) != NULL; i++)
    if (!os2_sent_state_fits(s, entry)) return false;
  return true;
}

os2_sent_state *os2_sent_state_open(const char *path, const os2_context *ctx, size_t limit) {
  os2_sent_state *s = os2_mem_zero(1, sizeof *s);
  os2_must(uv_mutex_init(&s->mutex), "uv_mutex_init");
  s->limit = limit;
  s->fd = sent_state_open_file(path);
  if (s->fd < 0 || !sent_state_load(s) || !sent_state_fits_all(s, ctx)) sent_state_renew(s);
  return s;
}

/* A file that cannot be emptied must not be found again. */
static void sent_state_empty(const os2_sent_state *s) {
  if (s->fd >= 0 && ftruncate(s->fd, 0) != 0) sent_state_write_at(s->fd, "", 1, 0);
}

void os2_sent_state_begin(os2_sent_state *s) {
  uv_mutex_lock(&s->mutex);
  s->transfers++;
  sent_state_empty(s);
  uv_mutex_unlock(&s->mutex);
}

int64_t os2_sent_state_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A time without a fraction is one of a file system that keeps whole seconds, or every other one.
 */
static int64_t sent_state_tick(int64_t ctime) {
  return ctime % 1000000000 == 0 ? INT64_C(2000000000) : TICK;
}

static size_t sent_state_fill(record *records, const os2_context *list, int64_t listed_at) {
  const os2_context_entry *entry;
  size_t count = 0;
  for (size_t i = 0; (entry = os2_context_entry_at(list, i)) != NULL; i++) {
    if (!sent_state_is_file(entry)) continue;
    records[count] = sent_state_record_of(entry);
    int64_t ctime = entry->stamp.ctime;
    if (ctime >= listed_at - sent_state_tick(ctime)) records[count].change = 0;
    count++;
  }
  return count;
}

static void sent_state_write(os2_sent_state *s, record *records, size_t count) {
  size_t size = count * sizeof *records;
  header head = s->head; /* the one in memory belongs to s->records, which other threads search */
  if (count > 0) qsort(records, count, sizeof *records, sent_state_compare);
  head.count = count;
  head.checksum = sent_state_hash(seed, records, size);
  bool is_whole = sent_state_write_at(s->fd, records, size, sizeof s->head) &&
                  sent_state_write_at(s->fd, &head, sizeof head, 0);
  if (!is_whole && ftruncate(s->fd, 0) != 0) sent_state_write_at(s->fd, "", 1, 0);
}

void os2_sent_state_keep(os2_sent_state *s, const os2_context *list, int64_t listed_at) {
  size_t length = os2_context_length(list);
  if (length > s->limit) return;
  record *records = os2_mem_zero(length, sizeof *records);
  size_t count = sent_state_fill(records, list, listed_at);
  uv_mutex_lock(&s->mutex);
  if (s->fd >= 0 && s->transfers == 1) sent_state_write(s, records, count);
  uv_mutex_unlock(&s->mutex);
  free(records);
}

void os2_sent_state_unlock(os2_sent_state *s, bool is_awaited) {
  uv_mutex_lock(&s->mutex);
  if (is_awaited && s->transfers == 0) sent_state_empty(s);
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
  uv_mutex_unlock(&s->mutex);
}

void os2_sent_state_close(os2_sent_state *s) {
  if (s == NULL) return;
  os2_sent_state_unlock(s, false);
  uv_mutex_destroy(&s->mutex);
  free(s->records);
  free(s);
}
