internal import CLinux
internal import Glibc
internal import Primitives

/// The eventfd that the signal handler writes to: a handler may do little else.
private let terminationWakeup = eventfd(0, Int32(EFD_CLOEXEC))

private let isListeningForSignals = Locked(false)

extension HTTPServer {
    /// Waits for SIGTERM or SIGINT. The second one ends the process as if there were no handler.
    package static func untilTerminated() async {
        listenForSignals()
        await withCheckedContinuation { continuation in
            // Signals are rare and the wait is long: a thread of its own keeps everything else free.
            let code = Threads.start {
                var count: eventfd_t = 0
                while eventfd_read(terminationWakeup, &count) != 0, errno == EINTR {}
                // Left signalled for the next call.
                _ = eventfd_write(terminationWakeup, 1)
                continuation.resume()
            }
            precondition(code == 0, "no thread to wait for signals: error \(code)")
        }
    }

    private static func listenForSignals() {
        // The descriptor must be there before the first signal.
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
