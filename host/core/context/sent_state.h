/* sent_state: what an engine was sent of a context, so that no file of the same size and time is
   taken for what it was: an engine looks no further, and ctime and inode are not told to it. */
#ifndef OS2_CORE_CONTEXT_SENT_STATE_H
#define OS2_CORE_CONTEXT_SENT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/context/context.h"

/* The state belongs to a key: the engine compares with what it was sent under that. It is a file of
   24 bytes for each file of the context (hashes, no names), locked as long as it is open. */
typedef struct os2_sent_state os2_sent_state;

enum { OS2_SENT_KEY_SIZE = 33 }; /* 32 hex digits and a NUL */

/* Opens the state of a context, once listed, and looks whether all that is listed and known is what
   was sent. Where it is not, or there is no such file, the key is a fresh one and everything will
   be sent anew. Never fails: a file that cannot be had (another build holds it, no permission)
   means a fresh key that nobody keeps. `limit`: files of a context that a state is kept of. */
os2_sent_state *os2_sent_state_open(const char *path, const os2_context *ctx, size_t limit);

/* The key; valid as long as the state. */
const char *os2_sent_state_key(const os2_sent_state *state);

/* Says that the engine's copy is about to change: until os2_sent_state_keep there is no state on
   disk, and whatever ends in between costs the next build a fresh key. A second transfer under one
   key leaves none. May be called on any thread. */
void os2_sent_state_begin(os2_sent_state *state);

/* Whether the engine, if it takes the entry for the one that it has, has the right one. */
bool os2_sent_state_fits(const os2_sent_state *state, const os2_context_entry *entry);

/* The time before a listing, for os2_sent_state_keep: nanoseconds since 1970. */
int64_t os2_sent_state_now(void);

/* Keeps what a list that has been transferred holds. What was changed as late as the list was made
   may have changed once more, unseen: it does not fit the next time. */
void os2_sent_state_keep(os2_sent_state *state, const os2_context *list, int64_t listed_at);

/* Unlocks it: what is transferred from now on leaves no state, nor does what was kept before where
   a transfer may still begin (is_awaited). May be called on any thread, also while another one uses
   the state. */
void os2_sent_state_unlock(os2_sent_state *state, bool is_awaited);

/* Closes and unlocks it; NULL is passed over. */
void os2_sent_state_close(os2_sent_state *state);

#endif
