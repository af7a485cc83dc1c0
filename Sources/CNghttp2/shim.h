#pragma once
#include <nghttp2/nghttp2.h>

// Came with a security fix that distributions carried back into versions of all numbers, so neither
// the header nor the version tells whether the library has it. Weak: where it is missing it is null.
__attribute__((weak)) void nghttp2_option_set_stream_reset_rate_limit(
    nghttp2_option *option, uint64_t burst, uint64_t rate);

static inline void shim_set_stream_reset_rate_limit(
    nghttp2_option *option, uint64_t burst, uint64_t rate) {
    if (nghttp2_option_set_stream_reset_rate_limit)
        nghttp2_option_set_stream_reset_rate_limit(option, burst, rate);
}
