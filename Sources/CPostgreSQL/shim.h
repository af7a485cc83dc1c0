#pragma once
#include <libpq-fe.h>

// The code of an error, which is asked for by a macro that does not reach Swift.
static inline const char *postgresql_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
