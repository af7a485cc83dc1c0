internal import CLinux
internal import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An eventfd that the signal handler writes to. A handler may call only few functions, and `write`
/// is one of them.
private let terminationWakeup = eventfd(0, Int32(EFD_CLOEXEC))

private let isListeningForSignals = Locked(false)

extension HTTPServer {
    /// Waits for SIGTERM or SIGINT. A second signal ends the process as without a handler.
    package static func untilTerminated() async {
        listenForSignals()
        await withCheckedContinuation { continuation in
            // The wait is long, so it gets a thread of its own instead of one of a pool.
            let code = Threads.start {
                var count: eventfd_t = 0
                while eventfd_read(terminationWakeup, &count) != 0, errno == EINTR {}
                // The descriptor stays signalled for later calls.
                _ = eventfd_write(terminationWakeup, 1)
                continuation.resume()
            }
            precondition(code == 0, "no thread to wait for signals: error \(code)")
        }
    }

    private static func listenForSignals() {
        // This makes the descriptor exist before the first signal.
        let isReady = terminationWakeup >= 0
        isListeningForSignals.withLock { isListening in
            if isListening || !isReady { return }
            isListening = true
            for signal in [SIGTERM, SIGINT] {
                var action = sigaction()
                action.__sigaction_handler.sa_handler = { _ in
                    let saved = errno
                    _ = eventfd_write(terminationWakeup, 1)
                    errno = saved
                }
                action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
                sigaction(signal, &action, nil)
            }
        }
    }
}
