#pragma once
#include <sqlite3.h>

// What is a macro with a cast, or takes variable arguments, does not reach Swift.

// The bytes are copied. No bytes are an empty value, not a null.
static inline int sqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, int count) {
    return sqlite3_bind_text(statement, index, text ? text : "", count, SQLITE_TRANSIENT);
}
static inline int sqlite_bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

static inline void sqlite_checkpoint_on_close(sqlite3 *database, int on) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !on, (int *)0);
}
